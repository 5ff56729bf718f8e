/* plain: the writer of plain text, for mails: lines of a bounded width, and nothing in a value that could pass for a line of ours. */
#pragma once

#include "util/arena.h"
#include "util/buf.h"

/* A copy without control characters, which become blanks; lines: newlines stay. NULL when memory is out. */
const char *plain_clean(struct arena *a, const char *s, bool lines);
/* The text, its lines folded at blanks to 74 characters, each with the prefix before it; a longer word stays whole. Ends with a newline. */
void plain_lines(struct buf *b, const char *prefix, const char *s);
/* The text and a newline, unfolded: for addresses. */
void plain_line(struct buf *b, const char *s);
