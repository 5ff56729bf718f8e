/* listing: the entity, its states, and the query a visitor makes of listings. No I/O. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/slug.h"
#include "util/err.h"

enum {
	LISTING_TITLE_MIN = 4, LISTING_TITLE_MAX = 120,             /* characters */
	LISTING_DESCRIPTION_MIN = 20, LISTING_DESCRIPTION_MAX = 10000,
	LISTING_SUMMARY_MAX = 200,
	LISTING_STOCK_MAX = 9999,
	LISTING_PAGE = 20,        /* listings on a page */
	LISTING_PAGE_MAX = 100,   /* the API's largest limit */
	LISTING_COUNT_STOP = 1001,
	LISTING_RELEVANCE_MAX = 200, /* best matches, by page number */
	CONTACT_NAME_MAX = 80, CONTACT_EMAIL_MAX = 254, MESSAGE_MIN = 10, MESSAGE_MAX = 5000,
};

/* Values as stored. */
enum listing_state {
	LISTING_PENDING = 0,     /* waits for a moderator */
	LISTING_PUBLISHED = 1,
	LISTING_REJECTED = 2,    /* by a moderator; the author may change it and submit it again */
	LISTING_REMOVED = 3,     /* by a moderator, or with its author's account: for good */
	LISTING_DRAFT = 4,       /* only its author has seen it */
	LISTING_HELD = 5,        /* taken from sight until a moderator has looked at it */
	LISTING_EXPIRED = 6,
	LISTING_SOLD = 7,
	LISTING_WITHDRAWN = 8,   /* by its author */
	LISTING_UNCONFIRMED = 9, /* a visitor's, whose e-mail address has not been proved */
	LISTING_STATE_COUNT
};
/* Their names, for whoever has to type one. */
#define LISTING_STATE_NAMES "pending, published, rejected, removed, draft, held, expired, sold, withdrawn or unconfirmed"
/* Sets of states: LISTING_IN(LISTING_PENDING) | LISTING_IN(LISTING_HELD). */
#define LISTING_IN(state) (1u << (state))
enum { LISTING_IN_ANY = (1 << LISTING_STATE_COUNT) - 1 };

struct listing {
	int64_t id;
	enum listing_state state;
	const char *title;
	const char *slug;
	const char *summary;      /* the description's beginning, plain text */
	const char *description;  /* NULL in lists */
	int64_t category_id;      /* the leaf or top category chosen */
	int64_t place_id;
	int64_t price_minor;
	const char *currency;
	int64_t stock;
	const char *contact_name;  /* only where the owner reads it; NULL in lists */
	const char *contact_email;
	const char *reject_reason;
	const char *held_reason;
	enum listing_state held_from; /* of a held one: what it was before */
	int64_t member_id;        /* whose it is; 0: a visitor's, or imported */
	const char *lang;         /* "en", "fr": of the mails about it; NULL counts as "en" */
	int64_t version;          /* goes up with every change of words or state */
	int64_t created_at, updated_at;
	int64_t submitted_at;     /* when it last went to the moderators; 0: never */
	int64_t published_at;     /* when it first appeared, however often it was renewed; 0: never */
	int64_t expires_at;       /* 0: never */
	int photos;               /* how many it has */
	const char *picture;      /* key of its member's picture; NULL in lists, and where there is none */
};

enum listing_sort { SORT_NEWEST, SORT_PRICE_ASC, SORT_PRICE_DESC, SORT_RELEVANCE };

struct listing_query {
	const char *q;              /* NULL or "": no search */
	int64_t category_id;        /* node; 0: all */
	int64_t place_id;           /* node; 0: all */
	int64_t min_price, max_price; /* minor units; -1: open */
	enum listing_sort sort;
	unsigned limit;             /* 1-100 */
	unsigned page;              /* relevance only, from 1 */
	/* keyset position: the row the page starts after (or before, when backward) */
	bool has_cursor, backward;
	int64_t cursor_key;         /* published_at or price_minor */
	int64_t cursor_id;
};

struct listing_page {
	struct listing *items;
	size_t n;
	bool has_next, has_previous;
	/* keys of the first and last row, for cursors */
	int64_t scanned_key, scanned_id; /* where a bounded scan stopped; scanned_id 0: it did not */
	bool scan_stopped;          /* the scan's bound was reached before the page was full: has_next (backward: has_previous) is true */
};

const char *listing_sort_name(enum listing_sort s);
bool listing_sort_parse(const char *s, enum listing_sort *out);
/* Was it sent in: drafts and what waits for its e-mail to be confirmed are nobody's to see but the author's. */
bool listing_sent_in(enum listing_state s);
const char *listing_state_name(enum listing_state s);
bool listing_state_parse(const char *s, enum listing_state *out);
/* The slug of a listing with this title; never one of the words that stand for something else below a listing's address. */
void listing_make_slug(const char *title, char out[static SLUG_MAX + 1]);
