/* account_sessions_view: who is signed in, and personal tokens. */
#pragma once

#include "model/member.h"
#include "render/form_view.h"

struct sessions_view {
	struct page page;
	const char *form_age;
	const struct session *list;
	size_t n;
	int64_t current;              /* the session that asks */
	int64_t now;
	const char *done;
};
void account_sessions_view(struct buf *b, const struct sessions_view *v);
/* The same list of personal tokens, and the link to make one. */
void account_tokens_view(struct buf *b, const struct sessions_view *v);
/* The form of a new one; scopes: which it may be given. */
void account_token_new_view(struct buf *b, const struct form_view *v);
void account_token_new_moderator_view(struct buf *b, const struct form_view *v);
/* Shown once. */
void account_token_shown_view(struct buf *b, const struct page *page, const char *token);
