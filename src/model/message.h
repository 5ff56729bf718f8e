/* message: what came in by /contact. Those to sellers and reports of listings are from before there were conversations and flags. */
#pragma once

#include <stdint.h>

enum message_kind { MESSAGE_SITE = 0, MESSAGE_SELLER = 1, MESSAGE_REPORT = 2 };

struct message {
	int64_t id;
	enum message_kind kind;
	int64_t listing_id;    /* 0: none */
	const char *name;
	const char *email;     /* "" allowed in a report */
	const char *body;
	const char *lang;      /* "en", "fr" */
	int64_t created_at;
	int64_t read_at;       /* 0: unread */
};
