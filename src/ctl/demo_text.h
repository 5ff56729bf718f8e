/* demo_text: fills the demo's templates. {a|b} chooses, {3..20} and {20..60/5} count, $name is a slot whose value stays
 * the same within one listing. */
#pragma once

#include "ctl/demo_random.h"
#include "util/arena.h"
#include "util/buf.h"

enum { DEMO_SLOTS_MAX = 16 };

struct demo_text {
	struct demo_random *random;
	struct arena *arena;
	const char *town, *region;          /* what $town and $region stand for */
	const char *slots[DEMO_SLOTS_MAX];  /* chosen so far; NULL: not yet */
};

/* Appends the template's text; an unknown $name is left as it stands, which a test finds. */
void demo_text_fill(struct demo_text *t, const char *pattern, struct buf *out);
