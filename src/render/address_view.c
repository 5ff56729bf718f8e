#include "render/address_view.h"

#include <stdio.h>

#include "render/account_view.h"
#include "render/error_summary.h"
#include "render/form_fields.h"
#include "text/format.h"
#include "util/clock.h"

enum { WORDS_CAP = 1024, TIME_CAP = 16 };

static void days_words(struct buf *out, enum lang lang, int64_t days)
{
	char number[I64_TEXT_SIZE];
	i64_text(days, number);
	tr_format(out, lang, days == 1 ? MSG_ADDRESS_DAY : MSG_ADDRESS_DAYS, (const char *const[]){number}, 1);
}

static void put_heading(struct buf *b, const struct address_view *v, const char *days)
{
	enum lang lang = v->page.lang;
	struct buf date, done;
	char minutes[TIME_CAP];
	int year, month, day, hour, minute, second;
	buf_init(&date, WORDS_CAP);
	buf_init(&done, WORDS_CAP);
	clock_civil(v->stored_at, &year, &month, &day, &hour, &minute, &second);
	snprintf(minutes, sizeof minutes, "%02d:%02d", hour % 24, minute % 60);
	format_date(&date, lang, v->stored_at);
	tr_format(&done, lang, MSG_ADDRESS_STORED, (const char *const[]){buf_str(&date), minutes, days}, 3);
	account_put_heading(b, lang, MSG_ADDRESS_TITLE, v->stored_at != 0 ? buf_str(&done) : NULL);
	buf_free(&done);
	buf_free(&date);
}

static void put_fact(struct buf *b, enum lang lang, enum msg term, const char *value)
{
	html_lit(b, "<dt>");
	html_tr(b, lang, term);
	html_lit(b, "</dt><dd><code>");
	html_text(b, value);
	html_lit(b, "</code></dd>\n");
}

static void put_address(struct buf *b, const struct address_view *v)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<p>");
	html_tr(b, lang, MSG_ADDRESS_INTRO);
	html_lit(b, "</p>\n<dl class=\"kept\">\n");
	put_fact(b, lang, MSG_ADDRESS_IP, v->ip);
	put_fact(b, lang, MSG_ADDRESS_REVERSED, v->reversed);
	html_lit(b, "</dl>\n");
}

static void put_offer(struct buf *b, const struct address_view *v, const char *days)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<h2>");
	html_tr(b, lang, MSG_ADDRESS_KEEP_TITLE);
	html_lit(b, "</h2>\n<p>");
	html_tr1(b, lang, MSG_ADDRESS_KEEP_TEXT, days);
	html_lit(b, "</p>\n");
	form_put_button(b, lang, v->form_age, &(struct form_button){.path = v->page.path, .label = MSG_ADDRESS_BUTTON, .primary = true});
}

void address_view(struct buf *b, const struct address_view *v)
{
	struct page page = v->page;
	struct buf days;
	page.noindex = true;
	if (page.title == NULL)
		page.title = tr(page.lang, MSG_ADDRESS_TITLE);
	buf_init(&days, WORDS_CAP);
	days_words(&days, page.lang, v->keep_days);
	layout_begin(b, &page);
	put_heading(b, v, buf_str(&days));
	error_summary(b, page.lang, v->errors, NULL, 0);
	if (*v->ip == '\0') {
		html_lit(b, "<p>");
		html_tr(b, page.lang, MSG_ADDRESS_UNKNOWN);
		html_lit(b, "</p>\n");
	} else {
		put_address(b, v);
		if (v->stored_at == 0)
			put_offer(b, v, buf_str(&days));
	}
	account_put_back(b, page.lang, "/privacy", MSG_ADDRESS_PRIVACY);
	layout_end(b, &page);
	buf_free(&days);
}
