#include "jobs/delivery.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "db/photo_db.h"
#include "db/photo_pending_db.h"
#include "util/clock.h"
#include "util/log.h"

/* What is done with one object ends well before its lease and its row's do; the rest is for another time. */
enum { FILE_CAP = PHOTO_OUTPUT_MAX, LONGEST_US = DELIVERY_LEASE_SECONDS / 2 * 1000000 };
_Static_assert((int)PHOTO_LEASE_SECONDS > (int)DELIVERY_LEASE_SECONDS, "the row is another runner's before the object is");

/* A listing has ended: its photos go. Again there is nothing left to do. */
enum delivery_outcome deliver_photos(struct delivery *d, const struct outbox_row *row)
{
	int64_t n;
	enum err e = photo_db_remove_of_listing(d->db, row->subject_id, &n);
	if (e == ERR_OK)
		LOG_INFO("photos_removed", LOG_I("outbox", row->id), LOG_I("listing", row->subject_id), LOG_I("photos", n));
	else
		snprintf(d->why, sizeof d->why, "the photos cannot be removed: %s", err_text(e));
	enum delivery_outcome o = delivery_outcome_of(e);
	return o == DELIVERY_AWAY ? DELIVERY_LATER : o;
}

/* ---- Into the bucket ---- */

static bool key_of(const char *payload, char key[static PHOTO_KEY_MAX + 1])
{
	cJSON *j = cJSON_Parse(payload);
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(j, "key"));
	bool good = text != NULL && photo_key_valid(text);
	if (good)
		memcpy(key, text, PHOTO_KEY_MAX + 1);
	cJSON_Delete(j);
	return good;
}

static enum err put_file(struct delivery *d, const char *key, const struct photo_pending *f)
{
	struct buf bytes;
	char why[PHOTO_WHY_MAX];
	buf_init(&bytes, FILE_CAP);
	enum err e = photo_pending_db_read(d->db, key, f->box, f->webp, &bytes);
	if (e == ERR_OK) {
		struct photo_decoded one = {.n = 1, .files = {{.box = f->box, .webp = f->webp, .data = (const uint8_t *)bytes.data, .n = bytes.len}}};
		memcpy(one.object.key, key, sizeof one.object.key);
		delivery_beat(d);
		e = photo_store_put(d->photos, &one);
		photo_store_why(d->photos, why);
		if (e != ERR_OK)
			snprintf(d->why, sizeof d->why, "%.*s", (int)sizeof d->why - 1, why);
	}
	buf_free(&bytes);
	return e;
}

static enum err put_object(struct delivery *d, const char *key)
{
	struct photo_pending files[PHOTO_FILES_MAX];
	size_t n = 0;
	uint64_t began = clock_mono_us();
	enum err e = photo_pending_db_list(d->db, key, files, &n);
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		e = clock_mono_us() - began < LONGEST_US ? put_file(d, key, &files[i]) : ERR_TIMEOUT;
		delivery_beat(d);
	}
	return e;
}

/* The object is ours, and its row there. */
static enum err put_and_mark(struct delivery *d, const char *key, int64_t lease)
{
	enum err e = put_object(d, key);
	if (e == ERR_OK)
		e = photo_pending_db_done(d->db, key, lease);
	else if (photo_lease_end(d->db, key, lease) != ERR_OK)
		LOG_WARN("photo_lease_left", LOG_S("key", key));
	return e;
}

/* A photo that was taken goes into the bucket. Again it is the same bytes under the same names; one that nobody had for a day has gone since. */
enum delivery_outcome deliver_photo_put(struct delivery *d, const struct outbox_row *row)
{
	char key[PHOTO_KEY_MAX + 1], why[PHOTO_WHY_MAX] = "";
	int64_t lease;
	if (!key_of(row->payload, key)) {
		snprintf(d->why, sizeof d->why, "the payload names no photo");
		return DELIVERY_NEVER;
	}
	if (d->photos == NULL && photo_store_open(d->conf, d->cloud, &d->photos, why) != ERR_OK) {
		snprintf(d->why, sizeof d->why, "%.*s", (int)sizeof d->why - 1, why);
		return DELIVERY_AWAY;
	}
	uint64_t began = clock_mono_us();
	enum err e = photo_lease_take(d->db, key, &lease);
	if (e == ERR_NOT_FOUND)
		return DELIVERY_DONE;
	if (e == ERR_CONFLICT) {
		snprintf(d->why, sizeof d->why, "another process has the photo's files in hand");
		return DELIVERY_LATER;
	}
	if (e == ERR_OK)
		e = put_and_mark(d, key, lease);
	if (e == ERR_OK)
		LOG_INFO("photo_put", LOG_S("key", key), LOG_I("outbox", row->id), LOG_I("attempts", row->attempts), LOG_I("ms", (clock_mono_us() - began) / 1000));
	else if (d->why[0] == '\0')
		snprintf(d->why, sizeof d->why, "the photo is not in its store: %s", err_text(e));
	return delivery_outcome_of(e);
}
