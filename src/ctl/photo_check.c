#include "ctl/photo_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/photo_files.h"
#include "db/photo_db.h"
#include "db/photo_pending_db.h"

enum { STRAYS_FIRST = 64, CHECK_NAMES_BYTES = 16 << 20 };

static const struct {
	const char *name, *words;
} kinds[FINDING_KINDS] = {
	[FINDING_FILES] = {"orphan_files", "Files without a row"},
	[FINDING_TEMPORARY] = {"temporary_files", "Temporary files left"},
	[FINDING_LOST] = {"lost_files", "Rows without files"},
	[FINDING_DAMAGED] = {"damaged_files", "Damaged files"},
	[FINDING_REFERENCES] = {"wrong_references", "Wrong references"},
	[FINDING_COUNT] = {"wrong_counts", "Wrong counts"},
	[FINDING_LISTING] = {"ended_listings", "Photos of no listing"},
	[FINDING_PICTURE] = {"lost_pictures", "Pictures of no object"},
};

const char *photo_finding_name(enum photo_finding_kind kind)
{
	return kinds[kind].name;
}

const char *photo_finding_words(enum photo_finding_kind kind)
{
	return kinds[kind].words;
}

static enum err report(struct photo_check *c, enum photo_finding_kind kind, const char *what, bool mended)
{
	c->found[kind]++;
	c->mended[kind] += mended;
	if (c->n == PHOTO_FINDINGS_KEPT)
		return ERR_OK;
	if (c->findings == NULL)
		c->findings = arena_array(c->arena, PHOTO_FINDINGS_KEPT, sizeof *c->findings);
	char *copy = c->findings != NULL ? arena_strdup(c->arena, what) : NULL;
	if (copy == NULL)
		return ERR_NOMEM;
	c->findings[c->n++] = (struct photo_finding){kind, copy, mended};
	return ERR_OK;
}

/* ---- Rows among themselves ---- */

struct ids {
	int64_t *list;
	size_t n, size;
	bool failed;
};

static bool keep_id(void *ctx, int64_t id)
{
	struct ids *ids = ctx;
	if (ids->n == ids->size) {
		size_t size = ids->size == 0 ? STRAYS_FIRST : 2 * ids->size;
		int64_t *list = reallocarray(ids->list, size, sizeof *list);
		ids->failed = list == NULL;
		if (ids->failed)
			return false;
		ids->list = list;
		ids->size = size;
	}
	ids->list[ids->n++] = id;
	return true;
}

static enum err check_strays(struct photo_check *c, enum photo_stray_kind stray, enum photo_finding_kind kind)
{
	struct ids ids = {.list = NULL};
	enum err e = photo_db_strays(c->db, stray, keep_id, &ids);
	if (e == ERR_OK && ids.failed)
		e = ERR_NOMEM;
	for (size_t i = 0; e == ERR_OK && i < ids.n; i++) {
		char what[32];
		snprintf(what, sizeof what, "%" PRId64, ids.list[i]);
		if (c->mend)
			e = photo_db_stray_mend(c->db, stray, ids.list[i]);
		if (e == ERR_OK)
			e = report(c, kind, what, c->mend);
	}
	free(ids.list);
	return e;
}

/* ---- Objects and files ---- */

struct object {
	uint8_t hash[PHOTO_HASH_BYTES];
	uint32_t bytes;
	uint16_t width, height;
	bool named, pending, miscounted, lost;
};

struct comparing {
	struct photo_check *check;
	struct photo_files files;
	struct object *objects;
	size_t n, size;
	int64_t named, lost;
	enum err e;
};

static bool is_temporary(const char *name)
{
	const char *slash = strrchr(name, '/');
	return strncmp(slash != NULL ? slash + 1 : name, PHOTO_TEMPORARY, sizeof PHOTO_TEMPORARY - 1) == 0;
}

