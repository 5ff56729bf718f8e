/* own_listing_view: the pages of those whose listings they are. */
#pragma once

#include "model/own_listing.h"
#include "render/form_view.h"
#include "render/photo_view.h"

enum msg listing_state_text(enum listing_state s);  /* "Published" */
enum msg listing_state_means(enum listing_state s); /* a sentence on it */

struct own_listings_view {
	struct page page;
	const struct own_listing *list;
	size_t n;
	const struct photo_set *photos; /* NULL */
	const char *older_href, *newest_href; /* NULL: none */
	enum msg said;           /* of what was done just now; MSG_COUNT: nothing */
	int64_t now;
};
/* /account/listings */
void own_listings_view(struct buf *b, const struct own_listings_view *v);

struct own_manage_view {
	struct page page;        /* path: where its buttons post to, before "/sold" … */
	const struct own_listing *own;
	enum msg said;
	int64_t now;
};
/* A visitor's one listing, behind the link of a mail. */
void own_manage_view(struct buf *b, const struct own_manage_view *v);

/* A page with one button, for links in mails: opening it changes nothing. It posts to the page's own address. */
struct one_button_view {
	struct page page;        /* title NULL: the heading */
	enum msg heading, text, button;
	const char *arg;         /* {1} of text */
};
void one_button_view(struct buf *b, const struct one_button_view *v);

/* The form of a new listing, and of a change of one (edited: in which state it is; draft: with the button that keeps it so). */
struct own_form {
	struct form_view form;
	bool fresh;              /* a new one */
	bool trusted;
	enum listing_state state;
	bool visitor;
};
void own_form_view(struct buf *b, const struct own_form *v);
