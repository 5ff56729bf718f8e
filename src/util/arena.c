#include "util/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Under AddressSanitizer what was not handed out is poisoned, with a gap behind every piece: an overrun or a
 * pointer kept over a reset is then caught as it would be with malloc. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
enum { GAP = 0 };
#endif

enum { ALIGN = 16, BLOCK = 64 * 1024 };

struct block {
	struct block *next;
	size_t size;
	size_t used;
	_Alignas(ALIGN) unsigned char data[];
};

struct arena {
	size_t cap;
	size_t used;           /* pieces handed out, each rounded up to ALIGN */
	struct block *current; /* the newest; older ones by next */
	struct block *first;
};

static struct block *block_new(size_t size)
{
	struct block *b = malloc(sizeof *b + size);
	if (b == NULL)
		return NULL;
	*b = (struct block){.size = size};
	ASAN_POISON_MEMORY_REGION(b->data, size);
	return b;
}

static void block_free(struct block *b)
{
	ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
	free(b);
}

struct arena *arena_new(size_t cap)
{
	struct arena *a = calloc(1, sizeof *a);
	if (a == NULL)
		return NULL;
	a->cap = cap < SIZE_MAX / 4 ? cap : SIZE_MAX / 4; /* so that no sum with it overflows */
	a->first = block_new(BLOCK);
	if (a->first == NULL) {
		free(a);
		return NULL;
	}
	a->current = a->first;
	return a;
}

static void free_later_blocks(struct arena *a)
{
	while (a->current != a->first) {
		struct block *older = a->current->next;
		block_free(a->current);
		a->current = older;
	}
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_later_blocks(a);
	block_free(a->first);
	free(a);
}

void arena_reset(struct arena *a)
{
	free_later_blocks(a);
	a->used = 0;
	a->first->used = 0;
	ASAN_POISON_MEMORY_REGION(a->first->data, a->first->size);
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

/* Makes sure that the current block has room. */
static bool make_room(struct arena *a, size_t n)
{
	if (a->current->size - a->current->used >= n)
		return true;
	struct block *b = block_new(n > BLOCK ? n : BLOCK);
	if (b == NULL)
		return false;
	b->next = a->current;
	a->current = b;
	return true;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > a->cap)
		return NULL;
	size_t rounded = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (rounded > a->cap - a->used)
		return NULL;
	if (!make_room(a, rounded + GAP))
		return NULL;
	unsigned char *p = a->current->data + a->current->used;
	a->current->used += rounded + GAP;
	a->used += rounded;
	ASAN_UNPOISON_MEMORY_REGION(p, n);
	memset(p, 0, n);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	return arena_alloc(a, count * size);
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	if (n == SIZE_MAX)
		return NULL;
	char *p = arena_alloc(a, n + 1);
	if (p != NULL && n > 0)
		memcpy(p, s, n);
	return p;
}
