#include "store/address_internal.h"

#include <string.h>

#include "db/address_db.h"

static bool in_dynamodb(const struct address_store *s)
{
	return strcmp(s->conf->address.store, "dynamodb") == 0;
}

enum err address_add(const struct address_store *s, const char *ip, int64_t now)
{
	char reversed[ADDRESS_REVERSED_SIZE];
	if (!address_reverse(ip, reversed))
		return ERR_INVALID;
	return in_dynamodb(s) ? address_dynamodb_add(s, ip, now) : address_db_add(s->db, ip, now);
}

enum err address_latest(const struct address_store *s, struct arena *a, unsigned limit, struct address_seen **items, size_t *n, char why[static ADDRESS_WHY_MAX])
{
	why[0] = '\0';
	return in_dynamodb(s) ? address_dynamodb_latest(s, a, limit, items, n, why) : address_db_latest(s->db, a, limit, items, n);
}
