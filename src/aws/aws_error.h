/* aws_error: what an answer that is no success says, in JSON or XML. */
#pragma once

#include <stddef.h>

struct aws_fault {
	char code[96];     /* "AccessDeniedException", "" when it says none */
	char message[256]; /* its first line */
};

/* type: the header x-amzn-ErrorType, or "". Anything may come in: what makes no sense makes no code. */
void aws_fault_read(const char *type, const void *body, size_t n, struct aws_fault *out);
/* A word of a service's for a log line, cut to size: what is not printable ASCII, and space, ends it. */
void aws_word_copy(char *to, size_t size, const char *from, size_t n);
