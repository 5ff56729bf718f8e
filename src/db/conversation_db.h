/* conversation_db: what buyers and sellers write to each other. Every message is written with the mail that tells the other side, and
 * that mail's link, in one transaction. Mails carry fresh random tokens (token_db), so that nothing in the database opens a conversation. */
#pragma once

#include "db/db.h"
#include "model/conversation.h"
#include "util/token.h"

/* Whom a mail goes to. Kept apart from struct conversation, which views and the API print. */
struct conversation_person {
	const char *email;  /* "": cannot be reached */
	const char *name, *lang;
	int64_t member_id;  /* 0: a visitor */
};
struct conversation_people {
	struct conversation_person side[2]; /* by enum conversation_side */
};

/* The seller of a published listing and its title. ERR_NOT_FOUND. */
MUST_CHECK enum err conversation_db_seller(struct db *db, struct arena *a, int64_t listing_id, struct conversation_person *out, const char **title);

/* One message on its way in. */
struct conversation_writing {
	int64_t id;                   /* the conversation's; set by begin */
	int64_t listing_id;
	enum conversation_side from;
	int64_t buyer_member_id;      /* begin: 0 for a visitor */
	const char *buyer_name, *buyer_email; /* begin only; buyer_email of a visitor */
	const char *buyer_lang;       /* of the page the buyer uses; NULL from the seller */
	const char *body;
	bool held;                    /* keep it back: no mail */
	const char *held_by;          /* what for, for moderators: a flag comes with it; NULL where the conversation is held already */
	const char *mail;             /* to the other side */
	const uint8_t *token_hash;    /* of the link in that mail; TOKEN_HASH bytes */
	int64_t now;
	int64_t message_id;           /* set */
};
/* From a listing's page: a conversation begins, or goes on where the same buyer has one. ERR_NOT_FOUND: the listing is not published; ERR_GONE: the
 * conversation was ended; ERR_EXISTS: the same text within 24 hours. A held conversation takes the message and keeps it back (w->held). */
MUST_CHECK enum err conversation_db_begin(struct db *db, struct arena *a, struct conversation_writing *w);
/* In a conversation. ERR_GONE: it or its listing has ended, also while this was on its way; ERR_CONFLICT: it is held; ERR_EXISTS. */
MUST_CHECK enum err conversation_db_answer(struct db *db, struct arena *a, struct conversation_writing *w);

/* By the token of a mail's link. people may be NULL. ERR_NOT_FOUND: none such, or it has run out. */
MUST_CHECK enum err conversation_db_by_token(struct db *db, struct arena *a, const uint8_t hash[static TOKEN_HASH], int64_t now, struct conversation *out,
                                             struct conversation_people *people);
/* One of a member's own. ERR_NOT_FOUND: somebody else's too. */
MUST_CHECK enum err conversation_db_get(struct db *db, struct arena *a, int64_t member_id, int64_t id, int64_t now, struct conversation *out,
                                        struct conversation_people *people);
/* For a moderator: as the seller would see it. */
MUST_CHECK enum err conversation_db_any(struct db *db, struct arena *a, int64_t id, int64_t now, struct conversation *out, struct conversation_people *people);
/* A member's, as buyer and as seller, the last written first; those behind (before_at, before_id), 0 for the first. */
MUST_CHECK enum err conversation_db_inbox(struct db *db, struct arena *a, int64_t member_id, int64_t before_at, int64_t before_id, int64_t now, unsigned limit,
                                          struct conversation **out, size_t *n);
/* How many of a member's are unread, 100 at most. */
MUST_CHECK enum err conversation_db_unread(struct db *db, struct arena *a, int64_t member_id, int64_t *out);
/* Oldest first: the newest that are older than before_id (0: than none), as that side may see them; SIDE_BOTH: all, for a moderator. */
MUST_CHECK enum err conversation_db_messages(struct db *db, struct arena *a, int64_t id, enum conversation_side side, int64_t before_id, unsigned limit,
                                             struct conversation_message **out, size_t *n);
/* Everything the other side has written so far counts as read by that side. */
MUST_CHECK enum err conversation_db_mark_read(struct db *db, int64_t id, enum conversation_side side);

/* The mail that brings a message to the other side, and the hash of the token in its links. NULL: memory is out. */
struct conversation_mail {
	const char *(*make)(void *ctx, const struct conversation_message *m, uint8_t hash[static TOKEN_HASH]);
	void *ctx;
	struct arena *scratch; /* make may use it for the mail; forgotten after every few */
};
/* Inside a transaction, with the conversation's row locked: opens a held one, and what was kept back goes on its way. mail NULL: it stays where it is. */
MUST_CHECK enum err conversation_db_release(struct db *db, int64_t id, const struct conversation_mail *mail, int64_t now);

/* A member takes over what was written from a proven address, and what came in about the listings that are the member's now. Inside the
 * transaction that makes them so, or by itself. */
MUST_CHECK enum err conversation_db_claim(struct db *db, int64_t member_id, const char *email);
/* Inside a transaction. A member goes: the conversations end, their links open nothing any more, name and address are wiped. What was written stays
 * with the other side. email: the one the member had. */
MUST_CHECK enum err conversation_db_forget_member(struct db *db, int64_t member_id, const char *email);
