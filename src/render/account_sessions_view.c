#include "render/account_sessions_view.h"

#include <stdio.h>

#include "model/device.h"
#include "render/account_view.h"
#include "render/form_fields.h"
#include "text/format.h"

enum { NAME_CAP = 512, PATH_MAX_TEXT = 64 };

static const struct {
	enum scope scope;
	enum msg text;
} scope_texts[] = {
	{SCOPE_READ, MSG_SCOPE_READ_TEXT}, {SCOPE_LISTINGS, MSG_SCOPE_LISTINGS_TEXT}, {SCOPE_MESSAGES, MSG_SCOPE_MESSAGES_TEXT},
	{SCOPE_ACCOUNT, MSG_SCOPE_ACCOUNT_TEXT}, {SCOPE_MODERATION, MSG_SCOPE_MODERATION_TEXT},
};

static const struct form_field name_fields[] = {{"name", MSG_TOKENS_NAME, FORM_NONE, WIDGET_TEXT, MEMBER_NAME_MAX, "off", false}};
static const struct form_field scope_fields[] = {
	{"read", MSG_SCOPE_READ_TEXT, FORM_NONE, WIDGET_CHECKBOX, 0, NULL, true},
	{"listings", MSG_SCOPE_LISTINGS_TEXT, FORM_NONE, WIDGET_CHECKBOX, 0, NULL, true},
	{"messages", MSG_SCOPE_MESSAGES_TEXT, FORM_NONE, WIDGET_CHECKBOX, 0, NULL, true},
	{"account", MSG_SCOPE_ACCOUNT_TEXT, FORM_NONE, WIDGET_CHECKBOX, 0, NULL, true},
	{"moderation", MSG_SCOPE_MODERATION_TEXT, FORM_NONE, WIDGET_CHECKBOX, 0, NULL, true},
};

static const struct form_field password_fields[] = {
	{"password", MSG_LABEL_CURRENT_PASSWORD, FORM_NONE, WIDGET_PASSWORD, 0, "current-password", false},
};

#define TOKEN_WORDS(scopes) {MSG_TOKENS_NEW_TITLE, MSG_TOKENS_NEW_INTRO, MSG_TOKENS_NEW_BUTTON, \
	{{FORM_NONE, name_fields, 1}, {MSG_TOKENS_SCOPES, scope_fields, (scopes)}, {FORM_NONE, password_fields, 1}}, FORM_TERMS_NONE, NULL, {{"/account/tokens", MSG_TOKENS_BACK}}}
/* Moderating is the last: only moderators have it. */
static const struct form_words member_words = TOKEN_WORDS(FORM_COUNT(scope_fields) - 1);
static const struct form_words moderator_words = TOKEN_WORDS(FORM_COUNT(scope_fields));

void account_token_new_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &member_words);
}

void account_token_new_moderator_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &moderator_words);
}

/* joined: where a name of two words is put together. */
static const char *device_name(struct buf *joined, enum lang lang, const struct session *s)
{
	struct device d = device_of(s->user_agent);
	if (s->kind == SESSION_TOKEN)
		return s->label;
	if (d.browser == NULL)
		return tr(lang, s->kind == SESSION_PROGRAM ? MSG_DEVICE_PROGRAM : MSG_DEVICE_BROWSER);
	if (d.system == NULL)
		return d.browser;
	tr_format(joined, lang, MSG_DEVICE_BROWSER_ON, (const char *const[]){d.browser, d.system}, 2);
	return buf_str(joined);
}

static void put_term(struct buf *b, enum lang lang, enum msg term)
{
	html_lit(b, "<dt>");
	html_tr(b, lang, term);
	html_lit(b, "</dt><dd>");
}

static void put_age(struct buf *b, enum lang lang, int64_t t, int64_t now)
{
	struct buf age;
	buf_init(&age, NAME_CAP);
	format_age(&age, lang, t, now);
	html_text(b, buf_str(&age));
	buf_free(&age);
}

static void put_scopes(struct buf *b, enum lang lang, unsigned scopes)
{
	bool first = true;
	put_term(b, lang, MSG_TOKENS_MAY);
	html_lit(b, "<span>");
	for (size_t i = 0; i < FORM_COUNT(scope_texts); i++) {
		if ((scopes & (unsigned)scope_texts[i].scope) == 0)
			continue;
		if (!first)
			html_lit(b, "<br>");
		html_tr(b, lang, scope_texts[i].text);
		first = false;
	}
	html_lit(b, "</span></dd>\n");
}

