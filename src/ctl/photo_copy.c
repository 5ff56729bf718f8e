#include "ctl/photo_copy.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/photo_db.h"

enum { NAME_SIZE = 64, OBJECT_CAP = 64 << 20 };

struct objects {
	struct photo_object *list; /* by key */
	size_t n, size;
	bool failed;
};

static bool keep_object(void *ctx, const struct photo_count *count)
{
	struct objects *o = ctx;
	if (o->n == o->size) {
		size_t size = o->size == 0 ? 1024 : 2 * o->size;
		struct photo_object *list = reallocarray(o->list, size, sizeof *list);
		o->failed = list == NULL;
		if (o->failed)
			return false;
		o->list = list;
		o->size = size;
	}
	o->list[o->n++] = count->object;
	return true;
}

static bool gone_away(enum err e)
{
	return e == ERR_CLOSED || e == ERR_TIMEOUT || e == ERR_LIMITED || e == ERR_DENIED;
}

/* One that fails does not keep the others, but where nobody answers the rest would fail as slowly. */
static void fail(struct photo_copy *c, const struct photo_object *o, struct photo_store *s, const char *what, enum err e)
{
	if (c->failed < PHOTO_COPY_KEPT) {
		struct photo_copy_failure *f = &c->failures[c->failed];
		memcpy(f->key, o->key, sizeof f->key);
		f->what = what;
		f->e = e;
	}
	c->failed++;
	c->away = c->away || gone_away(e);
	photo_store_why(s, c->why);
}

/* ERR_NOT_FOUND too: the file is not there, or is another. */
static enum err same_there(struct photo_copy *c, const char *name, int64_t bytes, const char *sha256)
{
	char sum[PHOTO_SUM_SIZE];
	int64_t n = 0;
	enum err e = photo_store_sum(c->to, name, &n, sum);
	return e != ERR_OK ? e : n == bytes && strcmp(sum, sha256) == 0 ? ERR_OK : ERR_NOT_FOUND;
}

/* All of an object's files, one behind the other, where from has them whole: their hash is its key. */
static enum err read_object(struct photo_copy *c, const struct photo_object *o, char (*names)[NAME_SIZE], unsigned n, struct buf *bytes, size_t ends[static PHOTO_FILES_MAX])
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char key[PHOTO_KEY_MAX + 1];
	enum err e = ERR_OK;
	for (unsigned i = 0; e == ERR_OK && i < n; i++) {
		e = photo_store_read(c->from, names[i], bytes);
		ends[i] = bytes->len;
	}
	if (e != ERR_OK)
		return e;
	crypto_hash_sha256(hash, (const uint8_t *)bytes->data, bytes->len);
	photo_key_of_hash(hash, key);
	return strcmp(key, o->key) == 0 ? ERR_OK : ERR_INVALID;
}

/* One file into the other store, and back as it lies there. */
static enum err put_file(struct photo_copy *c, const char *key, const char *name, const struct photo_file *f)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char sha256[PHOTO_SUM_SIZE];
	struct photo_decoded one = {.n = 1, .files = {*f}};
	crypto_hash_sha256(hash, f->data, f->n);
	sodium_bin2base64(sha256, sizeof sha256, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
	memcpy(one.object.key, key, sizeof one.object.key);
	enum err e = same_there(c, name, (int64_t)f->n, sha256);
	if (e != ERR_NOT_FOUND)
		return e;
	/* what lies there under its name is damaged, or nothing: a folder leaves alone what is as long */
	e = photo_store_remote(c->to) ? ERR_OK : photo_store_remove_file(c->to, name);
	if (e == ERR_OK)
		e = photo_store_put(c->to, &one);
	if (e == ERR_OK)
		e = same_there(c, name, (int64_t)f->n, sha256);
	if (e == ERR_OK)
		c->bytes += (int64_t)f->n;
	return e == ERR_NOT_FOUND ? ERR_IO : e;
}

