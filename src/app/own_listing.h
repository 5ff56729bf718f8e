/* own_listing: a member's listings, and a visitor's behind the link of a mail: seen, written, changed, renewed, sold, withdrawn. Somebody
 * else's listing is as good as none: ERR_NOT_FOUND. */
#pragma once

#include "app/context.h"
#include "model/own_listing.h"

/* Whose listing it is, and by which way they came. */
struct owner {
	int64_t member_id;       /* 0: a visitor */
	enum member_trust trust;
	const char *base;        /* the listing's local path: "/account/listings/12", "/manage/TOKEN" */
	const char *home;        /* where one goes from there */
};
/* The listing c->id of the session's member. */
MUST_CHECK enum err own_listing_of_session(struct context *c, struct owner *o, struct own_listing *out);
/* The listing of the manage link in param[0]. */
MUST_CHECK enum err own_listing_of_link(struct context *c, struct owner *o, struct own_listing *out);
/* Does the act if the listing's state allows it. ERR_CONFLICT: it does not, or no longer. *is: the state it is in then. */
MUST_CHECK enum err own_listing_act(struct context *c, const struct owner *o, const struct listing *l, enum listing_act act, enum listing_state *is);
/* The notice that done=… of an address stands for; MSG_COUNT: none. */
enum msg own_listing_said(const struct context *c);
/* 303 to the owner's home, saying what was done. */
void own_listing_done(struct context *c, const struct owner *o, const char *done);

/* Pages of members. */
MUST_CHECK enum err own_listing_index(struct context *c);      /* GET /account/listings */
MUST_CHECK enum err own_listing_new(struct context *c);        /* GET /account/listings/new */
MUST_CHECK enum err own_listing_new_post(struct context *c);
MUST_CHECK enum err own_listing_edit(struct context *c);       /* GET /account/listings/{id}/edit */
MUST_CHECK enum err own_listing_edit_post(struct context *c);
MUST_CHECK enum err own_listing_renew_page(struct context *c); /* GET /account/listings/{id}/renew: one button */
MUST_CHECK enum err own_listing_act_post(struct context *c);   /* POST /account/listings/{id}/renew, …/sold, …/withdraw, …/again, …/delete */

/* Pages of visitors, behind links from mails. */
MUST_CHECK enum err listing_confirm_page(struct context *c);   /* GET /confirm/{token}: one button */
MUST_CHECK enum err listing_confirm_post(struct context *c);
MUST_CHECK enum err listing_confirmed(struct context *c);      /* GET /submit/confirmed */
MUST_CHECK enum err listing_manage_page(struct context *c);    /* GET /manage/{token} */
MUST_CHECK enum err listing_manage_edit(struct context *c);
MUST_CHECK enum err listing_manage_edit_post(struct context *c);
MUST_CHECK enum err listing_manage_act_post(struct context *c);

/* The API. */
MUST_CHECK enum err api_own_listings(struct context *c);       /* GET /api/v1/me/listings */
MUST_CHECK enum err api_own_listing_change(struct context *c); /* PATCH /api/v1/listings/{id} */
MUST_CHECK enum err api_own_listing_act(struct context *c);    /* POST /api/v1/listings/{id}/renew, …/sold, …/withdraw */
