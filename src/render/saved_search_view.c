#include "render/saved_search_view.h"

#include "render/account_view.h"
#include "render/form_fields.h"
#include "render/listing_card.h"

static const struct form_field search_fields[] = {
	{"name", MSG_SAVED_NAME, FORM_NONE, WIDGET_TEXT, SAVED_NAME_MAX, "off", false},
	{"frequency", MSG_SAVED_FREQUENCY, FORM_NONE, WIDGET_FREQUENCY, 0, NULL, false},
};
static const struct form_words new_form = {
	MSG_SAVED_NEW_TITLE, MSG_SAVED_NEW_INTRO, MSG_SAVED_NEW_BUTTON, {{FORM_NONE, search_fields, FORM_COUNT(search_fields)}}, false, NULL, FORM_NO_LINKS};
static const struct form_words change_form = {
	MSG_SAVED_TITLE, MSG_SAVED_TITLE, MSG_SAVED_CHANGE_BUTTON, {{FORM_NONE, search_fields, FORM_COUNT(search_fields)}}, false, NULL, FORM_NO_LINKS};

static const enum msg frequency_words[ALERT_COUNT] = {MSG_ALERT_NONE, MSG_ALERT_AT_ONCE, MSG_ALERT_DAILY};

static void put_search_path(struct buf *b, enum lang lang, int64_t id)
{
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/account/searches/");
	html_int(b, id);
}

static void put_search(struct buf *b, const struct saved_searches_view *v, const struct saved_search *s)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<li>\n<h2><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/listings?");
	html_attr(b, s->query);
	html_lit(b, "\">");
	html_text(b, s->name);
	html_lit(b, "</a></h2>\n<p class=\"meta\"><span>");
	html_tr(b, lang, frequency_words[s->frequency]);
	html_lit(b, "</span>");
	if (s->sent_at != 0) {
		html_lit(b, " <span>");
		html_tr(b, lang, MSG_SAVED_LAST_SENT);
		html_lit(b, " ");
		listing_put_time(b, lang, s->sent_at, v->now);
		html_lit(b, "</span>");
	}
	html_lit(b, "</p>\n<p class=\"onwards\"><a href=\"");
	put_search_path(b, lang, s->id);
	html_lit(b, "\" aria-label=\"");
	html_tr1(b, lang, MSG_SAVED_CHANGE_OF, s->name);
	html_lit(b, "\">");
	html_tr(b, lang, MSG_SAVED_CHANGE);
	html_lit(b, "</a></p>\n</li>\n");
}

void saved_searches_view(struct buf *b, const struct saved_searches_view *v)
{
	enum lang lang = v->page.lang;
	layout_begin(b, &v->page);
	html_lit(b, "<h1>");
	html_tr(b, lang, MSG_SAVED_TITLE);
	html_lit(b, "</h1>\n");
	if (v->n == 0) {
		html_lit(b, "<div class=\"empty\">\n<p>");
		html_tr(b, lang, MSG_SAVED_EMPTY);
		html_lit(b, "</p>\n<p><a href=\"");
		html_attr(b, lang_prefix(lang));
		html_lit(b, "/listings\">");
		html_tr(b, lang, MSG_BACK_TO_LISTINGS);
		html_lit(b, "</a></p>\n</div>\n");
	} else {
		html_lit(b, "<ul class=\"searches\">\n");
		for (size_t i = 0; i < v->n; i++)
			put_search(b, v, &v->list[i]);
		html_lit(b, "</ul>\n");
	}
	account_put_back(b, lang, "/account", MSG_ACCOUNT_BACK);
	layout_end(b, &v->page);
}

void saved_search_form_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &new_form);
}

static void put_sent(struct buf *b, const struct saved_search_view *v)
{
	enum lang lang = v->form->page.lang;
	html_lit(b, "<h2>");
	html_tr(b, lang, MSG_SAVED_SENT_TITLE);
	html_lit(b, "</h2>\n");
	if (v->sent_count == 0) {
		html_lit(b, "<p>");
		html_tr(b, lang, MSG_SAVED_SENT_NONE);
		html_lit(b, "</p>\n");
		return;
	}
	html_lit(b, "<ul class=\"sent\">\n");
	for (size_t i = 0; i < v->sent_count; i++) {
		const struct listing *l = v->sent[i].listing;
		html_lit(b, "<li>");
		if (l->state == LISTING_PUBLISHED) {
			html_lit(b, "<a href=\"");
			listing_put_href(b, lang, l);
			html_lit(b, "\">");
			html_text(b, l->title);
			html_lit(b, "</a>");
		} else if (favourite_shown(l->state)) {
			html_text(b, l->title);
		} else {
			html_tr(b, lang, MSG_FAVOURITE_GONE);
		}
		html_lit(b, " <span class=\"meta\">");
		listing_put_time(b, lang, v->sent[i].sent_at, v->now);
		html_lit(b, "</span></li>\n");
	}
	html_lit(b, "</ul>\n");
}

void saved_search_view(struct buf *b, const struct saved_search_view *v)
{
	enum lang lang = v->form->page.lang;
	layout_begin(b, &v->form->page);
	form_put_summary(b, v->form, &change_form);
	html_lit(b, "<h1>");
	html_text(b, v->search->name);
	html_lit(b, "</h1>\n<p class=\"onwards\"><a href=\"");
	html_href(b, v->listings_href);
	html_lit(b, "\">");
	html_tr(b, lang, MSG_SAVED_SHOW);
	html_lit(b, "</a></p>\n");
	form_put(b, v->form, &change_form);
	put_sent(b, v);
	html_lit(b, "<h2>");
	html_tr(b, lang, MSG_SAVED_DELETE);
	html_lit(b, "</h2>\n<p>");
	html_tr(b, lang, MSG_SAVED_DELETE_TEXT);
	html_lit(b, "</p>\n<form method=\"post\" data-once action=\"");
	put_search_path(b, lang, v->search->id);
	html_lit(b, "/delete\">\n<button class=\"button\" type=\"submit\">");
	html_tr(b, lang, MSG_SAVED_DELETE);
	html_lit(b, "</button>\n</form>\n<p class=\"onwards\"><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/account/searches\">");
	html_tr(b, lang, MSG_SAVED_TITLE);
	html_lit(b, "</a></p>\n");
	layout_end(b, &v->form->page);
}

void unsubscribe_view(struct buf *b, const struct unsubscribe_view *v)
{
	enum lang lang = v->page.lang;
	layout_begin(b, &v->page);
	html_lit(b, "<h1>");
	html_tr(b, lang, MSG_UNSUBSCRIBE_TITLE);
	html_lit(b, "</h1>\n<p>");
	html_tr(b, lang, MSG_UNSUBSCRIBE_TEXT);
	html_lit(b, "</p>\n<form method=\"post\" data-once action=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, v->page.path);
	html_lit(b, "\">\n<button class=\"button primary\" type=\"submit\">");
	html_tr(b, lang, MSG_UNSUBSCRIBE_BUTTON);
	html_lit(b, "</button>\n</form>\n");
	layout_end(b, &v->page);
}
