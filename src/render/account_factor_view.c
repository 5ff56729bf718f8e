#include "render/account_factor_view.h"

#include "render/account_view.h"
#include "render/form_fields.h"
#include "render/qr_svg.h"

enum { CODE_MAX = 40, SECRET_GROUP = 4 };

static const struct form_field code_fields[] = {
	{"code", MSG_LABEL_CODE, FORM_NONE, WIDGET_CODE, CODE_MAX, "one-time-code", false},
};
static const struct form_field password_fields[] = {
	{"password", MSG_LABEL_CURRENT_PASSWORD, FORM_NONE, WIDGET_PASSWORD, 0, "current-password", false},
};
static const struct form_field off_fields[] = {
	{"password", MSG_LABEL_CURRENT_PASSWORD, FORM_NONE, WIDGET_PASSWORD, 0, "current-password", false},
	{"code", MSG_LABEL_CODE, MSG_HINT_CODE, WIDGET_CODE, CODE_MAX, "one-time-code", false},
};

#define FACTOR_LINK {{"/account/second-factor", MSG_SECURITY_FACTOR}}

static const struct form_words confirm_words = {
	MSG_FACTOR_START_TITLE, MSG_FACTOR_SCAN, MSG_FACTOR_CONFIRM, {{FORM_NONE, code_fields, FORM_COUNT(code_fields)}}, false, NULL, FORM_NO_LINKS};
static const struct form_words start_words = {
	MSG_FACTOR_START_TITLE, MSG_FACTOR_START_TEXT, MSG_FACTOR_START_BUTTON, {{FORM_NONE, password_fields, FORM_COUNT(password_fields)}}, false, NULL, FACTOR_LINK};
static const struct form_words off_words = {
	MSG_FACTOR_OFF_TITLE, MSG_FACTOR_OFF_INTRO, MSG_FACTOR_OFF_BUTTON, {{FORM_NONE, off_fields, FORM_COUNT(off_fields)}}, false, NULL, FACTOR_LINK};
static const struct form_words codes_words = {
	MSG_FACTOR_CODES_TITLE, MSG_FACTOR_CODES_INTRO, MSG_FACTOR_CODES_BUTTON, {{FORM_NONE, password_fields, FORM_COUNT(password_fields)}}, false, NULL, FACTOR_LINK};

void account_factor_start_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &start_words);
}

void account_factor_off_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &off_words);
}

void account_factor_codes_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &codes_words);
}

/* In groups of four: it is typed by hand. */
static void put_secret(struct buf *b, const char *secret)
{
	char group[SECRET_GROUP + 1] = {0};
	html_lit(b, "<p class=\"secret\"><code>");
	for (size_t i = 0; secret[i] != '\0'; i++) {
		group[i % SECRET_GROUP] = secret[i];
		if (i % SECRET_GROUP != SECRET_GROUP - 1)
			continue;
		html_text(b, group);
		html_lit(b, " ");
	}
	html_lit(b, "</code></p>\n");
}

static void put_confirm(struct buf *b, const struct factor_view *v)
{
	enum lang lang = v->form.page.lang;
	html_lit(b, "<p>");
	html_tr(b, lang, MSG_FACTOR_SCAN);
	html_lit(b, "</p>\n");
	qr_svg(b, v->uri, tr(lang, MSG_FACTOR_QR));
	html_lit(b, "<p>");
	html_tr(b, lang, MSG_FACTOR_SECRET);
	html_lit(b, "</p>\n");
	put_secret(b, v->secret);
	form_put(b, &v->form, &confirm_words);
}

static void put_on(struct buf *b, const struct factor_view *v)
{
	static const struct account_link links[] = {
		{"/account/second-factor/codes", MSG_FACTOR_CODES_TITLE, MSG_FACTOR_CODES_INTRO},
		{"/account/second-factor/off", MSG_FACTOR_OFF_TITLE, MSG_FACTOR_OFF_TEXT},
		{NULL, FORM_NONE, FORM_NONE},
	};
	char left[I64_TEXT_SIZE];
	i64_text(v->codes_left, left);
	html_lit(b, "<p>");
	html_tr1(b, v->form.page.lang, MSG_FACTOR_INTRO_ON, left);
	html_lit(b, "</p>\n");
	account_put_links(b, v->form.page.lang, links);
}

void account_factor_view(struct buf *b, const struct factor_view *v)
{
	enum lang lang = v->form.page.lang;
	struct page page = v->form.page;
	struct buf title;
	buf_init(&title, 512);
	page.noindex = true;
	page.title = tr(lang, MSG_SECURITY_FACTOR);
	if (v->form.errors != NULL && v->form.errors->n > 0) {
		tr_format(&title, lang, MSG_FORM_ERROR_IN_TITLE, (const char *const[]){page.title}, 1);
		page.title = buf_str(&title);
	}
	layout_begin(b, &page);
	form_put_summary(b, &v->form, &confirm_words);
	account_put_heading(b, lang, MSG_SECURITY_FACTOR, v->done);
	if (v->on) {
		put_on(b, v);
	} else if (v->uri != NULL) {
		put_confirm(b, v);
	} else {
		html_lit(b, "<p>");
		html_tr(b, lang, MSG_FACTOR_INTRO_OFF);
		html_lit(b, "</p>\n<p class=\"actions\"><a class=\"button primary\" href=\"");
		html_attr(b, lang_prefix(lang));
		html_lit(b, "/account/second-factor/start\">");
		html_tr(b, lang, MSG_FACTOR_START_TITLE);
		html_lit(b, "</a></p>\n");
	}
	account_put_back(b, lang, "/account/security", MSG_SECURITY_BACK);
	layout_end(b, &page);
	buf_free(&title);
}

void account_codes_view(struct buf *b, const struct codes_view *v)
{
	enum lang lang = v->page.lang;
	account_put_begin(b, &v->page, MSG_FACTOR_DONE_TITLE, tr(lang, MSG_FACTOR_DONE_TEXT));
	html_lit(b, "<ol class=\"secret\">\n");
	for (int i = 0; i < RECOVERY_CODES; i++) {
		html_lit(b, "<li><code>");
		html_text(b, v->codes[i]);
		html_lit(b, "</code></li>\n");
	}
	html_lit(b, "</ol>\n");
	account_put_back(b, lang, "/account/security", MSG_SECURITY_BACK);
	layout_end(b, &v->page);
}
