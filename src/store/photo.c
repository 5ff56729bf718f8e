#include "store/photo_internal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct photo_store {
	const struct photo_backend *backend;
	void *self;
};

enum err photo_store_open(const struct conf *conf, struct cloud *cloud, struct photo_store **out, char why[static PHOTO_WHY_MAX])
{
	return photo_store_open_as(conf, cloud, conf->media.store, out, why);
}

enum err photo_store_open_as(const struct conf *conf, struct cloud *cloud, const char *store, struct photo_store **out, char why[static PHOTO_WHY_MAX])
{
	bool s3 = strcmp(store, "s3") == 0;
	struct photo_store *s = calloc(1, sizeof *s);
	why[0] = '\0';
	if (s == NULL)
		return ERR_NOMEM;
	s->backend = s3 ? &photo_s3_backend : &photo_folder_backend;
	enum err e = s3 ? photo_s3_open(conf, cloud, &s->self, why) : photo_folder_open(conf, &s->self, why);
	if (e != ERR_OK) {
		free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void photo_store_close(struct photo_store *s)
{
	if (s == NULL)
		return;
	s->backend->close(s->self);
	free(s);
}

bool photo_store_remote(const struct photo_store *s)
{
	return s->backend->remote;
}

void photo_store_why(struct photo_store *s, char why[static PHOTO_WHY_MAX])
{
	why[0] = '\0';
	if (s->backend->why != NULL)
		s->backend->why(s->self, why);
}

enum err photo_store_address(struct photo_store *s, const char *name, int *seconds, struct buf *out, char why[static PHOTO_WHY_MAX])
{
	why[0] = '\0';
	return s->backend->address != NULL ? s->backend->address(s->self, name, seconds, out, why) : ERR_NOT_FOUND;
}

enum err photo_store_try(struct photo_store *s, char why[static PHOTO_WHY_MAX])
{
	return s->backend->try(s->self, why);
}

enum err photo_store_put(struct photo_store *s, const struct photo_decoded *p)
{
	return photo_key_valid(p->object.key) && p->n > 0 && p->n <= PHOTO_FILES_MAX ? s->backend->put(s->self, p) : ERR_INVALID;
}

enum err photo_store_remove(struct photo_store *s, const char *key)
{
	return photo_key_valid(key) ? s->backend->remove(s->self, key) : ERR_INVALID;
}

enum err photo_store_remove_file(struct photo_store *s, const char *name)
{
	return s->backend->remove_file(s->self, name);
}

enum err photo_store_each(struct photo_store *s, bool (*each)(void *ctx, const struct photo_stored *file), void *ctx)
{
	return s->backend->each(s->self, each, ctx);
}

unsigned photo_store_names(const struct photo_object *o, char names[static PHOTO_FILES_MAX][64])
{
	struct photo_size sizes[PHOTO_SIZES];
	unsigned n = photo_sizes(o->width, o->height, sizes);
	for (unsigned i = 0; i < 2 * n; i++)
		photo_file_name(o->key, sizes[i / 2].box, i % 2 == 0, names[i]);
	return 2 * n;
}

enum err photo_store_any(struct photo_store *s, const char *key, bool *any)
{
	char name[64];
	int64_t bytes;
	*any = false;
	if (!photo_key_valid(key))
		return ERR_INVALID;
	for (int i = 0; i < 2 * PHOTO_SIZES && !*any; i++) {
		photo_file_name(key, photo_boxes[i / 2], i % 2 == 0, name);
		enum err e = s->backend->size(s->self, name, &bytes);
		if (e != ERR_OK && e != ERR_NOT_FOUND)
			return e;
		*any = e == ERR_OK;
	}
	return ERR_OK;
}

enum err photo_store_whole(struct photo_store *s, const struct photo_object *o, bool *whole)
{
	char names[PHOTO_FILES_MAX][64];
	unsigned n = photo_key_valid(o->key) ? photo_store_names(o, names) : 0;
	int64_t bytes = 0, one;
	*whole = false;
	for (unsigned i = 0; i < n; i++) {
		enum err e = s->backend->size(s->self, names[i], &one);
		if (e != ERR_OK || one == 0)
			return e == ERR_NOT_FOUND ? ERR_OK : e;
		bytes += one;
	}
	*whole = n > 0 && bytes == o->bytes;
	return ERR_OK;
}

static void hash_piece(void *ctx, const uint8_t *p, size_t n)
{
	crypto_hash_sha256_update(ctx, p, n);
}

enum err photo_store_true(struct photo_store *s, const struct photo_object *o, bool *is)
{
	char names[PHOTO_FILES_MAX][64], key[PHOTO_KEY_MAX + 1];
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	unsigned n = photo_key_valid(o->key) ? photo_store_names(o, names) : 0;
	*is = false;
	crypto_hash_sha256_init(&state);
	for (unsigned i = 0; i < n; i++) {
		enum err e = s->backend->read(s->self, names[i], hash_piece, &state);
		if (e != ERR_OK)
			return e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	crypto_hash_sha256_final(&state, hash);
	photo_key_of_hash(hash, key);
	*is = n > 0 && strcmp(key, o->key) == 0;
	return ERR_OK;
}

static void append_piece(void *ctx, const uint8_t *p, size_t n)
{
	buf_put(ctx, p, n);
}

enum err photo_store_read(struct photo_store *s, const char *name, struct buf *out)
{
	enum err e = s->backend->read(s->self, name, append_piece, out);
	return e != ERR_OK ? e : out->error;
}

struct summing {
	crypto_hash_sha256_state state;
	int64_t bytes;
};

static void sum_piece(void *ctx, const uint8_t *p, size_t n)
{
	struct summing *x = ctx;
	crypto_hash_sha256_update(&x->state, p, n);
	x->bytes += (int64_t)n;
}

enum err photo_store_sum(struct photo_store *s, const char *name, int64_t *bytes, char sha256[static PHOTO_SUM_SIZE])
{
	struct summing x = {.bytes = 0};
	uint8_t hash[crypto_hash_sha256_BYTES];
	sha256[0] = '\0';
	if (s->backend->sum != NULL) {
		enum err e = s->backend->sum(s->self, name, bytes, sha256);
		if (e != ERR_OK || sha256[0] != '\0')
			return e;
	}
	crypto_hash_sha256_init(&x.state);
	enum err e = s->backend->read(s->self, name, sum_piece, &x);
	crypto_hash_sha256_final(&x.state, hash);
	sodium_bin2base64(sha256, PHOTO_SUM_SIZE, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
	*bytes = x.bytes;
	return e;
}

bool photo_stored_parse(const char *name, struct photo_stored *out)
{
	char key[PHOTO_KEY_MAX + 1] = "", made[64];
	out->key[0] = '\0';
	out->box = 0;
	out->webp = false;
	if (strlen(name) < 3 + PHOTO_KEY_MAX)
		return false;
	memcpy(key, name + 3, PHOTO_KEY_MAX);
	if (!photo_key_valid(key))
		return false;
	for (int i = 0; i < 2 * PHOTO_SIZES; i++) {
		photo_file_name(key, photo_boxes[i / 2], i % 2 == 0, made);
		if (strcmp(made, name) != 0)
			continue;
		memcpy(out->key, key, sizeof key);
		out->box = photo_boxes[i / 2];
		out->webp = i % 2 == 0;
		return true;
	}
	return false;
}
