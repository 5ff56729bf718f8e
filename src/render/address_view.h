/* address_view: /reverse-ip, where a visitor sees the own address and may leave it. */
#pragma once

#include "render/layout.h"
#include "text/field_error.h"

struct address_view {
	struct page page;                  /* title NULL: the page's own heading */
	const char *ip, *reversed;         /* "": it is not known */
	int64_t stored_at;                 /* just now; 0: it was not */
	int64_t keep_days;
	const char *form_age;
	const struct field_errors *errors; /* NULL: none */
};
void address_view(struct buf *b, const struct address_view *v);