static bool keep_file(void *ctx, const struct photo_stored *file)
{
	struct comparing *x = ctx;
	struct photo_check *c = x->check;
	c->files++;
	c->bytes += file->bytes;
	if (file->key[0] != '\0') {
		x->e = photo_files_add(&x->files, file);
	} else if (!is_temporary(file->name)) {
		c->unknown++;
	} else if (file->modified_at < c->now - PHOTO_CHECK_AGE) {
		x->e = c->mend ? photo_store_remove_file(c->store, file->name) : ERR_OK;
		if (x->e == ERR_OK)
			x->e = report(c, FINDING_TEMPORARY, file->name, c->mend);
	}
	return x->e == ERR_OK;
}

static bool keep_object(void *ctx, const struct photo_count *count)
{
	struct comparing *x = ctx;
	const struct photo_object *o = &count->object;
	if (x->n == x->size) {
		size_t size = x->size == 0 ? 1024 : 2 * x->size;
		struct object *larger = reallocarray(x->objects, size, sizeof *larger);
		if (larger == NULL) {
			x->e = ERR_NOMEM;
			return false;
		}
		x->objects = larger;
		x->size = size;
	}
	struct object *one = &x->objects[x->n];
	*one = (struct object){.bytes = (uint32_t)o->bytes, .width = (uint16_t)o->width, .height = (uint16_t)o->height, .named = count->named > 0, .pending = o->pending,
	                       .miscounted = count->stored != count->named || (count->stored == 0) != (count->unreferenced_at != 0)};
	if (!photo_hash_of_key(o->key, one->hash)) {
		x->e = ERR_INTERNAL;
		return false;
	}
	struct photo_file_set *set = photo_files_find(&x->files, one->hash);
	if (set != NULL)
		set->has_row = true;
	x->named += one->named;
	x->n++;
	return true;
}

static struct photo_object of_row(const struct object *o)
{
	struct photo_object out = {.width = o->width, .height = o->height, .bytes = o->bytes};
	photo_key_of_hash(o->hash, out.key);
	return out;
}

static enum err is_broken(void *ctx, const struct photo_object *o, bool *broken)
{
	const struct photo_check *c = ctx;
	bool good;
	enum err e = photo_store_whole(c->store, o, &good);
	if (e == ERR_OK && good && !c->quick)
		e = photo_store_true(c->store, o, &good);
	*broken = !good;
	return e;
}

static enum err remove_files(void *ctx, const char *key)
{
	const struct photo_check *c = ctx;
	return photo_store_remove(c->store, key);
}

static struct photo_mender mender_of(struct photo_check *c)
{
	return (struct photo_mender){is_broken, remove_files, c, photo_store_remote(c->store)};
}

/* Asked again of the rows: it may have gone, nobody may name it any more, or its files may be on their way. */
static enum err still_named(struct photo_check *c, const char *key, bool *named)
{
	struct photo_count count;
	struct arena *a = arena_new(64 << 10);
	*named = false;
	enum err e = a != NULL ? photo_db_object_get(c->db, a, key, named, &count) : ERR_NOMEM;
	if (e == ERR_OK && *named)
		*named = count.named > 0 && !count.object.pending;
	arena_free(a);
	return e;
}

/* The files of one object, against its row: how many there are, how large, and what is in them. */
static enum err check_files(struct comparing *x, struct object *o, bool reading, bool *broken)
{
	struct photo_check *c = x->check;
	const struct photo_file_set *set = photo_files_find(&x->files, o->hash);
	struct photo_object object = of_row(o);
	struct photo_size sizes[PHOTO_SIZES];
	bool good = set != NULL && set->bytes == o->bytes && set->files == 2 * photo_sizes(o->width, o->height, sizes);
	*broken = false;
	if (o->pending)
		return ERR_OK;
	enum err e = reading ? photo_store_true(c->store, &object, &good) : good ? ERR_OK : photo_store_whole(c->store, &object, &good);
	return e == ERR_OK && !good ? still_named(c, object.key, broken) : e;
}

static enum err report_broken(struct comparing *x, const struct object *o, enum photo_finding_kind kind)
{
	struct photo_check *c = x->check;
	struct photo_object object = of_row(o);
	struct photo_mender m = mender_of(c);
	bool mend = c->mend && !c->doubtful;
	struct arena *a = mend ? arena_new(CHECK_NAMES_BYTES) : NULL;
	int64_t n;
	enum err e = !mend ? ERR_OK : a != NULL ? photo_db_forget_object(c->db, a, object.key, &m, &n) : ERR_NOMEM;
	arena_free(a);
	return e == ERR_OK ? report(c, kind, object.key, mend) : e;
}

