#include "model/own_listing.h"

#include <string.h>

static const struct {
	const char *name;
	unsigned from;
} acts[LISTING_ACT_COUNT] = {
	/* A held one is as it was when it was held, until a moderator has decided. */
	[ACT_EDIT] = {"edit", LISTING_IN(LISTING_DRAFT) | LISTING_IN(LISTING_PENDING) | LISTING_IN(LISTING_PUBLISHED) | LISTING_IN(LISTING_REJECTED) |
	              LISTING_IN(LISTING_EXPIRED) | LISTING_IN(LISTING_SOLD) | LISTING_IN(LISTING_WITHDRAWN)},
	[ACT_RENEW] = {"renew", LISTING_IN(LISTING_PUBLISHED) | LISTING_IN(LISTING_EXPIRED)},
	[ACT_SOLD] = {"sold", LISTING_IN(LISTING_PUBLISHED) | LISTING_IN(LISTING_EXPIRED)},
	[ACT_WITHDRAW] = {"withdraw", LISTING_IN(LISTING_PENDING) | LISTING_IN(LISTING_PUBLISHED)},
	[ACT_AGAIN] = {"again", LISTING_IN(LISTING_SOLD) | LISTING_IN(LISTING_WITHDRAWN)},
	[ACT_DELETE] = {"delete", LISTING_IN(LISTING_DRAFT)},
};

const char *listing_act_name(enum listing_act act)
{
	return acts[act].name;
}

bool listing_act_parse(const char *s, enum listing_act *out)
{
	for (unsigned i = 0; i < LISTING_ACT_COUNT; i++) {
		if (strcmp(acts[i].name, s) != 0)
			continue;
		*out = (enum listing_act)i;
		return true;
	}
	return false;
}

unsigned listing_act_from(enum listing_act act)
{
	return acts[act].from;
}

bool listing_may(enum listing_act act, enum listing_state state)
{
	return (acts[act].from & LISTING_IN(state)) != 0;
}

bool listing_photos_may(enum listing_state state)
{
	const unsigned open = LISTING_IN(LISTING_DRAFT) | LISTING_IN(LISTING_PENDING) | LISTING_IN(LISTING_REJECTED) | LISTING_IN(LISTING_PUBLISHED) |
		LISTING_IN(LISTING_HELD) | LISTING_IN(LISTING_EXPIRED) | LISTING_IN(LISTING_WITHDRAWN);
	return (open & LISTING_IN(state)) != 0;
}

enum listing_state listing_next(enum listing_state was, enum member_trust trust, bool words, bool hold)
{
	bool trusted = trust == TRUST_TRUSTED;
	switch (was) {
	case LISTING_PUBLISHED:
	case LISTING_EXPIRED:
	case LISTING_SOLD:
		return !hold && (trusted || !words) ? LISTING_PUBLISHED : LISTING_PENDING;
	case LISTING_DRAFT:
	case LISTING_WITHDRAWN: /* perhaps before anybody had read it */
	case LISTING_UNCONFIRMED:
		return !hold && trusted ? LISTING_PUBLISHED : LISTING_PENDING;
	default:
		return LISTING_PENDING;
	}
}

bool listing_words_changed(const struct listing *was, const struct listing *is)
{
	return was->category_id != is->category_id || strcmp(was->title, is->title) != 0 || strcmp(was->description, is->description) != 0;
}
