/* xml: the XML writer. Text is escaped for content and attributes alike; what XML 1.0 (section 2.2) forbids is left out, and
 * what is no UTF-8 with it. xml_lit takes string literals only and holds markup, no words. */
#pragma once

#include "util/buf.h"

#define xml_lit(b, s) buf_put((b), "" s "", sizeof("" s "") - 1)

void xml_text(struct buf *b, const char *s);
