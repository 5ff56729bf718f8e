#include "store/photo_meta_internal.h"

#include <stdio.h>
#include <string.h>

#include "db/photo_db.h"

static bool in_dynamodb(const struct photo_meta_store *s)
{
	return strcmp(s->conf->media.meta, "dynamodb") == 0;
}

struct photo_meta photo_meta_of(const struct photo *p)
{
	struct photo_meta m = {.photo_id = p->id, .listing_id = p->listing_id, .owner_id = p->member_id, .type = p->type, .bytes = p->bytes,
	                       .width = p->object.width, .height = p->object.height, .created_at = p->created_at};
	snprintf(m.key, sizeof m.key, "%s", p->object.key);
	return m;
}

enum err photo_meta_of_listing(const struct photo_meta_store *s, struct arena *a, int64_t listing_id, photo_meta_each *each, void *ctx, char why[static PHOTO_META_WHY_MAX])
{
	struct photo *list;
	size_t n;
	why[0] = '\0';
	if (in_dynamodb(s))
		return photo_meta_dynamodb_of_listing(s, listing_id, each, ctx, why);
	enum err e = photo_db_list(s->db, a, listing_id, &list, &n);
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		struct photo_meta m = photo_meta_of(&list[i]);
		if (!each(ctx, &m))
			break;
	}
	return e;
}

struct handing {
	photo_meta_each *each;
	void *ctx;
};

static bool hand_on(void *ctx, const struct photo *p)
{
	const struct handing *h = ctx;
	struct photo_meta m = photo_meta_of(p);
	return h->each(h->ctx, &m);
}

enum err photo_meta_of_owner(const struct photo_meta_store *s, int64_t owner_id, photo_meta_each *each, void *ctx, char why[static PHOTO_META_WHY_MAX])
{
	struct handing h = {each, ctx};
	why[0] = '\0';
	if (in_dynamodb(s))
		return photo_meta_dynamodb_of_owner(s, owner_id, each, ctx, why);
	return photo_db_of_member(s->db, owner_id, hand_on, &h);
}

enum err photo_meta_settle(const struct photo_meta_store *s, struct arena *a, int64_t photo_id, const char *payload, char why[static PHOTO_META_WHY_MAX])
{
	why[0] = '\0';
	/* ordered before the configuration was changed: there is no copy any more */
	return in_dynamodb(s) ? photo_meta_dynamodb_settle(s, a, photo_id, payload, why) : ERR_OK;
}
