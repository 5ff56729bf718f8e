/* account_view: the account's overview, and what its pages have in common. */
#pragma once

#include "model/member.h"
#include "render/form_view.h"
#include "render/photo_view.h"

struct account_view {
	struct page page;             /* title NULL: the page's own heading */
	const struct member *member;
	struct photo_base photo_base;
	const char *form_age;         /* of the buttons */
	const char *mail_folder;      /* where mails go when they are not sent; NULL: they are */
	int64_t unread;               /* conversations with new messages */
	const char *done;             /* what has just been done, plain text; NULL */
};
void account_overview_view(struct buf *b, const struct account_view *v);

/* What there is to do about signing in, and about the account's data. */
void account_security_view(struct buf *b, const struct account_view *v);

/* A page that a mail's link leads to: a question and one button that posts to the page's own path. */
struct account_ask_view {
	struct page page;             /* title NULL: the heading */
	enum msg heading, text, button;
	const char *arg;              /* {1} of text; NULL */
	const char *form_age;
};
void account_ask_view(struct buf *b, const struct account_ask_view *v);

/* The page up to and with its heading; then what has been done. */
void account_put_begin(struct buf *b, const struct page *page, enum msg heading, const char *done);
void account_put_heading(struct buf *b, enum lang lang, enum msg heading, const char *done);
/* The link back to a page of the account. */
void account_put_back(struct buf *b, enum lang lang, const char *path, enum msg text);
/* "January 31, 2026" in a time element. */
void account_put_date(struct buf *b, enum lang lang, int64_t t);
/* A list of pages with a sentence each: ends with the path NULL. */
struct account_link {
	const char *path;
	enum msg name, text;
};
void account_put_links(struct buf *b, enum lang lang, const struct account_link *links);
