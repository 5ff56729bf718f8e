/* listing_db: all the SQL of listings. Browsing reads listing_facet, whose rows (category node, place node) exist for published
 * listings only: 9 a listing, so every mix of filters is one index range. */
#pragma once

#include "db/db.h"
#include "model/catalog.h"
#include "model/listing.h"

/* One page. Rows read are bounded: see docs/performance.md. ERR_TIMEOUT: the search is too broad. */
MUST_CHECK enum err listing_db_page(struct db *db, struct arena *a, const struct listing_query *q, struct listing_page *out);
/* At most LISTING_COUNT_STOP. */
MUST_CHECK enum err listing_db_count(struct db *db, struct arena *a, const struct listing_query *q, int64_t *out);
/* In any state. ERR_NOT_FOUND. */
MUST_CHECK enum err listing_db_get(struct db *db, struct arena *a, int64_t id, struct listing *out);
/* Published ones of the same category, newest first, without id itself. */
MUST_CHECK enum err listing_db_similar(struct db *db, struct arena *a, const struct listing *of, unsigned limit, struct listing **out, size_t *n);
/* What else a transaction does: id is the listing's. */
typedef enum err (*listing_also)(struct db *db, void *ctx, int64_t id);
/* Inserts as l->state says (pending, published, a draft, unconfirmed) in one transaction with its outbox row and whatever also does (NULL:
 * nothing). The same contact address and text within 30 days in sight or waiting: ERR_EXISTS; drafts are not held against anything.
 * A published one without an end gets one. l->id, slug, summary are filled in. */
MUST_CHECK enum err listing_db_submit_with(struct db *db, struct arena *a, const struct catalog *cat, struct listing *l, listing_also also, void *ctx);
MUST_CHECK enum err listing_db_submit(struct db *db, struct arena *a, const struct catalog *cat, struct listing *l);

/* A change of state, words or both. Zeros mean "whatever". */
struct listing_change {
	unsigned from;                 /* the states it may be in: LISTING_IN(…) | …; 0: any but removed */
	enum listing_state to;
	bool keep_state;               /* the words only; to is not looked at */
	bool back;                     /* from held to what it was before; to is not looked at */
	bool renew;                    /* the end moves to LISTING_DAYS from now */
	const struct listing *content; /* category, place, title, description, price, stock, contact; NULL: as they are */
	const char *reason;            /* for the author: of a rejection, a removal or a hold; NULL: none */
	int64_t member_id;             /* it must be this member's: ERR_NOT_FOUND otherwise */
	bool versioned;                /* it must be of this version: ERR_CONFLICT otherwise */
	int64_t version;
	int64_t now;
	const char *mail;              /* from mailing_order(): goes into the outbox with it; NULL: none */
	listing_also also;             /* in the same transaction, after the change; NULL */
	void *also_ctx;
	enum listing_state was;        /* out: before */
	enum listing_state is;         /* out: after */
};
/* In one transaction with facets, mail and what else there is. The first publishing sets published_at; it stays, however often the listing
 * is held, renewed or reviewed again. Publishing gives an end to what has none or is past it; coming back from held does not. A cat
 * of NULL will do where nothing is published and no words change. ERR_NOT_FOUND; ERR_CONFLICT: somebody else changed it first. */
MUST_CHECK enum err listing_db_change_state(struct db *db, struct arena *a, const struct catalog *cat, int64_t id, struct listing_change *change);
/* The tool's change of the words, by that. */
MUST_CHECK enum err listing_db_edit(struct db *db, struct arena *a, const struct catalog *cat, const struct listing *l);
/* By state, newest first, keyset by id: before_id 0 for the first. */
MUST_CHECK enum err listing_db_list_state(struct db *db, struct arena *a, enum listing_state state, int64_t before_id, unsigned limit, struct listing **out, size_t *n);
/* Many at once, for import and demo data: one transaction of multi-row inserts with search_text, facets and (published) state.
 * Fills the ids. batch_key (NULL: none): recorded in import_batch in the same transaction; ERR_EXISTS when it is there already. */
MUST_CHECK enum err listing_db_insert_many(struct db *db, struct arena *a, const struct catalog *cat, struct listing *list, size_t n, const char *batch_key);

/* For the sitemap: published ids in [from, to), each with slug and updated_at. max_id: the highest id ever given. */
typedef bool (*listing_each)(void *ctx, const struct listing *l);
MUST_CHECK enum err listing_db_sitemap(struct db *db, int64_t from, int64_t to, listing_each each, void *ctx);
MUST_CHECK enum err listing_db_max_id(struct db *db, struct arena *a, int64_t *out);
/* Every listing in a state, by id, streamed, with description and contact. */
MUST_CHECK enum err listing_db_export(struct db *db, enum listing_state state, listing_each each, void *ctx);
