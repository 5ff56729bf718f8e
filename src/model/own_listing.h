/* own_listing: what owners may do with a listing in which state, and what becomes of it. No I/O. */
#pragma once

#include "model/member.h"

/* A listing with what its owner is shown of it. */
struct own_listing {
	struct listing listing;
	int64_t views;
	int64_t messages;        /* of all its conversations, both ways */
};

enum listing_act {
	ACT_EDIT,
	ACT_RENEW,    /* the end moves on; one that has expired comes back */
	ACT_SOLD,
	ACT_WITHDRAW,
	ACT_AGAIN,    /* one that was sold or withdrawn is offered again */
	ACT_DELETE,   /* a draft, for good */
	LISTING_ACT_COUNT
};

/* "edit", "renew", "sold", "withdraw", "again", "delete": as in addresses. */
const char *listing_act_name(enum listing_act act);
bool listing_act_parse(const char *s, enum listing_act *out);
/* The states in which it may be done: LISTING_IN(…) | … */
unsigned listing_act_from(enum listing_act act);
bool listing_may(enum listing_act act, enum listing_state state);
/* May its photos change? Not once it is over, nor before its e-mail is confirmed. */
bool listing_photos_may(enum listing_state state);

/* Where a listing goes that its owner sends in, edits or offers again. words: title, description or category are not what they were.
 * hold: the site's rules want a moderator to look at it. What a moderator has seen stays in sight while its words stay. */
enum listing_state listing_next(enum listing_state was, enum member_trust trust, bool words, bool hold);
bool listing_words_changed(const struct listing *was, const struct listing *is);
