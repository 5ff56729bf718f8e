/* layout: the frame every page of the worker stands in: head, header, main, footer, from the same partials nginx uses. */
#pragma once

#include <stdbool.h>

#include "render/html.h"
#include "util/arena.h"
#include "util/err.h"

/* partials/ of one language, read at start. */
struct partials {
	char *header_out; /* signed out */
	char *header_in;  /* signed in */
	char *footer;
};

struct layout_site {
	const char *name[2];
	const char *url;
	bool languages[2];          /* which are offered; no more than these have partials */
	enum lang first;            /* the one for whoever has said nothing */
	struct partials partials[2];
};

/* A picture that stands for a page. */
struct page_image {
	const char *url;            /* absolute */
	int width, height;
	const char *alt;            /* plain text */
};

struct page {
	const struct layout_site *site;
	enum lang lang;
	const char *title;          /* without the site's name; plain text */
	const char *description;    /* meta description; NULL: none */
	const char *path;           /* local path without language prefix: "/listings/1/boat" */
	const char *query;          /* canonical query string without '?', percent-encoded; NULL or "" */
	const char *feed;           /* local URL of an Atom feed; NULL */
	bool noindex;
	const char *og_type;        /* "website", "article", "product" */
	const struct page_image *image; /* for who shares it; NULL: the site's own */
	const char *script;         /* path of one more script, which comes after the site's; NULL */
	const char *json_ld;        /* a finished JSON text, already safe inside <script>; NULL */
	const char *prev, *next;    /* local URLs for rel=prev/next; NULL */
	bool signed_in;             /* the header of members */
	const char *section;        /* which entry of the navigation is current: "listings", … */
};

/* Reads client_dir/partials and client_dir/fr/partials, for the languages offered. The arena lives as long as the process. */
MUST_CHECK enum err layout_load(struct arena *a, const char *client_dir, struct layout_site *out);
/* Everything up to and including <main id="main">. */
void layout_begin(struct buf *b, const struct page *p);
void layout_end(struct buf *b, const struct page *p);
