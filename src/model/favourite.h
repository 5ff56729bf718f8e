/* favourite: a listing that a member keeps in sight, and a search that a member keeps, with mails about what is new in it. No I/O. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/listing.h"

enum {
	FAVOURITES_MAX = 1000,     /* of a member */
	FAVOURITE_PAGE = 20,
	SAVED_SEARCHES_MAX = 50,   /* of a member */
	SAVED_NAME_MIN = 1, SAVED_NAME_MAX = 120, /* characters */
	SAVED_QUERY_MAX = 1000,    /* bytes, percent-encoded */
};

/* What a page knows of one listing as the reader's favourite. */
enum favourite_state { FAVOURITE_VISITOR, FAVOURITE_NO, FAVOURITE_YES };

struct favourite {
	struct listing listing; /* as lists show it, with its state */
	int64_t saved_at;
};

/* Values as stored. */
enum alert_frequency { ALERT_NONE = 0, ALERT_AT_ONCE = 1, ALERT_DAILY = 2, ALERT_COUNT };

struct saved_search {
	int64_t id;
	const char *name;
	const char *query;        /* the canonical query string of /listings, without '?' */
	enum alert_frequency frequency;
	int64_t created_at;
	int64_t sent_at;          /* when a listing was last told of; 0: never */
};

/* "none", "at-once", "daily" */
const char *alert_frequency_name(enum alert_frequency f);
bool alert_frequency_parse(const char *s, enum alert_frequency *out);

/* May the listing still be named to whoever saved it: published, sold, expired. */
bool favourite_shown(enum listing_state s);

/* A link that stops a saved search's mails, for whoever holds it: the search's number and a MAC over it, in base64url. It has no end: a mail may be
 * read years later (RFC 8058). */
enum { UNSUBSCRIBE_TEXT = 32 };
void unsubscribe_token(const uint8_t key[static 32], int64_t search_id, char out[static UNSUBSCRIBE_TEXT + 1]);
/* False when it is not one of ours. */
bool unsubscribe_read(const uint8_t key[static 32], const char *text, int64_t *search_id);