static void put_facts(struct buf *b, const struct sessions_view *v, const struct session *s)
{
	enum lang lang = v->page.lang;
	bool token = s->kind == SESSION_TOKEN;
	html_lit(b, "<dl class=\"facts\">\n");
	if (token)
		put_scopes(b, lang, s->scopes);
	put_term(b, lang, token ? MSG_TOKENS_USED : MSG_SESSIONS_SEEN);
	/* as it was made, nobody has used it yet */
	if (token && s->last_seen_at == s->created_at)
		html_tr(b, lang, MSG_TOKENS_NEVER);
	else
		put_age(b, lang, s->last_seen_at, v->now);
	html_lit(b, "</dd>\n");
	if (*s->address != '\0') {
		put_term(b, lang, MSG_SESSIONS_FROM);
		html_text(b, s->address);
		html_lit(b, "</dd>\n");
	}
	put_term(b, lang, token ? MSG_TOKENS_UNTIL : MSG_SESSIONS_SIGNED_IN);
	account_put_date(b, lang, token ? s->expires_at : s->created_at);
	html_lit(b, "</dd>\n</dl>\n");
}

static void put_session(struct buf *b, const struct sessions_view *v, const struct session *s)
{
	enum lang lang = v->page.lang;
	struct buf joined;
	char path[PATH_MAX_TEXT], id[I64_TEXT_SIZE];
	buf_init(&joined, NAME_CAP);
	const char *name = device_name(&joined, lang, s);
	i64_text(s->id, id);
	snprintf(path, sizeof path, "/account/%s/%s/end", s->kind == SESSION_TOKEN ? "tokens" : "sessions", id);
	html_lit(b, "<li><h2>");
	html_text(b, name);
	html_lit(b, "</h2>\n");
	put_facts(b, v, s);
	if (s->id == v->current) {
		html_lit(b, "<p class=\"current\"><strong>");
		html_tr(b, lang, MSG_SESSIONS_THIS);
		html_lit(b, "</strong></p>\n");
	} else {
		form_put_button(b, lang, v->form_age, &(struct form_button){
			.path = path, .label = s->kind == SESSION_TOKEN ? MSG_TOKENS_REVOKE : MSG_SESSIONS_END, .about = name});
	}
	html_lit(b, "</li>\n");
	buf_free(&joined);
}

static void put_list(struct buf *b, const struct sessions_view *v)
{
	html_lit(b, "<ul class=\"articles\">\n");
	for (size_t i = 0; i < v->n; i++)
		put_session(b, v, &v->list[i]);
	html_lit(b, "</ul>\n");
}

static void put_intro(struct buf *b, enum lang lang, enum msg text)
{
	html_lit(b, "<p>");
	html_tr(b, lang, text);
	html_lit(b, "</p>\n");
}

void account_sessions_view(struct buf *b, const struct sessions_view *v)
{
	enum lang lang = v->page.lang;
	account_put_begin(b, &v->page, MSG_SECURITY_SESSIONS, v->done);
	put_intro(b, lang, MSG_SESSIONS_INTRO);
	put_list(b, v);
	if (v->n > 1)
		form_put_button(b, lang, v->form_age, &(struct form_button){.path = "/account/sessions/end-others", .label = MSG_SESSIONS_END_OTHERS});
	form_put_button(b, lang, v->form_age, &(struct form_button){.path = "/logout/everywhere", .label = MSG_ACCOUNT_SIGN_OUT_EVERYWHERE});
	account_put_back(b, lang, "/account/security", MSG_SECURITY_BACK);
	layout_end(b, &v->page);
}

void account_tokens_view(struct buf *b, const struct sessions_view *v)
{
	enum lang lang = v->page.lang;
	account_put_begin(b, &v->page, MSG_SECURITY_TOKENS, v->done);
	put_intro(b, lang, MSG_TOKENS_INTRO);
	if (v->n > 0)
		put_list(b, v);
	else
		put_intro(b, lang, MSG_TOKENS_NONE);
	html_lit(b, "<p class=\"actions\"><a class=\"button primary\" href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/account/tokens/new\">");
	html_tr(b, lang, MSG_TOKENS_NEW_TITLE);
	html_lit(b, "</a></p>\n");
	account_put_back(b, lang, "/account/security", MSG_SECURITY_BACK);
	layout_end(b, &v->page);
}

void account_token_shown_view(struct buf *b, const struct page *page, const char *token)
{
	account_put_begin(b, page, MSG_TOKENS_SHOWN_TITLE, tr(page->lang, MSG_TOKENS_SHOWN_TEXT));
	html_lit(b, "<p class=\"secret\"><code>");
	html_text(b, token);
	html_lit(b, "</code></p>\n");
	account_put_back(b, page->lang, "/account/tokens", MSG_TOKENS_BACK);
	layout_end(b, page);
}
