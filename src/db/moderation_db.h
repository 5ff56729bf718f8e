/* moderation_db: decisions, and the log of every action. What the log says is public: it names no member, and no listing by its words. */
#pragma once

#include "db/db.h"
#include "model/catalog.h"
#include "model/moderation.h"

/* Adds an entry; inside the transaction that does what it says. */
MUST_CHECK enum err moderation_db_log(struct db *db, const struct moderation_entry *entry);
/* Newest first; before_id 0 for the first page. One more than limit when there are more. */
MUST_CHECK enum err moderation_db_entries(struct db *db, struct arena *a, int64_t before_id, unsigned limit, struct moderation_entry **out, size_t *n);
/* The last one about a listing. ERR_NOT_FOUND. */
MUST_CHECK enum err moderation_db_last(struct db *db, struct arena *a, int64_t listing_id, struct moderation_entry *out);

/* A moderator's decision about a listing. */
struct decision {
	enum decision_kind kind;
	int64_t listing_id;
	int64_t moderator_id;          /* 0: the tool */
	enum moderation_reason code;
	const char *words;             /* public, with code in the log; NULL or "": none */
	const char *reason;            /* both as one text for the author, in their language */
	bool versioned;                /* version and last_entry must be what they are now: what the moderator saw */
	int64_t version, last_entry;   /* last_entry 0: none */
	int64_t last_flag;             /* flags after this one stay open; 0: none does */
	int64_t trusted_after;         /* so many approved listings make their member trusted; 0: never */
	const char *mail;              /* from mailing_order(): to the author; NULL: none */
	const uint8_t *manage;         /* hash of a token by which a visitor manages it, in the mail; NULL: none */
	int64_t now;
	enum listing_state was, is;    /* out */
	bool trusted;                  /* out: the member is trusted from now on */
};
/* In one transaction: the listing's state with its facets and flags, the entry in the log, the mail, perhaps trust. Approving what was held
 * after it had been published, and dismissing the flags of it, shows it again; dismissing the flags of a published one changes nothing else.
 * Rejecting and removing upholds the flags. ERR_NOT_FOUND; ERR_GONE: it would be shown, and its member is leaving; ERR_CONFLICT: somebody else was first, or its state does not allow it. */
MUST_CHECK enum err moderation_db_decide(struct db *db, struct arena *a, const struct catalog *cat, struct decision *d);
/* A moderator's change of the words; l->version is the one that was seen. ERR_CONFLICT, ERR_NOT_FOUND. */
MUST_CHECK enum err moderation_db_edit(struct db *db, struct arena *a, const struct catalog *cat, const struct listing *l, int64_t moderator_id, int64_t now);
struct conversation_mail;
struct conversation_decision {
	int64_t id;
	bool uphold;
	int64_t moderator_id, now;
	const struct conversation_mail *mail; /* what was kept back is sent by it; NULL: it is not */
};
/* In one transaction, the open flags of a conversation: upheld ends the conversation, dismissed opens it again where it was held, and lets go what was
 * kept back. ERR_CONFLICT: none is open. */
MUST_CHECK enum err moderation_db_decide_conversation(struct db *db, struct arena *a, const struct conversation_decision *d);

/* A member is shut out: disabled, with the e-mail banned for good and, if so chosen, the last client addresses for BAN_ADDRESS_DAYS. */
struct member_ban {
	int64_t member_id;
	int64_t by;                    /* the moderator */
	bool by_admin;
	bool addresses;
	enum moderation_reason code;
	const char *words;             /* public */
	const char *reason;            /* both as one text, for the member */
	const char *mail;              /* NULL: none */
	int64_t now;
};
/* Every published listing is held, in batches; with the last of them, in one transaction, every session ends. ERR_NOT_FOUND; ERR_RANGE: nobody bans themselves, only admins ban moderators, and the last admin stays;
 * ERR_CONFLICT: disabled or gone already. */
MUST_CHECK enum err moderation_db_ban(struct db *db, struct arena *a, const struct member_ban *b);
/* An address without an account, with its entry in the log. value: as typed; expires_at 0: no end. ERR_INVALID: no address; ERR_EXISTS: it is a member's. */
MUST_CHECK enum err moderation_db_ban_address(struct db *db, struct arena *a, const char *value, const char *words, int64_t by, int64_t expires_at, int64_t now);
/* Lifts a ban; with a member's e-mail the member may sign in again. ERR_NOT_FOUND. */
MUST_CHECK enum err moderation_db_unban(struct db *db, struct arena *a, int64_t ban_id, int64_t by, int64_t now);
/* Whether the member's listings wait. ERR_NOT_FOUND; ERR_CONFLICT: it is so already. */
MUST_CHECK enum err moderation_db_trust(struct db *db, struct arena *a, int64_t member_id, enum member_trust trust, int64_t by, int64_t now);
