/* What moderators decide about listings and conversations, each in one transaction. */
#include "db/conversation_db.h"
#include "db/flag_db.h"
#include "db/listing_db.h"
#include "db/member_db.h"
#include "db/moderation_db.h"
#include "db/token_db.h"

/* As long as the listing lives. */
enum { MANAGE_SECONDS = 3650 * 86400 };

static const struct db_sql sql_last_entry = {"SELECT COALESCE(MAX(id), 0) FROM moderation_entry WHERE listing_id = ?", true};
static const struct db_sql sql_lock_listing = {"SELECT version, state FROM listing WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_lock_member = {"SELECT trust FROM member WHERE id = ? FOR UPDATE", false};
/* Whoever leaves at this moment waits for the listing, and withdraws it. */
static const struct db_sql sql_leaving = {"SELECT state FROM member WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_approved = {"SELECT COUNT(DISTINCT listing_id) FROM moderation_entry WHERE member_id = ? AND action = 1", true};
static const struct db_sql sql_upheld = {
	"SELECT COUNT(*) FROM listing l JOIN flag f ON f.listing_id = l.id AND f.conversation_id = 0 AND f.state = 1 WHERE l.member_id = ?", true};
static const struct db_sql sql_conversation_flags = {
	"SELECT f.listing_id FROM flag f JOIN conversation c ON c.id = f.conversation_id AND c.listing_id = f.listing_id"
	" WHERE f.conversation_id = ? AND f.state = 0 LIMIT 1 FOR UPDATE", false};
static const struct db_sql sql_conversation_end = {"UPDATE conversation SET state = 1 WHERE id = ?", false};
/* First: whatever is written meanwhile waits, and is held or sent as it is then. */
static const struct db_sql sql_lock_conversation = {"SELECT state FROM conversation WHERE id = ? FOR UPDATE", false};

struct deciding {
	struct arena *arena;
	struct decision *decision;
	struct listing listing;
	enum moderation_action action;
	bool decides_flags, shows;
	enum flag_state flags;
};

static enum err number(struct db *db, struct arena *a, const struct db_sql *sql, int64_t id, int64_t *out)
{
	struct db_rows r;
	enum err e = db_query(db, sql, DB_ARGS(db_int(id)), a, 1, &r);
	if (e == ERR_OK)
		*out = r.n > 0 ? db_cell(&r, 0, 0)->i : 0;
	return e;
}

/* Enough listings of a new member went through, and nobody was right to complain. */
static enum err trust_earned(struct db *db, struct deciding *d)
{
	struct decision *decision = d->decision;
	int64_t member_id = d->listing.member_id, trust = 0, approved = 0, upheld = 0;
	if (d->action != MODERATION_APPROVE || member_id == 0 || decision->trusted_after <= 0)
		return ERR_OK;
	enum err e = number(db, d->arena, &sql_lock_member, member_id, &trust);
	if (e == ERR_OK && trust == TRUST_NEW)
		e = number(db, d->arena, &sql_approved, member_id, &approved);
	if (e != ERR_OK || approved < decision->trusted_after)
		return e;
	e = number(db, d->arena, &sql_upheld, member_id, &upheld);
	if (e == ERR_OK && upheld == 0) {
		decision->trusted = true;
		e = member_db_set_trust(db, member_id, TRUST_TRUSTED);
	}
	if (e != ERR_OK || upheld != 0)
		return e;
	return moderation_db_log(db, &(struct moderation_entry){.action = MODERATION_TRUST, .member_id = member_id, .code = REASON_TRUSTED_AFTER, .waited_seconds = -1,
	                                                         .created_at = decision->now});
}

/* The rest of theirs is withdrawn: nobody puts one back on show until they stay. */
static enum err author_stays(struct db *db, const struct deciding *d)
{
	int64_t state = MEMBER_ACTIVE;
	enum err e = d->shows && d->listing.member_id != 0 ? number(db, d->arena, &sql_leaving, d->listing.member_id, &state) : ERR_OK;
	return e == ERR_OK && state == MEMBER_LEAVING ? ERR_GONE : e;
}

static int64_t waited(const struct deciding *d)
{
	bool waits = d->listing.state == LISTING_PENDING || d->listing.state == LISTING_HELD;
	return waits && d->listing.submitted_at != 0 && d->decision->now >= d->listing.submitted_at ? d->decision->now - d->listing.submitted_at : -1;
}

/* What goes with the change of state, in its transaction; the listing's row is locked. */
static enum err decided(struct db *db, void *ctx, int64_t id)
{
	struct deciding *d = ctx;
	const struct decision *decision = d->decision;
	int64_t last = 0;
	enum err e = decision->versioned ? number(db, d->arena, &sql_last_entry, id, &last) : ERR_OK;
	if (e == ERR_OK && decision->versioned && last != decision->last_entry)
		e = ERR_CONFLICT;
	if (e == ERR_OK)
		e = author_stays(db, d);
	if (e == ERR_OK && d->decides_flags)
		e = flag_db_decide(db, id, 0, decision->last_flag, d->flags, decision->now);
	if (e == ERR_OK && decision->manage != NULL)
		e = token_db_add(db, TOKEN_LISTING_MANAGE, decision->manage, id, NULL, decision->now + MANAGE_SECONDS);
	if (e == ERR_OK)
		e = moderation_db_log(db, &(struct moderation_entry){.action = d->action, .moderator_id = decision->moderator_id, .listing_id = id, .member_id = d->listing.member_id,
		                                                      .code = decision->code, .reason = decision->words, .waited_seconds = waited(d), .created_at = decision->now});
	return e == ERR_OK ? trust_earned(db, d) : e;
}

/* Flags of a published listing are dismissed: it stays as it is. */
static enum err dismiss_only(struct db *db, void *ctx)
{
	struct deciding *d = ctx;
	struct db_rows r;
	enum err e = db_query(db, &sql_lock_listing, DB_ARGS(db_int(d->listing.id)), d->arena, 1, &r);
	if (e == ERR_OK && (r.n == 0 || db_cell(&r, 0, 0)->i != d->listing.version || db_cell(&r, 0, 1)->i != LISTING_PUBLISHED))
		e = ERR_CONFLICT;
	return e == ERR_OK ? decided(db, d, d->listing.id) : e;
}

/* What the decision means for a listing in its state, which allows it. */
static void plan(struct deciding *d, struct listing_change *change)
{
	bool shown_before = d->listing.state == LISTING_HELD && d->listing.held_from == LISTING_PUBLISHED;
	d->decides_flags = d->decision->kind != DECISION_HOLD;
	d->flags = FLAG_UPHELD;
	d->shows = d->decision->kind == DECISION_APPROVE || (d->decision->kind == DECISION_DISMISS && d->listing.state == LISTING_HELD);
	change->from = LISTING_IN(d->listing.state);
	switch (d->decision->kind) {
	case DECISION_APPROVE:
		change->back = shown_before;
		change->to = LISTING_PUBLISHED;
		d->action = shown_before ? MODERATION_RELEASE : MODERATION_APPROVE;
		d->flags = FLAG_DISMISSED;
		break;
	case DECISION_DISMISS:
		change->back = true;
		d->action = MODERATION_DISMISS;
		d->flags = FLAG_DISMISSED;
		break;
	case DECISION_REJECT:
		change->to = LISTING_REJECTED;
		d->action = MODERATION_REJECT;
		break;
	case DECISION_HOLD:
		change->to = LISTING_HELD;
		d->action = MODERATION_HOLD;
		break;
	case DECISION_REMOVE:
	case DECISION_COUNT:
		change->to = LISTING_REMOVED;
		d->action = MODERATION_REMOVE;
		break;
	}
}

enum err moderation_db_decide(struct db *db, struct arena *a, const struct catalog *cat, struct decision *decision)
{
	struct deciding d = {.arena = a, .decision = decision};
	enum err e = listing_db_get(db, a, decision->listing_id, &d.listing);
	if (e != ERR_OK)
		return e;
	decision->was = decision->is = d.listing.state;
	decision->trusted = false;
	if ((decision->versioned && decision->version != d.listing.version) || !decision_allowed(decision->kind, &d.listing))
		return ERR_CONFLICT;
	struct listing_change change = {
		.reason = decision->reason, .versioned = true, .version = d.listing.version, .now = decision->now, .mail = decision->mail, .also = decided, .also_ctx = &d,
	};
	plan(&d, &change);
	if (decision->kind == DECISION_DISMISS && d.listing.state == LISTING_PUBLISHED)
		return db_transaction(db, dismiss_only, &d);
	e = listing_db_change_state(db, a, cat, d.listing.id, &change);
	if (e == ERR_OK)
		decision->is = change.is;
	return e;
}

struct editing {
	int64_t moderator_id, member_id, now;
};

static enum err edited(struct db *db, void *ctx, int64_t id)
{
	const struct editing *x = ctx;
	return moderation_db_log(db, &(struct moderation_entry){.action = MODERATION_EDIT, .moderator_id = x->moderator_id, .listing_id = id, .member_id = x->member_id,
	                                                         .waited_seconds = -1, .created_at = x->now});
}

enum err moderation_db_edit(struct db *db, struct arena *a, const struct catalog *cat, const struct listing *l, int64_t moderator_id, int64_t now)
{
	struct editing x = {.moderator_id = moderator_id, .member_id = l->member_id, .now = now};
	struct listing_change change = {.keep_state = true, .content = l, .versioned = true, .version = l->version, .now = now, .also = edited, .also_ctx = &x};
	return listing_db_change_state(db, a, cat, l->id, &change);
}

struct conversation_deciding {
	struct arena *arena;
	const struct conversation_decision *decision;
};

static enum err decide_conversation(struct db *db, void *ctx)
{
	const struct conversation_deciding *x = ctx;
	const struct conversation_decision *d = x->decision;
	struct db_rows r;
	int64_t state = CONVERSATION_OPEN;
	enum err e = number(db, x->arena, &sql_lock_conversation, d->id, &state);
	if (e == ERR_OK)
		e = db_query(db, &sql_conversation_flags, DB_ARGS(db_int(d->id)), x->arena, 1, &r);
	if (e != ERR_OK || r.n == 0)
		return e != ERR_OK ? e : ERR_CONFLICT;
	int64_t listing_id = db_cell(&r, 0, 0)->i;
	e = flag_db_decide(db, listing_id, d->id, 0, d->uphold ? FLAG_UPHELD : FLAG_DISMISSED, d->now);
	if (e == ERR_OK && d->uphold)
		e = db_exec(db, &sql_conversation_end, DB_ARGS(db_int(d->id)), NULL);
	else if (e == ERR_OK && state == CONVERSATION_HELD)
		e = conversation_db_release(db, d->id, d->mail, d->now);
	if (e != ERR_OK)
		return e;
	return moderation_db_log(db, &(struct moderation_entry){.action = d->uphold ? MODERATION_UPHOLD : MODERATION_DISMISS, .moderator_id = d->moderator_id,
	                                                         .listing_id = listing_id, .waited_seconds = -1, .created_at = d->now});
}

enum err moderation_db_decide_conversation(struct db *db, struct arena *a, const struct conversation_decision *d)
{
	return db_transaction(db, decide_conversation, &(struct conversation_deciding){a, d});
}
