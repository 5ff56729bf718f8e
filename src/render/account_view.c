#include "render/account_view.h"

#include "render/form_fields.h"
#include "render/photo_view.h"
#include "text/format.h"
#include "util/clock.h"

enum { DATE_CAP = 128 };

static const struct account_link links_member[] = {
	{"/account/listings", MSG_ACCOUNT_LISTINGS, MSG_ACCOUNT_LISTINGS_TEXT},
	{"/account/messages", MSG_ACCOUNT_MESSAGES, MSG_ACCOUNT_MESSAGES_TEXT},
	{"/account/favourites", MSG_ACCOUNT_FAVOURITES, MSG_ACCOUNT_FAVOURITES_TEXT},
	{"/account/searches", MSG_ACCOUNT_SEARCHES, MSG_ACCOUNT_SEARCHES_TEXT},
	{"/account/profile", MSG_ACCOUNT_PROFILE, MSG_ACCOUNT_PROFILE_TEXT},
	{"/account/picture", MSG_PICTURE_TITLE, MSG_PICTURE_LINK_TEXT},
	{"/account/security", MSG_ACCOUNT_SECURITY, MSG_ACCOUNT_SECURITY_TEXT},
	{NULL, FORM_NONE, FORM_NONE},
};
static const struct account_link links_moderator[] = {
	{"/moderation", MSG_ACCOUNT_MODERATION, MSG_ACCOUNT_MODERATION_TEXT}, {NULL, FORM_NONE, FORM_NONE},
};
static const struct account_link links_admin[] = {
	{"/moderation", MSG_ACCOUNT_MODERATION, MSG_ACCOUNT_MODERATION_TEXT},
	{"/reports", MSG_ACCOUNT_REPORTS, MSG_ACCOUNT_REPORTS_TEXT},
	{NULL, FORM_NONE, FORM_NONE},
};

void account_put_heading(struct buf *b, enum lang lang, enum msg heading, const char *done)
{
	html_lit(b, "<h1>");
	html_tr(b, lang, heading);
	html_lit(b, "</h1>\n");
	if (done == NULL)
		return;
	html_lit(b, "<div class=\"notice good\" role=\"status\">\n<p>");
	html_text(b, done);
	html_lit(b, "</p>\n</div>\n");
}

void account_put_begin(struct buf *b, const struct page *page, enum msg heading, const char *done)
{
	struct page p = *page;
	if (p.title == NULL)
		p.title = tr(p.lang, heading);
	p.noindex = true;
	layout_begin(b, &p);
	account_put_heading(b, p.lang, heading, done);
}

