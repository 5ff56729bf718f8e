/* markdown: CommonMark to HTML by cmark, raw HTML off, unsafe links off, headings shifted so that the shallowest is an h2. */
#pragma once

#include "util/buf.h"

void markdown_html(struct buf *out, const char *text);
