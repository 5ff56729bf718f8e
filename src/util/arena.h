/* arena: memory of one request. Allocated from, never freed piece by piece; reset between requests.
 * A thread owns its arena. All memory handed out is zeroed and 16-byte aligned. */
#pragma once

#include <stddef.h>

struct arena;

/* cap: most bytes the arena may hold at once. NULL when out of memory. */
struct arena *arena_new(size_t cap);
void arena_free(struct arena *a);
/* Forgets all allocations; keeps the first block for reuse. */
void arena_reset(struct arena *a);
size_t arena_used(const struct arena *a);

/* NULL when the cap is reached or memory is out; n == 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t n);
/* count × size with an overflow check. */
void *arena_array(struct arena *a, size_t count, size_t size);
char *arena_strdup(struct arena *a, const char *s);
/* Copies n bytes and adds a NUL. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
