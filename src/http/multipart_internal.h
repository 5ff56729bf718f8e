/* multipart_internal: what the two halves of multipart share. Not for anybody else. */
#pragma once

#include <stddef.h>

#include "http/multipart.h"

/* The boundary that a request's Content-Type names: 1 to 70 characters of RFC 2046, section 5.1.1, without blanks. */
MUST_CHECK enum err multipart_boundary(struct arena *a, const char *content_type, const char **boundary, const char **what);
/* A part's head: n bytes and a NUL, lines with CRLF between them and none after the last. Sets out's name, file_name and media_type. */
MUST_CHECK enum err multipart_head_read(struct arena *a, const char *head, size_t n, struct multipart_part *out, const char **what);
