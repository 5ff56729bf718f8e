#include "render/conversation_view.h"

#include "render/account_view.h"
#include "render/form_fields.h"
#include "render/listing_card.h"
#include "render/photo_view.h"

enum { EXCERPT_BYTES = 160 };

static const struct form_field answer_fields[] = {
	{"message", MSG_LABEL_ANSWER, MSG_HINT_ANSWER, WIDGET_LINES, MESSAGE_MAX, NULL, false},
};
static const struct form_words answer_form = {
	MSG_CONVERSATION_TITLE, FORM_NONE, MSG_CONVERSATION_ANSWER_BUTTON, {{FORM_NONE, answer_fields, FORM_COUNT(answer_fields)}}, false, NULL, FORM_NO_LINKS};

static const struct form_field flag_fields[] = {
	{"reason", MSG_LABEL_REASON, FORM_NONE, WIDGET_REASON, 0, NULL, false},
	{"message", MSG_LABEL_DETAILS, FORM_NONE, WIDGET_LINES, 2000, NULL, true},
};
static const struct form_words flag_form = {
	MSG_CONVERSATION_FLAG_TITLE, MSG_CONVERSATION_FLAG_INTRO, MSG_REPORT_BUTTON, {{FORM_NONE, flag_fields, FORM_COUNT(flag_fields)}}, false, NULL, FORM_NO_LINKS};

static const char *name_of(enum lang lang, const struct conversation *c, enum conversation_side side)
{
	const char *name = side == SIDE_SELLER ? c->seller_name : c->buyer_name;
	return *name != '\0' ? name : tr(lang, MSG_CONVERSATION_SOMEBODY);
}

static const char *other_name(enum lang lang, const struct conversation *c)
{
	return name_of(lang, c, c->side == SIDE_SELLER ? SIDE_BUYER : SIDE_SELLER);
}

static void put_notice(struct buf *b, enum lang lang, enum msg text, bool good)
{
	if (good)
		html_lit(b, "<div class=\"notice good\" role=\"status\">\n<p>");
	else
		html_lit(b, "<div class=\"notice\">\n<p>");
	html_tr(b, lang, text);
	html_lit(b, "</p>\n</div>\n");
}

static void put_notices(struct buf *b, const struct conversation_view *v)
{
	const struct conversation *c = v->conversation;
	enum lang lang = v->form.page.lang;
	if (v->flagged)
		put_notice(b, lang, MSG_CONVERSATION_FLAGGED, true);
	if (v->sent && c->state == CONVERSATION_OPEN)
		put_notice(b, lang, MSG_CONVERSATION_SENT, true);
	if (c->ended)
		put_notice(b, lang, MSG_CONVERSATION_ENDED, false);
	else if (c->state == CONVERSATION_HELD)
		put_notice(b, lang, MSG_CONVERSATION_HELD, false);
}

