/* conversation: a buyer and a seller who write to each other about a listing through the site. What pages and programs see of it: no address is
 * in here. No I/O. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	CONVERSATION_SECONDS = 60 * 86400, /* from the last message to its end; and how long a mail's link lives */
	CONVERSATION_PAGE = 20,            /* conversations on a page of the inbox */
	CONVERSATION_THREAD = 50,          /* messages on a page of one */
};

/* Values as stored. */
enum conversation_side { SIDE_BUYER = 0, SIDE_SELLER = 1, SIDE_BOTH = 2 };
enum conversation_state { CONVERSATION_OPEN = 0, CONVERSATION_ENDED = 1, CONVERSATION_HELD = 2 };

struct conversation {
	int64_t id, listing_id;
	enum conversation_side side;  /* the reader's */
	enum conversation_state state;
	bool ended;                   /* with its listing, by its age, or because one of the two cannot be reached any more */
	bool unread;                  /* the other side wrote after the reader answered or marked it as read */
	bool listing_there;           /* its page can be seen */
	const char *title, *slug;     /* the listing's */
	const char *buyer_name, *seller_name; /* "": somebody who has left */
	const char *buyer_picture, *seller_picture; /* keys of members' pictures; NULL: none */
	const char *excerpt;          /* the newest message both can see; "" when there is none yet */
	int64_t buyer_member_id, seller_member_id; /* 0: a visitor */
	int64_t created_at, last_message_at, expires_at;
};

struct conversation_message {
	int64_t id;
	enum conversation_side from;
	bool held;                    /* the writer alone sees it */
	const char *body;
	int64_t created_at;
};
