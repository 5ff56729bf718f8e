/* The table: partition key seen_by (S), always "outport"; sort key seen_key (S), the second and a random word: "2026-01-31T12:00:00Z#0123456789abcdef". docs/dynamodb-addresses.json
 * makes it. One partition holds all, so that one query has the newest: it takes 1,000 writes a second, and outport-jobs, which alone writes, delivers one row after
 * the other. A key by day would spread nothing: all of a day goes to one then too. The attribute expires_at is for DynamoDB's TTL. */
#include "store/address_internal.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "db/site_db.h"
#include "store/cloud_internal.h"
#include "util/clock.h"

enum { ID_BYTES = 8, ID_SIZE = 2 * ID_BYTES + 1, KEY_SIZE = 64, DAY = 24 * 3600 };
#define SEEN_BY "outport"

static enum err table_of(const struct address_store *s, const char **table, struct aws **aws, char why[static ADDRESS_WHY_MAX])
{
	*table = s->conf->address.table;
	if (**table != '\0')
		return cloud_aws(s->cloud, aws, why);
	snprintf(why, ADDRESS_WHY_MAX, "[address] store = dynamodb needs table");
	return ERR_INVALID;
}

/* ---- In: by the outbox ---- */

/* The word makes the item's key: the same however often the row is delivered. */
enum err address_dynamodb_add(const struct address_store *s, const char *ip, int64_t now)
{
	uint8_t random[ID_BYTES];
	char id[ID_SIZE];
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(id, sizeof id, random, sizeof random);
	cJSON *o = cJSON_CreateObject();
	bool good = o != NULL && cJSON_AddStringToObject(o, "ip", ip) != NULL && cJSON_AddNumberToObject(o, "at", (double)now) != NULL && cJSON_AddStringToObject(o, "id", id) != NULL;
	char *payload = good ? cJSON_PrintUnformatted(o) : NULL;
	enum err e = payload != NULL ? outbox_db_add(s->db, OUTBOX_ADDRESS, 0, payload) : ERR_NOMEM;
	cJSON_free(payload);
	cJSON_Delete(o);
	return e;
}

struct arriving {
	struct address_seen seen;
	char id[ID_SIZE];
};

static enum err read_payload(const char *payload, struct arriving *out)
{
	char reversed[ADDRESS_REVERSED_SIZE];
	cJSON *o = cJSON_Parse(payload);
	const cJSON *at = cJSON_GetObjectItemCaseSensitive(o, "at");
	const char *ip = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "ip")), *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "id"));
	bool good = cJSON_IsNumber(at) && at->valuedouble >= 0 && at->valuedouble < 1e11 && ip != NULL && address_reverse(ip, reversed) && id != NULL && strlen(id) == ID_SIZE - 1;
	if (good) {
		*out = (struct arriving){.seen = {.stored_at = (int64_t)at->valuedouble}};
		snprintf(out->seen.ip, sizeof out->seen.ip, "%s", ip);
		snprintf(out->id, sizeof out->id, "%s", id);
	}
	cJSON_Delete(o);
	return good ? ERR_OK : ERR_RANGE;
}

enum err address_deliver(const struct address_store *s, const char *payload, char why[static ADDRESS_WHY_MAX])
{
	struct arriving in;
	char at[32], key[KEY_SIZE];
	const char *table;
	struct aws *aws;
	enum err e = read_payload(payload, &in);
	snprintf(why, ADDRESS_WHY_MAX, "%s", e == ERR_OK ? "" : "the payload is no address");
	if (e == ERR_OK)
		e = table_of(s, &table, &aws, why);
	if (e != ERR_OK)
		return e;
	clock_rfc3339(in.seen.stored_at, at);
	snprintf(key, sizeof key, "%s#%s", at, in.id);
	const struct dynamo_change c = {
		.table = table,
		.item = DYNAMO_ATTRS({.name = "seen_by", .text = SEEN_BY}, {.name = "seen_key", .text = key}, {.name = "ip", .text = in.seen.ip},
		                     {.name = "stored_at", .number = in.seen.stored_at}, {.name = "expires_at", .number = in.seen.stored_at + s->conf->address.keep_days * DAY}),
		.condition = "attribute_not_exists(seen_key)",
	};
	e = dynamo_put(aws, &c, why);
	/* delivered before */
	return e == ERR_CONFLICT ? ERR_OK : e;
}

/* ---- Out ---- */

enum err address_read(const struct dynamo_item *item, struct address_seen *out)
{
	char reversed[ADDRESS_REVERSED_SIZE];
	const char *ip = dynamo_text(item, "ip");
	*out = (struct address_seen){.stored_at = 0};
	if (ip == NULL || !address_reverse(ip, reversed) || strlen(ip) >= sizeof out->ip || !dynamo_number(item, "stored_at", &out->stored_at))
		return ERR_INVALID;
	snprintf(out->ip, sizeof out->ip, "%s", ip);
	return ERR_OK;
}

struct reading {
	struct address_seen *items;
	size_t n, limit;
	bool strange;
};

static bool take_item(void *ctx, const struct dynamo_item *item)
{
	struct reading *r = ctx;
	r->strange = address_read(item, &r->items[r->n]) != ERR_OK;
	r->n += !r->strange;
	return !r->strange && r->n < r->limit;
}

/* What is to be forgotten is not read, whenever DynamoDB gets to deleting it. */
enum err address_dynamodb_latest(const struct address_store *s, struct arena *a, unsigned limit, struct address_seen **items, size_t *n, char why[static ADDRESS_WHY_MAX])
{
	struct reading r = {.items = arena_array(a, limit, sizeof **items), .limit = limit};
	char oldest[32];
	struct aws *aws;
	clock_rfc3339(clock_unix() - s->conf->address.keep_days * DAY, oldest);
	struct dynamo_query q = {.condition = "seen_by = :seen_by AND seen_key >= :oldest", .values = DYNAMO_ATTRS({.name = ":seen_by", .text = SEEN_BY}, {.name = ":oldest", .text = oldest}),
	                         .backwards = true, .consistent = true, .page = (int)limit, .within_ms = AWS_ASKED_MS};
	enum err e = r.items != NULL ? table_of(s, &q.table, &aws, why) : ERR_NOMEM;
	if (e == ERR_OK)
		e = dynamo_query(aws, &q, &(struct dynamo_reader){take_item, &r}, why);
	if (e == ERR_OK && r.strange) {
		snprintf(why, ADDRESS_WHY_MAX, "the table %.255s holds what is no address", q.table);
		e = ERR_INVALID;
	}
	*items = r.items;
	*n = r.n;
	return e;
}
