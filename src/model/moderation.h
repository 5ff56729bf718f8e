/* moderation: what moderators and the site's rules do, why, and the entries of the public log. No I/O. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/listing.h"
#include "model/member.h"
#include "model/photo.h"

enum {
	MODERATION_REASON_MAX = 400, /* characters of a moderator's own words; public */
	FLAG_BODY_MAX = 2000,        /* characters */
	MODERATION_PAGE = 10,        /* entries of the queue on a page */
	MODERATION_LOG_PAGE = 50,
	BAN_ADDRESS_DAYS = 30,       /* a client address changes hands */
	BAN_ADDRESSES_MAX = 8,       /* the last ones of a member */
};

/* Values as stored. */
enum moderation_action {
	MODERATION_APPROVE = 1, MODERATION_REJECT = 2, MODERATION_HOLD = 3, MODERATION_RELEASE = 4, MODERATION_REMOVE = 5, MODERATION_EDIT = 6,
	MODERATION_DISMISS = 7,      /* the flags were wrong */
	MODERATION_UPHOLD = 8,       /* they were right, and what they were about ended: a conversation */
	MODERATION_BAN = 9, MODERATION_UNBAN = 10, MODERATION_TRUST = 11, MODERATION_NEVER_TRUST = 12, MODERATION_ROLE = 13,
	MODERATION_RULE_ADD = 14, MODERATION_RULE_REMOVE = 15, MODERATION_DISABLE = 16, MODERATION_ENABLE = 17, MODERATION_FORGET_TRUST = 18,
	MODERATION_PHOTO = 19,       /* one of a listing taken away */
	MODERATION_PICTURE = 20,     /* a member's, likewise */
};

/* The standard reasons; a moderator may add words. */
enum moderation_reason {
	REASON_NONE = 0, REASON_PROHIBITED = 1, REASON_SPAM = 2, REASON_FRAUD = 3, REASON_CATEGORY = 4, REASON_UNCLEAR = 5, REASON_DUPLICATE = 6,
	REASON_PERSONAL = 7, REASON_OTHER = 8, REASON_COUNT,
	/* of the site itself */
	REASON_FLAGS = 20, REASON_RULE = 21, REASON_TRUSTED_AFTER = 22,
};

enum flag_reason { FLAG_SPAM = 0, FLAG_PROHIBITED = 1, FLAG_WRONG = 2, FLAG_SOLD = 3, FLAG_OTHER = 4, FLAG_REASON_COUNT };
enum flag_state { FLAG_OPEN = 0, FLAG_UPHELD = 1, FLAG_DISMISSED = 2 };

struct moderation_entry {
	int64_t id;
	enum moderation_action action;
	int64_t moderator_id;          /* 0: the site did it by itself */
	int64_t listing_id, member_id; /* 0: none */
	enum moderation_reason code;
	const char *reason;            /* a moderator's words: public; NULL or "": none */
	int64_t waited_seconds;        /* from submission to decision; -1: says nothing */
	int64_t created_at;
	bool is_public;                /* the listing can be read; read only */
	const char *slug;              /* its; read only */
};

/* What one of the two wrote. */
struct conversation_line {
	bool from_seller;
	const char *body;
	int64_t created_at;
};

struct flag {
	int64_t id;
	int64_t listing_id;
	int64_t conversation_id;   /* 0: the listing itself */
	const char *reporter;      /* "m:ID" or "a:ADDRESS" */
	enum flag_reason reason;
	const char *body;          /* "": nothing said */
	enum flag_state state;
	int64_t created_at;
	struct conversation_line *lines; /* of the conversation, where a moderator reads it; NULL */
	size_t line_count;
};

/* Whose a listing is, as a moderator needs to know. */
struct queue_who {
	const char *name, *email;
	int64_t member_id;         /* 0: no account */
	int64_t member_since;
	enum member_trust trust;
	enum member_role role;
	enum member_state state;
	int64_t before;            /* listings of theirs that are older than this one */
};

struct queue_entry {
	struct listing listing;
	int64_t since;             /* in the queue */
	int64_t last_entry;        /* the last entry of the log about it; 0: none */
	struct queue_who who;
	struct flag *flags;        /* open ones, of its conversations too */
	size_t flag_count;
	struct photo *photos;
	size_t photo_count;
	const char *rule;          /* the word or link of a rule that it holds now; NULL */
};

enum ban_kind { BAN_EMAIL = 0, BAN_ADDRESS = 1 };

struct ban {
	int64_t id;
	enum ban_kind kind;
	const char *value;     /* an e-mail address in lower case, an IPv4 address, an IPv6 /64's first address */
	int64_t member_id;     /* whose ban it came with; 0: none */
	const char *reason;    /* public */
	int64_t created_by;    /* 0: the tool */
	int64_t created_at, expires_at; /* expires_at 0: until it is lifted */
};

/* What a moderator decides about a listing. */
enum decision_kind { DECISION_APPROVE, DECISION_REJECT, DECISION_HOLD, DECISION_REMOVE, DECISION_DISMISS, DECISION_COUNT };

/* "approve", "reject", … */
const char *decision_name(enum decision_kind k);
bool decision_parse(const char *s, enum decision_kind *out);
/* Whether it can be decided about a listing in its state. */
bool decision_allowed(enum decision_kind k, const struct listing *l);
/* "spam", "prohibited", "wrong", "sold", "other" */
const char *flag_reason_name(enum flag_reason r);
bool flag_reason_parse(const char *s, enum flag_reason *out);
/* "none", "prohibited", "spam", …: the ones a moderator chooses from. */
const char *moderation_reason_name(enum moderation_reason r);
bool moderation_reason_parse(const char *s, enum moderation_reason *out);
/* "approve", "ban", "rule-add", …: for logs and programs. */
const char *moderation_action_name(enum moderation_action a);