static enum err put_object(struct photo_copy *c, const struct photo_object *o, char (*names)[NAME_SIZE], unsigned n, const struct buf *bytes, const size_t ends[static PHOTO_FILES_MAX])
{
	enum err e = ERR_OK;
	for (unsigned i = 0; e == ERR_OK && i < n; i++) {
		size_t begin = i > 0 ? ends[i - 1] : 0;
		struct photo_file file = {.webp = i % 2 == 0, .box = photo_boxes[i / 2], .data = (const uint8_t *)bytes->data + begin, .n = ends[i] - begin};
		e = put_file(c, o->key, names[i], &file);
	}
	return e;
}

/* Is each file of the object in both, the same? *source: an error is of the place they come from. */
static enum err same_in_both(struct photo_copy *c, char (*names)[NAME_SIZE], unsigned n, bool *same, bool *source)
{
	char sum[PHOTO_SUM_SIZE];
	int64_t bytes = 0;
	*same = false;
	for (unsigned i = 0; i < n; i++) {
		enum err e = photo_store_sum(c->from, names[i], &bytes, sum);
		*source = e != ERR_OK;
		if (e == ERR_OK)
			e = same_there(c, names[i], bytes, sum);
		if (e != ERR_OK)
			return e == ERR_NOT_FOUND && !*source ? ERR_OK : e;
	}
	*same = true;
	return ERR_OK;
}

static void copy_object(struct photo_copy *c, const struct photo_object *o)
{
	char names[PHOTO_FILES_MAX][NAME_SIZE];
	size_t ends[PHOTO_FILES_MAX] = {0};
	unsigned n = photo_store_names(o, names);
	bool same = false, source = false;
	enum err e = same_in_both(c, names, n, &same, &source);
	if (e != ERR_OK) {
		fail(c, o, source ? c->from : c->to, source ? "cannot be read where it is" : "cannot be looked at where it goes", e);
		return;
	}
	c->there += same;
	c->copied += !same && c->dry_run;
	if (same || c->dry_run)
		return;
	struct buf bytes;
	buf_init(&bytes, OBJECT_CAP);
	e = read_object(c, o, names, n, &bytes, ends);
	if (e != ERR_OK) {
		fail(c, o, c->from, e == ERR_INVALID ? "is damaged where it is" : "cannot be read where it is", e);
	} else {
		e = put_object(c, o, names, n, &bytes, ends);
		c->copied += e == ERR_OK;
		if (e != ERR_OK)
			fail(c, o, c->to, "cannot be written where it goes", e);
	}
	buf_free(&bytes);
}

/* ---- What no row knows ---- */

struct unknown {
	struct photo_copy *copy;
	const struct objects *objects;
};

static int by_key(const void *key, const void *object)
{
	return strcmp(key, ((const struct photo_object *)object)->key);
}

static bool count_unknown(void *ctx, const struct photo_stored *file)
{
	struct unknown *u = ctx;
	struct photo_copy *c = u->copy;
	if (file->key[0] == '\0' || (u->objects->n > 0 && bsearch(file->key, u->objects->list, u->objects->n, sizeof *u->objects->list, by_key) != NULL))
		return true;
	if (c->unknown < PHOTO_COPY_KEPT)
		snprintf(c->unknown_names[c->unknown], sizeof c->unknown_names[0], "%s", file->name);
	c->unknown++;
	return true;
}

enum err photo_copy_run(struct photo_copy *c)
{
	struct objects objects = {.list = NULL};
	enum err e = photo_db_objects(c->db, keep_object, &objects);
	if (e == ERR_OK && objects.failed)
		e = ERR_NOMEM;
	c->objects = (int64_t)objects.n;
	for (size_t i = 0; e == ERR_OK && !c->away && i < objects.n; i++) {
		if (objects.list[i].pending)
			c->pending++;
		else
			copy_object(c, &objects.list[i]);
		if (c->progress != NULL)
			c->progress(c->ctx, (int64_t)i + 1, (int64_t)objects.n);
	}
	if (e == ERR_OK && !c->away) {
		enum err walked = photo_store_each(c->from, count_unknown, &(struct unknown){c, &objects});
		if (walked != ERR_OK) {
			c->away = true;
			photo_store_why(c->from, c->why);
		}
	}
	free(objects.list);
	return e;
}
