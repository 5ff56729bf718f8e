/* The table: partition key listing_id (N), sort key photo_id (N); the index "owner": partition key owner_id (N), sort key photo_id. docs/dynamodb-photos.json makes it. */
#include "store/photo_meta_internal.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "db/photo_db.h"
#include "store/cloud_internal.h"

enum { PAGE = 100 };

static enum err table_of(const struct photo_meta_store *s, const char **table, struct aws **aws, char why[static PHOTO_META_WHY_MAX])
{
	*table = s->conf->media.meta_table;
	if (**table != '\0')
		return cloud_aws(s->cloud, aws, why);
	snprintf(why, PHOTO_META_WHY_MAX, "[media] meta = dynamodb needs meta_table");
	return ERR_INVALID;
}

/* ---- Reading ---- */

enum err photo_meta_read(const struct dynamo_item *item, struct photo_meta *out)
{
	const char *key = dynamo_text(item, "object_key"), *type = dynamo_text(item, "media_type");
	int64_t width, height;
	*out = (struct photo_meta){.type = type != NULL ? photo_type_of_media(type) : PHOTO_UNKNOWN};
	if (key == NULL || !photo_key_valid(key) || out->type == PHOTO_UNKNOWN)
		return ERR_INVALID;
	snprintf(out->key, sizeof out->key, "%s", key);
	bool good = dynamo_number(item, "photo_id", &out->photo_id) && dynamo_number(item, "listing_id", &out->listing_id) && dynamo_number(item, "owner_id", &out->owner_id) &&
	            dynamo_number(item, "bytes", &out->bytes) && dynamo_number(item, "width", &width) && dynamo_number(item, "height", &height) &&
	            dynamo_number(item, "created_at", &out->created_at);
	if (!good || width < 0 || width > UINT16_MAX || height < 0 || height > UINT16_MAX)
		return ERR_INVALID;
	out->width = (int)width;
	out->height = (int)height;
	return ERR_OK;
}

struct reading {
	photo_meta_each *each;
	void *ctx;
	bool strange;
};

static bool take_item(void *ctx, const struct dynamo_item *item)
{
	struct reading *r = ctx;
	struct photo_meta m;
	r->strange = photo_meta_read(item, &m) != ERR_OK;
	return !r->strange && r->each(r->ctx, &m);
}

static enum err read_all(const struct photo_meta_store *s, struct dynamo_query *q, photo_meta_each *each, void *ctx, char why[static PHOTO_META_WHY_MAX])
{
	struct reading r = {.each = each, .ctx = ctx};
	struct aws *aws;
	enum err e = table_of(s, &q->table, &aws, why);
	if (e == ERR_OK)
		e = dynamo_query(aws, q, &(struct dynamo_reader){take_item, &r}, why);
	if (e != ERR_OK || !r.strange)
		return e;
	snprintf(why, PHOTO_META_WHY_MAX, "the table %.255s holds what is no record of a photo", q->table);
	return ERR_INVALID;
}

enum err photo_meta_dynamodb_of_listing(const struct photo_meta_store *s, int64_t listing_id, photo_meta_each *each, void *ctx, char why[static PHOTO_META_WHY_MAX])
{
	struct dynamo_query q = {.condition = "listing_id = :id", .values = DYNAMO_ATTRS({.name = ":id", .number = listing_id}), .consistent = true, .page = PAGE};
	return read_all(s, &q, each, ctx, why);
}

enum err photo_meta_dynamodb_of_owner(const struct photo_meta_store *s, int64_t owner_id, photo_meta_each *each, void *ctx, char why[static PHOTO_META_WHY_MAX])
{
	struct dynamo_query q = {.index = "owner", .condition = "owner_id = :id", .values = DYNAMO_ATTRS({.name = ":id", .number = owner_id}), .page = PAGE};
	return read_all(s, &q, each, ctx, why);
}

/* ---- Writing ---- */

static enum err put(struct aws *aws, const char *table, const struct photo_meta *m, char why[static PHOTO_META_WHY_MAX])
{
	const struct dynamo_change c = {
		.table = table,
		.item = DYNAMO_ATTRS({.name = "listing_id", .number = m->listing_id}, {.name = "photo_id", .number = m->photo_id}, {.name = "owner_id", .number = m->owner_id},
		                     {.name = "object_key", .text = m->key}, {.name = "media_type", .text = photo_type_media(m->type)}, {.name = "bytes", .number = m->bytes},
		                     {.name = "width", .number = m->width}, {.name = "height", .number = m->height}, {.name = "created_at", .number = m->created_at}),
		.condition = "attribute_not_exists(photo_id) OR created_at <= :created_at",
		.values = DYNAMO_ATTRS({.name = ":created_at", .number = m->created_at}),
	};
	enum err e = dynamo_put(aws, &c, why);
	if (e == ERR_CONFLICT)
		snprintf(why, PHOTO_META_WHY_MAX, "the table has a newer record of this photo: is it another site's table?");
	return e;
}

struct ordered {
	int64_t listing_id, photo_id;
	char key[PHOTO_KEY_MAX + 1];
};

static enum err delete(struct aws *aws, const char *table, const struct ordered *o, char why[static PHOTO_META_WHY_MAX])
{
	const struct dynamo_change c = {
		.table = table,
		.item = DYNAMO_ATTRS({.name = "listing_id", .number = o->listing_id}, {.name = "photo_id", .number = o->photo_id}),
		.condition = "attribute_not_exists(photo_id) OR object_key = :key",
		.values = DYNAMO_ATTRS({.name = ":key", .text = o->key}),
	};
	enum err e = dynamo_delete(aws, &c, why);
	if (e == ERR_CONFLICT)
		snprintf(why, PHOTO_META_WHY_MAX, "the table has another record of this photo: is it another site's table?");
	return e;
}

static enum err read_order(int64_t photo_id, const char *payload, struct ordered *out)
{
	cJSON *o = cJSON_Parse(payload);
	const cJSON *listing = cJSON_GetObjectItemCaseSensitive(o, "listing");
	const char *key = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "key"));
	bool good = cJSON_IsNumber(listing) && key != NULL && photo_key_valid(key);
	*out = (struct ordered){.photo_id = photo_id, .listing_id = good ? (int64_t)listing->valuedouble : 0};
	if (good)
		snprintf(out->key, sizeof out->key, "%s", key);
	cJSON_Delete(o);
	return good ? ERR_OK : ERR_RANGE;
}

/* As photo_meta.h has it: look, put, look again; or delete. */
enum err photo_meta_dynamodb_settle(const struct photo_meta_store *s, struct arena *a, int64_t photo_id, const char *payload, char why[static PHOTO_META_WHY_MAX])
{
	struct ordered o;
	struct photo photo;
	const char *table;
	struct aws *aws;
	enum err e = read_order(photo_id, payload, &o);
	if (e != ERR_OK)
		snprintf(why, PHOTO_META_WHY_MAX, "the payload is no order of a record");
	else
		e = table_of(s, &table, &aws, why);
	if (e != ERR_OK)
		return e;
	e = photo_db_get(s->db, a, photo_id, &photo);
	if (e == ERR_OK) {
		struct photo_meta m = photo_meta_of(&photo);
		e = put(aws, table, &m, why);
		if (e != ERR_OK)
			return e;
		e = photo_db_get(s->db, a, photo_id, &photo);
	}
	return e == ERR_NOT_FOUND ? delete(aws, table, &o, why) : e;
}