static enum err check_objects(struct comparing *x)
{
	struct photo_check *c = x->check;
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < x->n; i++) {
		bool broken;
		e = x->objects[i].named ? check_files(x, &x->objects[i], false, &broken) : ERR_OK;
		if (e != ERR_OK || !x->objects[i].named)
			continue;
		x->objects[i].lost = broken;
		x->lost += broken;
	}
	c->doubtful = c->mend && !c->force && x->lost > PHOTO_CHECK_MANY && 2 * x->lost > x->named;
	for (size_t i = 0; e == ERR_OK && i < x->n; i++) {
		struct object *o = &x->objects[i];
		bool broken = false;
		if (o->lost)
			e = report_broken(x, o, FINDING_LOST);
		else if (o->named && !c->quick)
			e = check_files(x, o, true, &broken);
		if (e == ERR_OK && broken)
			e = report_broken(x, o, FINDING_DAMAGED);
	}
	return e;
}

static enum err check_references(struct comparing *x)
{
	struct photo_check *c = x->check;
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < x->n; i++) {
		struct photo_object object = of_row(&x->objects[i]);
		if (!x->objects[i].miscounted)
			continue;
		if (c->mend)
			e = photo_db_recount(c->db, object.key);
		if (e == ERR_OK)
			e = report(c, FINDING_REFERENCES, object.key, c->mend);
	}
	return e;
}

static enum err check_orphan(struct photo_check *c, const struct photo_file_set *set)
{
	struct photo_mender m = mender_of(c);
	struct photo_count count;
	char key[PHOTO_KEY_MAX + 1];
	bool row = false, any = false, removed = false;
	photo_key_of_hash(set->hash, key);
	/* looked at again: a row may have come, and the sweep may have been there */
	struct arena *a = arena_new(64 << 10);
	enum err e = a != NULL ? photo_db_object_get(c->db, a, key, &row, &count) : ERR_NOMEM;
	arena_free(a);
	if (e == ERR_OK && !row)
		e = photo_store_any(c->store, key, &any);
	if (e != ERR_OK || !any)
		return e;
	if (c->mend)
		e = photo_db_forget_files(c->db, key, &m, &removed);
	return e == ERR_OK ? report(c, FINDING_FILES, key, removed) : e;
}

static enum err check_orphans(struct comparing *x)
{
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < x->files.size; i++) {
		const struct photo_file_set *set = &x->files.slots[i];
		if (set->files > 0 && !set->has_row && set->newest < x->check->now - PHOTO_CHECK_AGE)
			e = check_orphan(x->check, set);
	}
	return e;
}

enum err photo_check_run(struct photo_check *c)
{
	struct comparing x = {.check = c};
	/* rows first: what they mend changes the counts */
	enum err e = check_strays(c, PHOTO_STRAY_LISTING, FINDING_LISTING);
	if (e == ERR_OK)
		e = check_strays(c, PHOTO_STRAY_COUNT, FINDING_COUNT);
	if (e == ERR_OK)
		e = check_strays(c, PHOTO_STRAY_PICTURE, FINDING_PICTURE);
	if (e == ERR_OK)
		e = photo_store_each(c->store, keep_file, &x);
	if (e == ERR_OK && x.e == ERR_OK)
		e = photo_db_objects(c->db, keep_object, &x);
	if (e == ERR_OK)
		e = x.e;
	c->objects = (int64_t)x.n;
	if (e == ERR_OK)
		e = check_references(&x);
	if (e == ERR_OK)
		e = check_objects(&x);
	if (e == ERR_OK)
		e = check_orphans(&x);
	if (e == ERR_OK)
		e = photo_pending_db_count(c->db, &c->waiting, &c->waiting_bytes);
	free(x.objects);
	photo_files_free(&x.files);
	return e;
}
