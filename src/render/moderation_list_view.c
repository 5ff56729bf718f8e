/* The public log, bans, rules, a member, and the moderators' form of a listing's words. */
#include <string.h>

#include "render/error_summary.h"
#include "render/form_fields.h"
#include "render/listing_card.h"
#include "render/moderation_view.h"
#include "render/photo_view.h"
#include "text/format.h"

enum { NUMBER_CAP = 64, PRICE_MAX = 20, STOCK_DIGITS = 4, LARGEST_PICTURE = 320 };

enum msg moderation_action_message(enum moderation_action a)
{
	switch (a) {
	case MODERATION_APPROVE: return MSG_ACTION_APPROVE;
	case MODERATION_REJECT: return MSG_ACTION_REJECT;
	case MODERATION_HOLD: return MSG_ACTION_HOLD;
	case MODERATION_RELEASE: return MSG_ACTION_RELEASE;
	case MODERATION_REMOVE: return MSG_ACTION_REMOVE;
	case MODERATION_EDIT: return MSG_ACTION_EDIT;
	case MODERATION_DISMISS: return MSG_ACTION_DISMISS;
	case MODERATION_UPHOLD: return MSG_ACTION_UPHOLD;
	case MODERATION_BAN: return MSG_ACTION_BAN;
	case MODERATION_UNBAN: return MSG_ACTION_UNBAN;
	case MODERATION_TRUST: return MSG_ACTION_TRUST;
	case MODERATION_NEVER_TRUST: return MSG_ACTION_NEVER_TRUST;
	case MODERATION_ROLE: return MSG_ACTION_ROLE;
	case MODERATION_RULE_ADD: return MSG_ACTION_RULE_ADD;
	case MODERATION_RULE_REMOVE: return MSG_ACTION_RULE_REMOVE;
	case MODERATION_DISABLE: return MSG_ACTION_DISABLE;
	case MODERATION_ENABLE: return MSG_ACTION_ENABLE;
	case MODERATION_PHOTO: return MSG_ACTION_PHOTO;
	case MODERATION_PICTURE: return MSG_ACTION_PICTURE;
	case MODERATION_FORGET_TRUST: break;
	}
	return MSG_ACTION_FORGET_TRUST;
}

/* "listing 12" (a link where it can be read), "a member", or nothing. */
static void put_subject(struct buf *b, enum lang lang, const struct moderation_entry *e)
{
	struct buf number;
	if (e->listing_id == 0) {
		if (e->member_id != 0)
			html_tr(b, lang, MSG_LOG_MEMBER);
		else if (e->action == MODERATION_BAN || e->action == MODERATION_UNBAN)
			html_tr(b, lang, MSG_LOG_ADDRESS);
		return;
	}
	buf_init(&number, NUMBER_CAP);
	buf_i64(&number, e->listing_id);
	if (e->is_public) {
		html_lit(b, "<a href=\"");
		html_attr(b, lang_prefix(lang));
		html_lit(b, "/listings/");
		html_int(b, e->listing_id);
		html_lit(b, "/");
		html_url(b, e->slug);
		html_lit(b, "\">");
	}
	html_tr1(b, lang, MSG_LOG_LISTING, buf_str(&number));
	if (e->is_public)
		html_lit(b, "</a>");
	buf_free(&number);
}

static void put_entry(struct buf *b, const struct moderation_log_view *v, const struct moderation_entry *e)
{
	enum lang lang = v->page.lang;
	enum msg reason = moderation_reason_message(e->code);
	html_lit(b, "<li>\n<p><b>");
	html_tr(b, lang, moderation_action_message(e->action));
	html_lit(b, "</b> ");
	put_subject(b, lang, e);
	html_lit(b, " · ");
	html_tr(b, lang, e->moderator_id != 0 ? MSG_LOG_MODERATOR : MSG_LOG_SITE);
	html_lit(b, " · ");
	listing_put_time(b, lang, e->created_at, v->now);
	html_lit(b, "</p>\n");
	if (reason != MSG_COUNT) {
		html_lit(b, "<p>");
		html_tr(b, lang, reason);
		html_lit(b, "</p>\n");
	}
	html_lines(b, e->reason);
	html_lit(b, "</li>\n");
}

