#include "model/listing.h"

#include <string.h>

static const char *const sort_names[] = {
	[SORT_NEWEST] = "newest",
	[SORT_PRICE_ASC] = "price_asc",
	[SORT_PRICE_DESC] = "price_desc",
	[SORT_RELEVANCE] = "relevance",
};

static const char *const state_names[] = {
	[LISTING_PENDING] = "pending",
	[LISTING_PUBLISHED] = "published",
	[LISTING_REJECTED] = "rejected",
	[LISTING_REMOVED] = "removed",
	[LISTING_DRAFT] = "draft",
	[LISTING_HELD] = "held",
	[LISTING_EXPIRED] = "expired",
	[LISTING_SOLD] = "sold",
	[LISTING_WITHDRAWN] = "withdrawn",
	[LISTING_UNCONFIRMED] = "unconfirmed",
};

enum { SORTS = sizeof sort_names / sizeof sort_names[0], STATES = sizeof state_names / sizeof state_names[0] };

/* The index of s, or -1. */
static int name_find(const char *const *names, int n, const char *s)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], s) == 0)
			return i;
	return -1;
}

const char *listing_sort_name(enum listing_sort s)
{
	return sort_names[s];
}

bool listing_sort_parse(const char *s, enum listing_sort *out)
{
	int i = name_find(sort_names, SORTS, s);
	if (i >= 0)
		*out = (enum listing_sort)i;
	return i >= 0;
}

bool listing_sent_in(enum listing_state s)
{
	return s != LISTING_DRAFT && s != LISTING_UNCONFIRMED;
}

const char *listing_state_name(enum listing_state s)
{
	return state_names[s];
}

bool listing_state_parse(const char *s, enum listing_state *out)
{
	int i = name_find(state_names, STATES, s);
	if (i >= 0)
		*out = (enum listing_state)i;
	return i >= 0;
}

void listing_make_slug(const char *title, char out[static SLUG_MAX + 1])
{
	/* /listings/{id}/contact is the form to write to the seller, and so on. */
	static const char *const taken[] = {"contact", "photos", "report"};
	static const char tail[] = "-listing";
	slug_make(title, out);
	if (name_find(taken, sizeof taken / sizeof taken[0], out) >= 0)
		memcpy(out + strlen(out), tail, sizeof tail);
}
