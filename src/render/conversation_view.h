/* conversation_view: what a buyer and a seller write to each other: the list of a member's conversations, one of them, and its report. */
#pragma once

#include "model/conversation.h"
#include "render/form_view.h"
#include "render/photo_view.h"

struct conversation_view {
	struct form_view form;       /* the page and the form to answer with; page.path is the conversation's */
	const struct conversation *conversation;
	const struct conversation_message *messages; /* oldest first */
	size_t count;
	int64_t older;               /* there are messages before this one; 0: none */
	bool sent, flagged;          /* what the reader has just done */
	struct photo_base photo_base;
	bool own;                    /* by the account: with the way back to the inbox */
	int64_t now;
};
void conversation_view(struct buf *b, const struct conversation_view *v);
/* The form alone, with what was typed, while nobody can tell what the conversation says. */
void conversation_away_view(struct buf *b, const struct form_view *v);

/* v->arg: the listing's title; back: the conversation's path. */
void conversation_flag_view(struct buf *b, const struct form_view *v, const char *back);

struct inbox_view {
	struct page page;
	const struct conversation *list;
	size_t count;
	const char *next_href;       /* with language prefix; NULL: none */
	bool later;                  /* not the first page */
	int64_t now;
};
void inbox_view(struct buf *b, const struct inbox_view *v);
