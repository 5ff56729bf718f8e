/* member: who has an account, and what a session says of them. No I/O. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/listing.h"
#include "util/arena.h"

enum {
	MEMBER_NAME_MIN = 2, MEMBER_NAME_MAX = CONTACT_NAME_MAX, /* characters */
	MEMBER_PASSWORD_MIN = 12, MEMBER_PASSWORD_MAX = 200,     /* characters; the most that is hashed */
	MEMBER_ABOUT_MAX = 2000,
	MEMBER_GRACE_DAYS = 14,            /* from asking to be deleted to being gone */
	SESSION_IDLE_SECONDS = 14 * 86400, /* a browser that is not seen so long is signed out */
	SESSION_SECONDS = 90 * 86400,      /* however busy it is */
	SESSION_SEEN_SECONDS = 300,        /* last_seen_at is written at most so often */
	SESSION_PROGRAM_SECONDS = 30 * 86400,
	LISTING_DAYS = 60,                 /* from publishing to expiry */
	LISTING_WARN_DAYS = 7,             /* the mail before it */
};

/* Values as stored. */
enum member_role { ROLE_MEMBER = 0, ROLE_MODERATOR = 1, ROLE_ADMIN = 2, ROLE_COUNT };
enum member_state { MEMBER_ACTIVE = 1, MEMBER_DISABLED = 2, MEMBER_LEAVING = 3, MEMBER_GONE = 4 };
enum member_trust { TRUST_NEW = 0, TRUST_TRUSTED = 1, TRUST_NEVER = 2 };
enum session_kind { SESSION_BROWSER = 0, SESSION_PROGRAM = 1, SESSION_TOKEN = 2 };

/* What a personal token may do. A sign-in has all of them. */
enum scope { SCOPE_NONE = 0, SCOPE_READ = 1, SCOPE_LISTINGS = 2, SCOPE_MESSAGES = 4, SCOPE_ACCOUNT = 8, SCOPE_MODERATION = 16, SCOPE_ALL = 31 };

struct postal_address {
	const char *name, *line1, *line2, *city, *region, *postal_code;
	const char *country; /* ISO 3166-1 alpha-2, or "" */
};

struct member {
	int64_t id;
	const char *email, *name;
	const char *password_hash; /* only where it is checked; NULL elsewhere */
	enum member_role role;
	enum member_state state;
	enum member_trust trust;
	const char *lang;          /* "en", "fr": of the mails */
	int64_t place_id;          /* 0: not said */
	const char *about;
	struct postal_address address; /* for orders: nobody else sees it */
	bool totp;                 /* a second factor is set up */
	const char *state_reason;
	const char *picture;       /* its object's key; NULL: none */
	int64_t created_at, signed_in_at, delete_at; /* 0: never */
};

/* What is known of whoever sent a request: read with one indexed query. */
struct session {
	int64_t id;
	int64_t member_id;
	enum session_kind kind;
	unsigned scopes;           /* of enum scope */
	const char *name, *email;  /* the member's */
	enum member_role role;
	enum member_trust trust;
	bool totp;
	const char *lang;
	int64_t created_at, last_seen_at, expires_at;
	const char *label, *user_agent, *address; /* lists of sessions and tokens only; label: a personal token's name */
};

/* An address as members' are stored and compared: in lower case. In the arena; NULL when memory is out. */
char *member_email(struct arena *a, const char *email);
const char *member_role_name(enum member_role r);
bool member_role_parse(const char *s, enum member_role *out);
const char *member_state_name(enum member_state s);
/* "read", "listings", … */
const char *scope_name(enum scope s);
/* 0 when s names none. */
enum scope scope_parse(const char *s);
