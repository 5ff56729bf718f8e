/* account_view: the account's overview, and what its pages have in common. */
#pragma once

#include "model/member.h"
#include "render/form_view.h"

struct account_view {
	struct page page;             /* title NULL: the page's own heading */
	const struct member *member;
	const char *form_age;         /* of the buttons */
	const char *mail_folder;      /* where mails go when they are not sent; NULL: they are */
	const char *done;             /* what has just been done, plain text; NULL */
};
void account_overview_view(struct buf *b, const struct account_view *v);

/* Heading; then what has been done. */
void account_put_begin(struct buf *b, const struct page *page, enum msg heading, const char *done);
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