static void put_next(struct buf *b, enum lang lang, const char *href)
{
	if (href == NULL)
		return;
	html_lit(b, "<nav class=\"pager\" aria-label=\"");
	html_tr(b, lang, MSG_PAGER_LABEL);
	html_lit(b, "\">\n<a rel=\"next\" href=\"");
	html_href(b, href);
	html_lit(b, "\">");
	html_tr(b, lang, MSG_PAGER_OLDER);
	html_lit(b, "</a>\n</nav>\n");
}

void moderation_log_view(struct buf *b, const struct moderation_log_view *v)
{
	enum lang lang = v->page.lang;
	layout_begin(b, &v->page);
	html_lit(b, "<h1>");
	html_tr(b, lang, MSG_LOG_TITLE);
	html_lit(b, "</h1>\n<p>");
	html_tr(b, lang, MSG_LOG_INTRO);
	html_lit(b, "</p>\n");
	if (v->count > 0) {
		html_lit(b, "<ol class=\"log\">\n");
		for (size_t i = 0; i < v->count; i++)
			put_entry(b, v, &v->entries[i]);
		html_lit(b, "</ol>\n");
	} else {
		html_lit(b, "<div class=\"empty\"><p>");
		html_tr(b, lang, MSG_LOG_EMPTY);
		html_lit(b, "</p></div>\n");
	}
	put_next(b, lang, v->next_href);
	layout_end(b, &v->page);
}

static const char *typed(const struct form_view *v, const char *name)
{
	for (size_t i = 0; i < v->value_count; i++)
		if (strcmp(v->values[i].name, name) == 0)
			return v->values[i].value;
	return "";
}

/* The beginning of a page with a form: mistakes, heading, introduction. */
static void begin_page(struct buf *b, const struct page *p, const struct form_view *form, const struct field_label *labels, size_t n, enum msg intro)
{
	layout_begin(b, p);
	error_summary(b, p->lang, form->errors, labels, n);
	html_lit(b, "<h1>");
	html_text(b, p->title);
	html_lit(b, "</h1>\n<p>");
	html_tr(b, p->lang, intro);
	html_lit(b, "</p>\n");
	if (form->note != NULL) {
		html_lit(b, "<div class=\"notice good\" role=\"status\">\n<p>");
		html_text(b, form->note);
		html_lit(b, "</p>\n</div>\n");
	}
}

static void begin_form(struct buf *b, const struct form_view *form, const char *path, const char *tail)
{
	html_lit(b, "<form class=\"form\" action=\"");
	html_attr(b, lang_prefix(form->page.lang));
	html_attr(b, path);
	html_attr(b, tail);
	html_lit(b, "\" method=\"post\" data-once novalidate>\n");
	form_age_field(b, form->form_age);
}

static void end_form(struct buf *b, enum lang lang, enum msg button)
{
	html_lit(b, "<button class=\"button primary\" type=\"submit\">");
	html_tr(b, lang, button);
	html_lit(b, "</button>\n</form>\n");
}

static void put_text_field(struct buf *b, const struct form_view *form, const char *name, enum msg label, enum msg hint, int max)
{
	enum lang lang = form->page.lang;
	html_lit(b, "<div class=\"field\">\n<label for=\"f-");
	html_attr(b, name);
	html_lit(b, "\">");
	html_tr(b, lang, label);
	html_lit(b, "</label>\n");
	field_error_text(b, lang, form->errors, name);
	html_lit(b, "<input type=\"text\" autocomplete=\"off\" name=\"");
	html_attr(b, name);
	html_lit(b, "\" id=\"f-");
	html_attr(b, name);
	html_lit(b, "\" aria-describedby=\"h-");
	html_attr(b, name);
	html_lit(b, "\" maxlength=\"");
	html_int(b, max);
	html_lit(b, "\" value=\"");
	html_attr(b, typed(form, name));
	html_lit(b, "\">\n<p class=\"hint\" id=\"h-");
	html_attr(b, name);
	html_lit(b, "\">");
	html_tr(b, lang, hint);
	html_lit(b, "</p>\n</div>\n");
}

