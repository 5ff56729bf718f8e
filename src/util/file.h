/* file: a descriptor read or written to the end, whatever interrupts it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* False: errno says why. */
bool file_write_all(int fd, const void *from, size_t n);
/* False too when there is less than n. */
bool file_read_all(int fd, void *to, size_t n);