void account_put_back(struct buf *b, enum lang lang, const char *path, enum msg text)
{
	html_lit(b, "<p class=\"onwards\"><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, path);
	html_lit(b, "\">");
	html_tr(b, lang, text);
	html_lit(b, "</a></p>\n");
}

void account_put_date(struct buf *b, enum lang lang, int64_t t)
{
	char exact[32];
	struct buf date;
	buf_init(&date, DATE_CAP);
	clock_rfc3339(t, exact);
	format_date(&date, lang, t);
	html_lit(b, "<time datetime=\"");
	html_attr(b, exact);
	html_lit(b, "\">");
	html_text(b, buf_str(&date));
	html_lit(b, "</time>");
	buf_free(&date);
}

void account_put_links(struct buf *b, enum lang lang, const struct account_link *links)
{
	html_lit(b, "<ul class=\"articles ways\">\n");
	for (; links->path != NULL; links++) {
		html_lit(b, "<li><h2><a href=\"");
		html_attr(b, lang_prefix(lang));
		html_attr(b, links->path);
		html_lit(b, "\">");
		html_tr(b, lang, links->name);
		html_lit(b, "</a></h2>\n<p>");
		html_tr(b, lang, links->text);
		html_lit(b, "</p></li>\n");
	}
	html_lit(b, "</ul>\n");
}

void account_security_view(struct buf *b, const struct account_view *v)
{
	const struct account_link links[] = {
		{"/account/password", MSG_PASSWORD_TITLE, MSG_SECURITY_PASSWORD_TEXT},
		{"/account/email", MSG_SECURITY_EMAIL, MSG_SECURITY_EMAIL_TEXT},
		{"/account/second-factor", MSG_SECURITY_FACTOR, v->member->totp ? MSG_SECURITY_FACTOR_ON : MSG_SECURITY_FACTOR_OFF},
		{"/account/sessions", MSG_SECURITY_SESSIONS, MSG_SECURITY_SESSIONS_TEXT},
		{"/account/tokens", MSG_SECURITY_TOKENS, MSG_SECURITY_TOKENS_TEXT},
		{"/account/export.json", MSG_SECURITY_EXPORT, MSG_SECURITY_EXPORT_TEXT},
		{"/account/delete", MSG_SECURITY_DELETE, MSG_SECURITY_DELETE_TEXT},
		{NULL, FORM_NONE, FORM_NONE},
	};
	account_put_begin(b, &v->page, MSG_ACCOUNT_SECURITY, v->done);
	account_put_links(b, v->page.lang, links);
	account_put_back(b, v->page.lang, "/account", MSG_ACCOUNT_BACK);
	layout_end(b, &v->page);
}

void account_ask_view(struct buf *b, const struct account_ask_view *v)
{
	account_put_begin(b, &v->page, v->heading, NULL);
	html_lit(b, "<p>");
	html_tr1(b, v->page.lang, v->text, v->arg);
	html_lit(b, "</p>\n");
	form_put_button(b, v->page.lang, v->form_age, &(struct form_button){.path = v->page.path, .label = v->button, .primary = true});
	layout_end(b, &v->page);
}

static void put_leaving(struct buf *b, const struct account_view *v)
{
	struct buf date;
	buf_init(&date, DATE_CAP);
	format_date(&date, v->page.lang, v->member->delete_at);
	html_lit(b, "<div class=\"notice\">\n<p>");
	html_tr1(b, v->page.lang, MSG_ACCOUNT_LEAVING, buf_str(&date));
	html_lit(b, "</p>\n");
	form_put_button(b, v->page.lang, v->form_age, &(struct form_button){.path = "/account/keep", .label = MSG_ACCOUNT_KEEP_BUTTON, .primary = true});
	html_lit(b, "</div>\n");
	buf_free(&date);
}

static void put_unread(struct buf *b, const struct account_view *v)
{
	char number[I64_TEXT_SIZE];
	i64_text(v->unread, number);
	html_lit(b, "<p class=\"onwards\"><a href=\"");
	html_attr(b, lang_prefix(v->page.lang));
	html_lit(b, "/account/messages\">");
	html_tr1(b, v->page.lang, v->unread == 1 ? MSG_INBOX_NEW_ONE : MSG_INBOX_NEW_MANY, number);
	html_lit(b, "</a></p>\n");
}

void account_overview_view(struct buf *b, const struct account_view *v)
{
	enum lang lang = v->page.lang;
	account_put_begin(b, &v->page, MSG_ACCOUNT_TITLE, v->done);
	html_lit(b, "<p class=\"person\">");
	photo_face(b, v->photo_base, v->member->picture);
	html_trf(b, lang, MSG_ACCOUNT_HELLO, (const char *const[]){v->member->name, v->member->email}, 2);
	html_lit(b, "</p>\n");
	if (v->member->state == MEMBER_LEAVING)
		put_leaving(b, v);
	if (v->unread > 0)
		put_unread(b, v);
	if (v->member->role >= ROLE_MODERATOR)
		account_put_links(b, lang, v->member->role == ROLE_ADMIN ? links_admin : links_moderator);
	account_put_links(b, lang, links_member);
	form_put_button(b, lang, v->form_age, &(struct form_button){.path = "/logout", .label = MSG_ACCOUNT_SIGN_OUT});
	if (v->mail_folder != NULL) {
		html_lit(b, "<p class=\"hint\">");
		html_tr1(b, lang, MSG_ACCOUNT_MAIL_FOLDER, v->mail_folder);
		html_lit(b, "</p>\n");
	}
	layout_end(b, &v->page);
}
