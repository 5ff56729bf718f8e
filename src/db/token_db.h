/* token_db: links in mails that open one thing. Each is used once, or until it ends. */
#pragma once

#include "db/db.h"
#include "util/token.h"

enum token_kind {
	TOKEN_RESET = 1,           /* subject: member; a new password */
	TOKEN_EMAIL_NEW = 2,       /* subject: member, data: the new address; followed from there */
	TOKEN_EMAIL_OLD = 3,       /* subject: member, data: the new address; followed from the old one */
	TOKEN_LISTING_CONFIRM = 4, /* subject: listing; a visitor's e-mail is theirs */
	TOKEN_LISTING_MANAGE = 5,  /* subject: listing; a visitor's way to it, as long as it lives: used many times */
	TOKEN_ACCOUNT_KEEP = 6,    /* subject: member; takes the wish to be deleted back */
	TOKEN_CONVERSATION_BUYER = 7,  /* subject: conversation; each side's way to it, a token a mail: used many times */
	TOKEN_CONVERSATION_SELLER = 8,
};

struct token {
	enum token_kind kind;
	int64_t subject_id;
	const char *data;
	int64_t created_at, expires_at, used_at; /* used_at 0: not yet */
};

/* Inside the transaction that writes the mail with the link. data: NULL for none. */
MUST_CHECK enum err token_db_add(struct db *db, enum token_kind kind, const uint8_t hash[static TOKEN_HASH], int64_t subject_id, const char *data, int64_t expires_at);
/* Unexpired, whether used or not. ERR_NOT_FOUND. */
MUST_CHECK enum err token_db_find(struct db *db, struct arena *a, enum token_kind kind, const uint8_t hash[static TOKEN_HASH], int64_t now, struct token *out);
/* Marks it used; ERR_CONFLICT when it was used before or has ended: of two at once one wins. Inside the transaction that does what
 * the token is for. */
MUST_CHECK enum err token_db_use(struct db *db, enum token_kind kind, const uint8_t hash[static TOKEN_HASH], int64_t now);
/* Ends every unused token of that kind and subject. */
MUST_CHECK enum err token_db_revoke(struct db *db, enum token_kind kind, int64_t subject_id);
