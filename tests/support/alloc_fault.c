#include "alloc_fault.h"

#include <stdbool.h>
#include <stddef.h>

static long fail_from, count;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void alloc_fault_at(long nth)
{
	fail_from = nth;
	count = 0;
}

long alloc_fault_count(void)
{
	return count;
}

static bool fails(void)
{
	count++;
	return fail_from > 0 && count >= fail_from;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}