static void put_link(struct buf *b, enum lang lang, const char *path, const char *tail, enum msg text)
{
	html_lit(b, "<a href=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, path);
	html_attr(b, tail);
	html_lit(b, "\">");
	html_tr(b, lang, text);
	html_lit(b, "</a>");
}

static void put_heading(struct buf *b, const struct conversation_view *v)
{
	const struct conversation *c = v->conversation;
	enum lang lang = v->form.page.lang;
	html_lit(b, "<h1>");
	html_tr1(b, lang, MSG_CONVERSATION_TITLE, c->title);
	html_lit(b, "</h1>\n<p class=\"person\">");
	photo_face(b, v->photo_base, c->side == SIDE_SELLER ? c->buyer_picture : c->seller_picture);
	html_tr1(b, lang, c->side == SIDE_SELLER ? MSG_CONVERSATION_WITH_BUYER : MSG_CONVERSATION_WITH_SELLER, other_name(lang, c));
	html_lit(b, "</p>\n");
	if (c->listing_there) {
		const struct listing l = {.id = c->listing_id, .slug = c->slug};
		html_lit(b, "<p class=\"onwards\"><a href=\"");
		listing_put_href(b, lang, &l);
		html_lit(b, "\">");
		html_tr(b, lang, MSG_CONVERSATION_LISTING);
		html_lit(b, "</a></p>\n");
	}
}

static void put_message(struct buf *b, const struct conversation_view *v, const struct conversation_message *m)
{
	const struct conversation *c = v->conversation;
	enum lang lang = v->form.page.lang;
	bool mine = m->from == c->side;
	if (mine)
		html_lit(b, "<li class=\"mine\" id=\"m-");
	else
		html_lit(b, "<li id=\"m-");
	html_int(b, m->id);
	html_lit(b, "\">\n<p class=\"meta\"><strong>");
	if (mine)
		html_tr(b, lang, MSG_CONVERSATION_YOU);
	else
		html_text(b, name_of(lang, c, m->from));
	html_lit(b, "</strong> ");
	listing_put_time(b, lang, m->created_at, v->now);
	html_lit(b, "</p>\n");
	html_lines(b, m->body);
	if (m->held) {
		html_lit(b, "<p class=\"hint\">");
		html_tr(b, lang, MSG_CONVERSATION_MESSAGE_HELD);
		html_lit(b, "</p>\n");
	}
	html_lit(b, "</li>\n");
}

static void put_thread(struct buf *b, const struct conversation_view *v)
{
	enum lang lang = v->form.page.lang;
	if (v->older != 0) {
		html_lit(b, "<p class=\"onwards\"><a href=\"");
		html_attr(b, lang_prefix(lang));
		html_attr(b, v->form.page.path);
		html_lit(b, "?before=");
		html_int(b, v->older);
		html_lit(b, "\">");
		html_tr(b, lang, MSG_CONVERSATION_OLDER);
		html_lit(b, "</a></p>\n");
	}
	html_lit(b, "<ol class=\"thread\">\n");
	for (size_t i = 0; i < v->count; i++)
		put_message(b, v, &v->messages[i]);
	html_lit(b, "</ol>\n");
}

/* To whom it is addressed, no more than marks it as read: reading changes nothing. */
static void put_mark_read(struct buf *b, const struct conversation_view *v)
{
	enum lang lang = v->form.page.lang;
	if (!v->own || !v->conversation->unread)
		return;
	html_lit(b, "<form action=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, v->form.page.path);
	html_lit(b, "/read\" method=\"post\" data-once><button type=\"submit\">");
	html_tr(b, lang, MSG_CONVERSATION_MARK_READ);
	html_lit(b, "</button></form>\n");
}

static void put_after(struct buf *b, const struct conversation_view *v)
{
	enum lang lang = v->form.page.lang;
	html_lit(b, "<p class=\"onwards\">");
	put_link(b, lang, v->form.page.path, "/flag", MSG_CONVERSATION_FLAG);
	html_lit(b, "</p>\n");
	if (v->own) {
		html_lit(b, "<p class=\"onwards\">");
		put_link(b, lang, "/account/messages", "", MSG_CONVERSATION_TO_INBOX);
		html_lit(b, "</p>\n");
	}
}

void conversation_view(struct buf *b, const struct conversation_view *v)
{
	const struct conversation *c = v->conversation;
	struct page page = v->form.page;
	struct buf title;
	buf_init(&title, 2048);
	if (v->form.errors != NULL && v->form.errors->n > 0) {
		tr_format(&title, page.lang, MSG_FORM_ERROR_IN_TITLE, (const char *const[]){page.title}, 1);
		page.title = buf_str(&title);
	}
	layout_begin(b, &page);
	bool answers = !c->ended && c->state == CONVERSATION_OPEN;
	if (answers)
		form_put_summary(b, &v->form, &answer_form);
	put_heading(b, v);
	put_notices(b, v);
	put_thread(b, v);
	put_mark_read(b, v);
	if (answers)
		form_put(b, &v->form, &answer_form);
	put_after(b, v);
	layout_end(b, &page);
	buf_free(&title);
}

void conversation_away_view(struct buf *b, const struct form_view *v)
{
	struct page page = v->page;
	page.noindex = true;
	layout_begin(b, &page);
	form_put_summary(b, v, &answer_form);
	html_lit(b, "<h1>");
	html_tr(b, page.lang, MSG_INBOX_TITLE);
	html_lit(b, "</h1>\n");
	form_put(b, v, &answer_form);
	layout_end(b, &page);
}

void conversation_flag_view(struct buf *b, const struct form_view *v, const char *back)
{
	struct form_words words = flag_form;
	words.links[0] = (struct form_link){back, MSG_CONVERSATION_BACK};
	form_put_page(b, v, &words);
}

/* The beginning of a message, cut between characters. */
static void put_excerpt(struct buf *b, const char *text)
{
	char cut[EXCERPT_BYTES + 1];
	size_t n = strlen(text) < EXCERPT_BYTES ? strlen(text) : EXCERPT_BYTES;
	bool whole = text[n] == '\0';
	while (!whole && n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++)
		cut[i] = text[i] == '\n' ? ' ' : text[i];
	cut[n] = '\0';
	html_text(b, cut);
	if (!whole)
		html_lit(b, "…");
}

static void put_entry(struct buf *b, const struct inbox_view *v, const struct conversation *c)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<li>\n<h2><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/account/messages/");
	html_int(b, c->id);
	html_lit(b, "\">");
	html_text(b, c->title);
	html_lit(b, "</a></h2>\n<p class=\"meta\">");
	if (c->unread) {
		html_lit(b, "<strong class=\"new\">");
		html_tr(b, lang, MSG_INBOX_UNREAD);
		html_lit(b, "</strong> ");
	}
	html_lit(b, "<span>");
	html_tr1(b, lang, c->side == SIDE_SELLER ? MSG_CONVERSATION_WITH_BUYER : MSG_CONVERSATION_WITH_SELLER, other_name(lang, c));
	html_lit(b, "</span> ");
	listing_put_time(b, lang, c->last_message_at, v->now);
	if (c->ended || c->state == CONVERSATION_HELD) {
		html_lit(b, " <span>");
		html_tr(b, lang, c->ended ? MSG_INBOX_ENDED : MSG_INBOX_HELD);
		html_lit(b, "</span>");
	}
	html_lit(b, "</p>\n<p>");
	put_excerpt(b, c->excerpt);
	html_lit(b, "</p>\n</li>\n");
}

void inbox_view(struct buf *b, const struct inbox_view *v)
{
	enum lang lang = v->page.lang;
	layout_begin(b, &v->page);
	html_lit(b, "<h1>");
	html_tr(b, lang, MSG_INBOX_TITLE);
	html_lit(b, "</h1>\n");
	if (v->count == 0) {
		html_lit(b, "<div class=\"empty\">\n<p>");
		html_tr(b, lang, MSG_INBOX_EMPTY);
		html_lit(b, "</p>\n</div>\n");
	} else {
		html_lit(b, "<ul class=\"articles inbox\">\n");
		for (size_t i = 0; i < v->count; i++)
			put_entry(b, v, &v->list[i]);
		html_lit(b, "</ul>\n");
	}
	if (v->later || v->next_href != NULL) {
		html_lit(b, "<nav class=\"pager\" aria-label=\"");
		html_tr(b, lang, MSG_INBOX_PAGES);
		html_lit(b, "\">\n");
		if (v->later) {
			put_link(b, lang, "/account/messages", "", MSG_INBOX_NEWEST);
			html_lit(b, "\n");
		}
		if (v->next_href != NULL) {
			html_lit(b, "<a rel=\"next\" href=\"");
			html_href(b, v->next_href);
			html_lit(b, "\">");
			html_tr(b, lang, MSG_INBOX_OLDER);
			html_lit(b, "</a>\n");
		}
		html_lit(b, "</nav>\n");
	}
	account_put_back(b, lang, "/account", MSG_ACCOUNT_BACK);
	layout_end(b, &v->page);
}
