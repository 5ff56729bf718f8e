#include "store/address.h"

#include "db/address_db.h"

enum err address_add(const struct address_store *s, struct arena *a, const char *ip, int64_t now)
{
	char reversed[ADDRESS_REVERSED_SIZE];
	(void)a;
	return address_reverse(ip, reversed) ? address_db_add(s->db, ip, now) : ERR_INVALID;
}

enum err address_latest(const struct address_store *s, struct arena *a, unsigned limit, struct address_seen **items, size_t *n, char why[static ADDRESS_WHY_MAX])
{
	why[0] = '\0';
	return address_db_latest(s->db, a, limit, items, n);
}
