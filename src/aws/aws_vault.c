#include "aws/aws_vault.h"

#include <pthread.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* Blocks are powers of two, cut from chunks; larger ones are chunks of their own. */
enum { SMALLEST = 6, LARGEST = 17, CHUNK = 1 << 20 };

struct block {
	size_t size; /* with this head */
	struct block *next; /* while it is free */
};
_Static_assert(sizeof(struct block) == 16, "what follows the head is aligned for anything");

/* One for the process, as libcurl's memory is. */
static struct {
	pthread_mutex_t lock;
	struct block *free[LARGEST + 1];
	unsigned char *chunk;
	size_t left;
} vault = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *map(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	if (madvise(p, n, MADV_DONTDUMP) != 0) {
		munmap(p, n);
		return NULL;
	}
	return p;
}

/* Of 1 << class bytes. */
static struct block *cut(unsigned class)
{
	size_t size = (size_t)1 << class;
	struct block *b = NULL;
	pthread_mutex_lock(&vault.lock);
	if (vault.free[class] != NULL) {
		b = vault.free[class];
		vault.free[class] = b->next;
	} else if (vault.left >= size || (vault.chunk = map(CHUNK)) != NULL) {
		vault.left = vault.left >= size ? vault.left - size : CHUNK - size;
		b = (struct block *)(void *)vault.chunk;
		vault.chunk += size;
	} else {
		vault.left = 0;
	}
	pthread_mutex_unlock(&vault.lock);
	return b;
}

void *vault_malloc(size_t n)
{
	unsigned class = SMALLEST;
	struct block *b;
	if (n > SIZE_MAX / 2)
		return NULL;
	size_t size = n + sizeof *b;
	while (class <= LARGEST && ((size_t)1 << class) < size)
		class++;
	if (class <= LARGEST)
		size = (size_t)1 << class;
	b = class <= LARGEST ? cut(class) : map(size);
	if (b == NULL)
		return NULL;
	b->size = size;
	return b + 1;
}

void vault_free(void *p)
{
	if (p == NULL)
		return;
	struct block *b = (struct block *)p - 1;
	size_t size = b->size;
	if (size > (size_t)1 << LARGEST) {
		munmap(b, size);
		return;
	}
	unsigned class = SMALLEST;
	while ((size_t)1 << class < size)
		class++;
	sodium_memzero(p, size - sizeof *b);
	pthread_mutex_lock(&vault.lock);
	b->next = vault.free[class];
	vault.free[class] = b;
	pthread_mutex_unlock(&vault.lock);
}

void *vault_calloc(size_t n, size_t size)
{
	if (size > 0 && n > SIZE_MAX / size)
		return NULL;
	void *p = vault_malloc(n * size);
	if (p != NULL)
		memset(p, 0, n * size);
	return p;
}

void *vault_realloc(void *p, size_t n)
{
	if (p == NULL)
		return vault_malloc(n);
	size_t had = ((struct block *)p - 1)->size - sizeof(struct block);
	if (n <= had)
		return p;
	void *wider = vault_malloc(n);
	if (wider == NULL)
		return NULL;
	memcpy(wider, p, had);
	vault_free(p);
	return wider;
}

char *vault_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = vault_malloc(n);
	if (copy != NULL)
		memcpy(copy, s, n);
	return copy;
}
