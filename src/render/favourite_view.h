/* favourite_view: a member's favourites and saved searches: pure functions from a struct to bytes. */
#pragma once

#include "model/catalog.h"
#include "model/favourite.h"
#include "render/layout.h"
#include "render/photo_view.h"

struct favourites_view {
	struct page page;
	const struct catalog *catalog;
	const struct favourite *list;
	size_t n;
	const struct photo_set *photos;     /* NULL */
	const char *first_href, *next_href; /* with language prefix; NULL: none */
	int64_t now;
};
void favourites_view(struct buf *b, const struct favourites_view *v);

/* The button on a listing's page: a form, or for a visitor the way to sign in and back. */
void favourite_button(struct buf *b, enum lang lang, const struct listing *l, enum favourite_state state);
