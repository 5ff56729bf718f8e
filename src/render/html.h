/* html: the HTML writer. html_text, html_attr and html_url escape for where they stand; html_lit takes string literals only
 * and holds markup, no words: those come by html_tr. */
#pragma once

#include <stdint.h>

#include "text/tr.h"
#include "util/buf.h"

#define html_lit(b, s) buf_put((b), "" s "", sizeof("" s "") - 1)

/* Element content: & < > escaped. */
void html_text(struct buf *b, const char *s);
/* A double-quoted attribute's value: & < > " ' escaped. */
void html_attr(struct buf *b, const char *s);
/* One component of a URL (path segment or query value), percent-encoded (RFC 3986: unreserved stay), safe in an attribute. */
void html_url(struct buf *b, const char *s);
/* A whole URL of ours or an owner's: only http, https, mailto and local paths ("/x", not "//x") pass, else "#"; attribute-escaped. */
void html_href(struct buf *b, const char *url);
void html_int(struct buf *b, int64_t v);
/* A sentence, safe as content and in an attribute. */
void html_tr(struct buf *b, enum lang lang, enum msg id);
/* html_tr with {1}… filled in, escaped in the same way. */
void html_trf(struct buf *b, enum lang lang, enum msg id, const char *const args[], unsigned n);
#define html_tr1(b, lang, id, a1) html_trf((b), (lang), (id), (const char *const[]){(a1)}, 1)
/* Paragraphs and line breaks of plain text. */
void html_lines(struct buf *b, const char *s);
