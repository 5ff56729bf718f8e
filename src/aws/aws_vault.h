/* aws_vault: memory for libcurl, which copies keys and passwords into its handles and connections: wiped when it is freed, and in no core dump. Thread-safe; what is
 * freed is used again and stays the process's. */
#pragma once

#include <stddef.h>

void *vault_malloc(size_t n);
void *vault_calloc(size_t n, size_t size);
void *vault_realloc(void *p, size_t n);
char *vault_strdup(const char *s);
void vault_free(void *p);
