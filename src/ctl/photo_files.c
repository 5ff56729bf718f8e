#include "ctl/photo_files.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 1024 };

void photo_files_free(struct photo_files *f)
{
	free(f->slots);
	*f = (struct photo_files){0};
}

/* Where the hash is, or would be: it is as good as random itself. */
static struct photo_file_set *slot_of(const struct photo_files *f, const uint8_t hash[static PHOTO_HASH_BYTES])
{
	uint64_t start;
	memcpy(&start, hash, sizeof start);
	for (size_t i = (size_t)start & (f->size - 1);; i = (i + 1) & (f->size - 1)) {
		struct photo_file_set *s = &f->slots[i];
		if (s->files == 0 || memcmp(s->hash, hash, sizeof s->hash) == 0)
			return s;
	}
}

static enum err grow(struct photo_files *f)
{
	struct photo_files larger = {.size = f->size == 0 ? SLOTS_FIRST : 2 * f->size, .n = f->n};
	larger.slots = calloc(larger.size, sizeof *larger.slots);
	if (larger.slots == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < f->size; i++)
		if (f->slots[i].files > 0)
			*slot_of(&larger, f->slots[i].hash) = f->slots[i];
	free(f->slots);
	*f = larger;
	return ERR_OK;
}

enum err photo_files_add(struct photo_files *f, const struct photo_stored *file)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	if (!photo_hash_of_key(file->key, hash))
		return ERR_INVALID;
	if (f->n + 1 > f->size - f->size / 4) {
		enum err e = grow(f);
		if (e != ERR_OK)
			return e;
	}
	struct photo_file_set *s = slot_of(f, hash);
	if (s->files == 0) {
		memcpy(s->hash, hash, sizeof s->hash);
		f->n++;
	}
	s->files++;
	s->bytes += file->bytes;
	if (file->modified_at > s->newest)
		s->newest = file->modified_at;
	return ERR_OK;
}

struct photo_file_set *photo_files_find(const struct photo_files *f, const uint8_t hash[static PHOTO_HASH_BYTES])
{
	struct photo_file_set *s = f->size > 0 ? slot_of(f, hash) : NULL;
	return s != NULL && s->files > 0 ? s : NULL;
}
