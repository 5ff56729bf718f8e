/* own_form: a listing as its owner writes it: held against bounds, catalog, rules and the version it was read in, then kept. Shared by the
 * pages of members, those behind manage links, and the API. */
#pragma once

#include "app/own_listing.h"
#include "app/posting.h"
#include "http/listing_fields.h"

struct own_writing {
	struct owner owner;
	struct own_listing own;       /* as it stands; nothing when fresh */
	bool fresh;
	bool draft;                   /* only to be kept, not sent in */
	struct own_listing_fields fields;
	struct posting posting;
	enum listing_state is;        /* out: the state it is in then */
	int64_t id;                   /* out */
};
/* fields and posting.errors are filled in. Mistakes leave posting.status set; 409 is of a version that is no longer. */
MUST_CHECK enum err own_writing_keep(struct context *c, struct own_writing *w);
/* "draft", "review", "live" or "edit": what own_listing_done() says of it. */
const char *own_writing_done(const struct own_writing *w);

/* The page, and what its POST does. w: owner, own, fresh. */
MUST_CHECK enum err own_form_show(struct context *c, const struct own_writing *w);
MUST_CHECK enum err own_form_post(struct context *c, struct own_writing *w);
