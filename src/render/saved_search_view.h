/* saved_search_view: a member's saved searches, and the page behind a mail's unsubscribe link. */
#pragma once

#include "model/favourite.h"
#include "render/form_view.h"

struct saved_searches_view {
	struct page page;
	const struct saved_search *list;
	size_t n;
	int64_t now;
};
void saved_searches_view(struct buf *b, const struct saved_searches_view *v);

/* The form to save one. Hidden: query. arg: what the search is. */
void saved_search_form_view(struct buf *b, const struct form_view *v);

struct sent_listing {
	const struct listing *listing;
	int64_t sent_at;
};

/* One search: its form, what was sent, the way to be rid of it. */
struct saved_search_view {
	const struct form_view *form;
	const struct saved_search *search;
	const char *listings_href;  /* with language prefix */
	const struct sent_listing *sent;
	size_t sent_count;
	int64_t now;
};
void saved_search_view(struct buf *b, const struct saved_search_view *v);

struct unsubscribe_view {
	struct page page; /* its path is where the button posts to */
};
void unsubscribe_view(struct buf *b, const struct unsubscribe_view *v);
