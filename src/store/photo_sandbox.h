/* photo_sandbox: shuts the calling process in before it reads what a stranger sent. After it there are standard input and output, memory, time and the
 * threads of the process itself: no file can be opened, nothing run, no socket made, no other process touched, no memory made executable. */
#pragma once

#include <stddef.h>

#include "util/err.h"

/* Call while the process is one thread, with whatever is to be loaded loaded. Closes every other file descriptor. memory: bytes of its own data it
 * may ever have, on top of which come the libraries that are mapped already. Built with a sanitizer there is no such limit (its shadow alone takes
 * terabytes of addresses): the program looks at how much was resident when the child has ended. ERR_IO: it cannot be done here, decode nothing.
 * Landlock is used where the kernel has it: the system call filter denies the same. */
MUST_CHECK enum err photo_sandbox_enter(size_t memory, unsigned cpu_seconds);

#if defined(__SANITIZE_ADDRESS__)
#define PHOTO_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PHOTO_SANITIZED 1
#endif
#endif
#ifndef PHOTO_SANITIZED
#define PHOTO_SANITIZED 0
#endif
