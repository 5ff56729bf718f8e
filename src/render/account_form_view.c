#include "render/account_form_view.h"

#include "model/member.h"
#include "render/form_fields.h"

enum { CODE_MAX = 40 };

static const struct form_field register_fields[] = {
	{"name", MSG_LABEL_NAME, MSG_HINT_ACCOUNT_NAME, WIDGET_TEXT, MEMBER_NAME_MAX, "name", false},
	{"email", MSG_LABEL_EMAIL, MSG_HINT_ACCOUNT_EMAIL, WIDGET_EMAIL, CONTACT_EMAIL_MAX, "email", false},
	{"password", MSG_LABEL_PASSWORD_NEW, MSG_HINT_PASSWORD_NEW, WIDGET_PASSWORD, 0, "new-password", false},
};

static const struct form_field login_fields[] = {
	{"email", MSG_LABEL_EMAIL, FORM_NONE, WIDGET_EMAIL, CONTACT_EMAIL_MAX, "username", false},
	{"password", MSG_LABEL_PASSWORD, FORM_NONE, WIDGET_PASSWORD, 0, "current-password", false},
};

static const struct form_field code_fields[] = {
	{"code", MSG_LABEL_CODE, MSG_HINT_CODE, WIDGET_CODE, CODE_MAX, "one-time-code", false},
};

static const struct form_field verify_fields[] = {
	{"password", MSG_LABEL_PASSWORD_CHOSEN, FORM_NONE, WIDGET_PASSWORD, 0, "current-password", false},
};

static const struct form_field reset_fields[] = {
	{"email", MSG_LABEL_EMAIL, FORM_NONE, WIDGET_EMAIL, CONTACT_EMAIL_MAX, "username", false},
};

static const struct form_field reset_new_fields[] = {
	{"password", MSG_LABEL_PASSWORD_NEW, MSG_HINT_PASSWORD_NEW, WIDGET_PASSWORD, 0, "new-password", false},
};

#define GROUP(fields) {{FORM_NONE, (fields), FORM_COUNT(fields)}}

static const struct form_words register_words = {
	MSG_REGISTER_TITLE, MSG_REGISTER_INTRO, MSG_REGISTER_BUTTON, GROUP(register_fields), FORM_TERMS_ACCOUNT, NULL, {{"/login", MSG_REGISTER_HAVE_ONE}}};
static const struct form_words login_words = {
	MSG_LOGIN_TITLE, MSG_LOGIN_INTRO, MSG_LOGIN_BUTTON, GROUP(login_fields), FORM_TERMS_NONE, "login",
	{{"/reset", MSG_LOGIN_FORGOTTEN}, {"/register", MSG_LOGIN_NO_ACCOUNT}}};
static const struct form_words code_words = {
	MSG_LOGIN_CODE_TITLE, MSG_LOGIN_CODE_INTRO, MSG_LOGIN_BUTTON, GROUP(code_fields), FORM_TERMS_NONE, "login", {{"/login", MSG_LOGIN_ANEW}}};
static const struct form_words verify_words = {
	MSG_VERIFY_TITLE, MSG_VERIFY_INTRO, MSG_VERIFY_BUTTON, GROUP(verify_fields), FORM_TERMS_NONE, NULL, {{"/register", MSG_VERIFY_FORGOTTEN}}};
static const struct form_words reset_words = {
	MSG_RESET_TITLE, MSG_RESET_INTRO, MSG_RESET_BUTTON, GROUP(reset_fields), FORM_TERMS_NONE, NULL, {{"/login", MSG_BACK_TO_LOGIN}}};
static const struct form_words reset_new_words = {
	MSG_RESET_NEW_TITLE, MSG_RESET_NEW_INTRO, MSG_RESET_NEW_BUTTON, GROUP(reset_new_fields), FORM_TERMS_NONE, NULL, FORM_NO_LINKS};

void register_form_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &register_words);
}

void verify_form_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &verify_words);
}

void login_form_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &login_words);
}

void login_code_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &code_words);
}

void reset_form_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &reset_words);
}

void reset_new_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &reset_new_words);
}

static void put_resend(struct buf *b, const struct form_view *v)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<form class=\"form\" action=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, v->page.path);
	html_lit(b, "\" method=\"post\">\n");
	for (size_t i = 0; i < v->hidden_count; i++) {
		html_lit(b, "<input type=\"hidden\" name=\"");
		html_attr(b, v->hidden[i].name);
		html_lit(b, "\" value=\"");
		html_attr(b, v->hidden[i].value);
		html_lit(b, "\">\n");
	}
	html_lit(b, "<button class=\"button primary\" type=\"submit\">");
	html_tr(b, lang, MSG_SIGNED_OUT_AGAIN);
	html_lit(b, "</button>\n</form>\n");
}

void signed_out_view(struct buf *b, const struct form_view *v, const char *login, bool kept)
{
	const struct page *page = &v->page;
	enum lang lang = page->lang;
	layout_begin(b, page);
	html_lit(b, "<h1>");
	html_tr(b, lang, MSG_SIGNED_OUT_TITLE);
	html_lit(b, "</h1>\n<div class=\"notice\">\n<p>");
	if (kept)
		html_tr(b, lang, MSG_SIGNED_OUT_KEPT);
	else
		html_tr(b, lang, MSG_SIGNED_OUT_TEXT);
	html_lit(b, "</p>\n</div>\n<p><a class=\"button\" target=\"_blank\" href=\"");
	html_href(b, login);
	html_lit(b, "\">");
	html_tr(b, lang, MSG_SIGNED_OUT_LOGIN);
	html_lit(b, "</a></p>\n");
	if (kept)
		put_resend(b, v);
	layout_end(b, page);
}