/* Two ways, the first unless the other was chosen. */
static void put_choice(struct buf *b, const struct form_view *form, const char *name, enum msg legend, const char *const values[2], const enum msg texts[2])
{
	enum lang lang = form->page.lang;
	html_lit(b, "<fieldset class=\"field\">\n<legend>");
	html_tr(b, lang, legend);
	html_lit(b, "</legend>\n");
	field_error_text(b, lang, form->errors, name);
	for (int i = 0; i < 2; i++) {
		html_lit(b, "<label class=\"choice\"><input type=\"radio\" name=\"");
		html_attr(b, name);
		html_lit(b, "\" value=\"");
		html_attr(b, values[i]);
		html_lit(b, "\"");
		if (i == (strcmp(typed(form, name), values[1]) == 0))
			html_lit(b, " checked");
		html_lit(b, ">");
		html_tr(b, lang, texts[i]);
		html_lit(b, "</label>\n");
	}
	html_lit(b, "</fieldset>\n");
}

/* A form that is one button. */
static void put_button_form(struct buf *b, const struct form_view *form, const char *path, int64_t id, const char *tail, enum msg text, const char *about)
{
	enum lang lang = form->page.lang;
	html_lit(b, "<form action=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, path);
	html_int(b, id);
	html_attr(b, tail);
	html_lit(b, "\" method=\"post\" data-once>");
	form_age_field(b, form->form_age);
	html_lit(b, "<button type=\"submit\">");
	html_tr(b, lang, text);
	html_lit(b, "<span class=\"unseen\"> ");
	html_text(b, about);
	html_lit(b, "</span></button></form>\n");
}

static void put_heading(struct buf *b, enum lang lang, enum msg text)
{
	html_lit(b, "<h2>");
	html_tr(b, lang, text);
	html_lit(b, "</h2>\n");
}

static void put_back(struct buf *b, enum lang lang)
{
	html_lit(b, "<p class=\"onwards\"><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/moderation\">");
	html_tr(b, lang, MSG_QUEUE_BACK);
	html_lit(b, "</a></p>\n");
}

void moderation_bans_view(struct buf *b, const struct bans_view *v)
{
	static const struct field_label labels[] = {{"value", MSG_LABEL_BAN_VALUE}, {"days", MSG_LABEL_BAN_DAYS}, {"words", MSG_LABEL_DECISION_WORDS}};
	const struct page *page = &v->form.page;
	enum lang lang = page->lang;
	begin_page(b, page, &v->form, labels, FORM_COUNT(labels), MSG_BANS_INTRO);
	html_lit(b, "<ul class=\"log\">\n");
	for (size_t i = 0; i < v->count; i++) {
		const struct ban *ban = &v->bans[i];
		html_lit(b, "<li>\n<p><b class=\"wrap-any\">");
		html_text(b, ban->value);
		html_lit(b, "</b> · ");
		listing_put_time(b, lang, ban->created_at, v->now);
		if (ban->expires_at != 0) {
			struct buf day;
			buf_init(&day, NUMBER_CAP);
			format_date(&day, lang, ban->expires_at);
			html_lit(b, " · ");
			html_tr1(b, lang, MSG_BAN_UNTIL, buf_str(&day));
			buf_free(&day);
		}
		html_lit(b, "</p>\n");
		html_lines(b, ban->reason);
		put_button_form(b, &v->form, "/moderation/bans/", ban->id, "/lift", MSG_BAN_LIFT, ban->value);
		html_lit(b, "</li>\n");
	}
	html_lit(b, "</ul>\n");
	put_next(b, lang, v->next_href);
	put_heading(b, lang, MSG_BAN_ADD);
	begin_form(b, &v->form, "/moderation/bans", "");
	put_text_field(b, &v->form, "value", MSG_LABEL_BAN_VALUE, MSG_HINT_BAN_VALUE, CONTACT_EMAIL_MAX);
	put_text_field(b, &v->form, "days", MSG_LABEL_BAN_DAYS, MSG_HINT_BAN_DAYS, 4);
	put_text_field(b, &v->form, "words", MSG_LABEL_DECISION_WORDS, MSG_HINT_DECISION_WORDS, MODERATION_REASON_MAX);
	end_form(b, lang, MSG_BAN_BUTTON);
	put_back(b, lang);
	layout_end(b, page);
}

static void put_tried(struct buf *b, const struct rules_view *v)
{
	enum lang lang = v->form.page.lang;
	if (v->try_text == NULL)
		return;
	html_lit(b, "<div class=\"notice\" role=\"status\">\n<p>");
	if (v->try_pattern == NULL)
		html_tr(b, lang, MSG_RULE_TRY_NONE);
	else
		html_tr1(b, lang, v->try_action == RULE_REFUSE ? MSG_RULE_TRY_REFUSE : MSG_RULE_TRY_HOLD, v->try_pattern);
	html_lit(b, "</p>\n</div>\n");
}

static void put_rules(struct buf *b, const struct rules_view *v)
{
	enum lang lang = v->form.page.lang;
	html_lit(b, "<ul class=\"log\">\n");
	for (size_t i = 0; i < v->count; i++) {
		const struct content_rule *r = &v->rules[i];
		html_lit(b, "<li>\n<p><b class=\"wrap-any\">");
		html_text(b, r->pattern);
		html_lit(b, "</b> · ");
		html_tr(b, lang, r->kind == RULE_LINK ? MSG_RULE_LINK : MSG_RULE_WORDS);
		html_lit(b, " · ");
		html_tr(b, lang, r->action == RULE_REFUSE ? MSG_RULE_REFUSE : MSG_RULE_HOLD);
		html_lit(b, "</p>\n");
		html_lines(b, r->note);
		put_button_form(b, &v->form, "/moderation/rules/", r->id, "/remove", MSG_RULE_REMOVE, r->pattern);
		html_lit(b, "</li>\n");
	}
	html_lit(b, "</ul>\n");
}

void moderation_rules_view(struct buf *b, const struct rules_view *v)
{
	static const struct field_label labels[] = {{"pattern", MSG_LABEL_RULE_PATTERN}, {"note", MSG_LABEL_RULE_NOTE}, {"text", MSG_LABEL_RULE_TRY}};
	static const char *const kinds[2] = {"words", "link"}, *const actions[2] = {"hold", "refuse"};
	static const enum msg kind_texts[2] = {MSG_RULE_WORDS, MSG_RULE_LINK}, action_texts[2] = {MSG_RULE_HOLD, MSG_RULE_REFUSE};
	const struct form_view *form = &v->form;
	enum lang lang = form->page.lang;
	begin_page(b, &form->page, form, labels, FORM_COUNT(labels), MSG_RULES_INTRO);
	put_tried(b, v);
	put_rules(b, v);
	put_heading(b, lang, MSG_RULE_ADD);
	begin_form(b, form, "/moderation/rules", "");
	put_choice(b, form, "kind", MSG_LABEL_RULE_KIND, kinds, kind_texts);
	put_text_field(b, form, "pattern", MSG_LABEL_RULE_PATTERN, MSG_HINT_RULE_PATTERN, 200);
	put_choice(b, form, "action", MSG_LABEL_RULE_ACTION, actions, action_texts);
	put_text_field(b, form, "note", MSG_LABEL_RULE_NOTE, MSG_HINT_RULE_NOTE, RULE_NOTE_MAX);
	end_form(b, lang, MSG_RULE_BUTTON);
	put_heading(b, lang, MSG_RULE_TRY);
	begin_form(b, form, "/moderation/rules", "/try");
	html_lit(b, "<div class=\"field\">\n<label for=\"f-text\">");
	html_tr(b, lang, MSG_LABEL_RULE_TRY);
	html_lit(b, "</label>\n");
	field_error_text(b, lang, form->errors, "text");
	html_lit(b, "<textarea rows=\"4\" name=\"text\" id=\"f-text\" maxlength=\"");
	html_int(b, LISTING_DESCRIPTION_MAX);
	html_lit(b, "\">\n");
	html_text(b, v->try_text != NULL ? v->try_text : typed(form, "text"));
	html_lit(b, "</textarea>\n</div>\n");
	end_form(b, lang, MSG_RULE_TRY_BUTTON);
	put_back(b, lang);
	layout_end(b, &form->page);
}

static void put_fact(struct buf *b, enum lang lang, enum msg label, enum msg value)
{
	html_lit(b, "<dt>");
	html_tr(b, lang, label);
	html_lit(b, "</dt><dd>");
	html_tr(b, lang, value);
	html_lit(b, "</dd>\n");
}

static void put_member(struct buf *b, const struct member_view *v)
{
	static const enum msg roles[] = {MSG_ROLE_MEMBER, MSG_ROLE_MODERATOR, MSG_ROLE_ADMIN}, trusts[] = {MSG_TRUST_NEW, MSG_TRUST_TRUSTED, MSG_TRUST_NEVER};
	static const enum msg states[] = {MSG_STATE_ACTIVE, MSG_STATE_ACTIVE, MSG_STATE_DISABLED, MSG_STATE_LEAVING, MSG_STATE_GONE};
	enum lang lang = v->form.page.lang;
	const struct member *m = v->member;
	html_lit(b, "<dl class=\"facts\">\n<dt>");
	html_tr(b, lang, MSG_MODERATION_EMAIL);
	html_lit(b, "</dt><dd><span class=\"wrap-any\">");
	html_text(b, m->email);
	html_lit(b, "</span></dd>\n<dt>");
	html_tr(b, lang, MSG_MODERATION_ACCOUNT);
	html_lit(b, "</dt><dd>");
	listing_put_time(b, lang, m->created_at, v->now);
	html_lit(b, "</dd>\n");
	put_fact(b, lang, MSG_MODERATION_STATE, states[m->state]);
	put_fact(b, lang, MSG_MODERATION_ROLE, roles[m->role]);
	put_fact(b, lang, MSG_MODERATION_TRUST, trusts[m->trust]);
	html_lit(b, "</dl>\n");
}

static void put_trust_form(struct buf *b, const struct member_view *v)
{
	static const struct {
		enum member_trust trust;
		const char *value;
		enum msg text;
	} ways[] = {{TRUST_TRUSTED, "trusted", MSG_TRUST_GIVE}, {TRUST_NEVER, "never", MSG_TRUST_REFUSE}, {TRUST_NEW, "new", MSG_TRUST_FORGET}};
	enum lang lang = v->form.page.lang;
	html_lit(b, "<form action=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/moderation/members/");
	html_int(b, v->member->id);
	html_lit(b, "/trust\" method=\"post\" data-once>\n");
	form_age_field(b, v->form.form_age);
	html_lit(b, "<p class=\"actions\">\n");
	for (size_t i = 0; i < FORM_COUNT(ways); i++) {
		if (ways[i].trust == v->member->trust)
			continue;
		html_lit(b, "<button type=\"submit\" name=\"trust\" value=\"");
		html_attr(b, ways[i].value);
		html_lit(b, "\">");
		html_tr(b, lang, ways[i].text);
		html_lit(b, "</button>\n");
	}
	html_lit(b, "</p>\n</form>\n");
}

static void put_picture(struct buf *b, const struct member_view *v)
{
	enum lang lang = v->form.page.lang;
	if (*v->picture->key == '\0')
		return;
	put_heading(b, lang, MSG_MODERATION_PICTURE);
	html_lit(b, "<div class=\"own-picture\">\n<div class=\"shot\">");
	photo_picture(b, v->picture, &(struct photo_shown){.base = v->photo_base, .sizes = "10rem", .alt = tr(lang, MSG_MODERATION_PICTURE_ALT), .largest = LARGEST_PICTURE});
	html_lit(b, "</div>\n</div>\n");
	begin_form(b, &v->form, v->form.page.path, "/picture/remove");
	html_lit(b, "<input type=\"hidden\" name=\"picture\" value=\"");
	html_attr(b, v->picture->key);
	html_lit(b, "\">\n");
	put_text_field(b, &v->form, "why", MSG_LABEL_DECISION_WORDS, MSG_MODERATION_PICTURE_HINT, MODERATION_REASON_MAX);
	end_form(b, lang, MSG_PICTURE_REMOVE);
}

void moderation_member_view(struct buf *b, const struct member_view *v)
{
	static const struct field_label labels[] = {{"words", MSG_LABEL_DECISION_WORDS}, {"why", MSG_LABEL_DECISION_WORDS}};
	static const char *const values[2] = {"no", "yes"};
	static const enum msg texts[2] = {MSG_BAN_EMAIL_ONLY, MSG_BAN_ADDRESSES_TOO};
	const struct form_view *form = &v->form;
	enum lang lang = form->page.lang;
	begin_page(b, &form->page, form, labels, FORM_COUNT(labels), MSG_MEMBER_INTRO);
	put_member(b, v);
	put_heading(b, lang, MSG_MODERATION_TRUST);
	put_trust_form(b, v);
	put_picture(b, v);
	if (v->may_ban) {
		put_heading(b, lang, MSG_BAN_MEMBER);
		begin_form(b, form, form->page.path, "/ban");
		put_text_field(b, form, "words", MSG_LABEL_DECISION_WORDS, MSG_HINT_DECISION_WORDS, MODERATION_REASON_MAX);
		put_choice(b, form, "addresses", MSG_LABEL_BAN_ADDRESSES, values, texts);
		end_form(b, lang, MSG_BAN_BUTTON);
	}
	put_back(b, lang);
	layout_end(b, &form->page);
}

void moderation_edit_view(struct buf *b, const struct form_view *v)
{
	static const struct form_field fields[] = {
		{"title", MSG_LABEL_TITLE, FORM_NONE, WIDGET_TEXT, LISTING_TITLE_MAX, NULL, false},
		{"description", MSG_LABEL_DESCRIPTION, FORM_NONE, WIDGET_LINES, LISTING_DESCRIPTION_MAX, NULL, false},
		{"category", MSG_LABEL_CATEGORY, FORM_NONE, WIDGET_CATEGORY, 0, NULL, false},
		{"price", MSG_LABEL_PRICE, MSG_HINT_PRICE, WIDGET_MONEY, PRICE_MAX, "off", false},
		{"location", MSG_LABEL_LOCATION, FORM_NONE, WIDGET_PLACE, 0, NULL, false},
		{"stock", MSG_LABEL_STOCK, FORM_NONE, WIDGET_COUNT, STOCK_DIGITS, "off", false},
	};
	static const struct form_words words = {
		MSG_EDIT_LISTING_TITLE, MSG_EDIT_LISTING_INTRO, MSG_EDIT_LISTING_BUTTON, {{FORM_NONE, fields, FORM_COUNT(fields)}}, FORM_TERMS_NONE, NULL,
		{{"/moderation", MSG_QUEUE_BACK}},
	};
	form_put_page(b, v, &words);
}
