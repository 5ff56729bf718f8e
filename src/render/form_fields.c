#include "render/form_fields.h"

#include <string.h>

#include "render/error_summary.h"
#include "render/listing_card.h"
#include "render/listing_view.h"

enum { TITLE_CAP = 2048 };

struct choice {
	const char *value;
	enum msg text;
};

static const struct choice reasons[] = {
	{"spam", MSG_REPORT_SPAM}, {"prohibited", MSG_REPORT_PROHIBITED}, {"wrong", MSG_REPORT_WRONG},
	{"sold", MSG_REPORT_SOLD}, {"other", MSG_REPORT_OTHER},
};
/* A conversation is not sold. */
static const struct choice conversation_reasons[] = {
	{"spam", MSG_REPORT_SPAM}, {"prohibited", MSG_REPORT_PROHIBITED}, {"wrong", MSG_REPORT_WRONG}, {"other", MSG_REPORT_OTHER},
};
static const struct choice frequencies[] = {{"at-once", MSG_ALERT_AT_ONCE}, {"daily", MSG_ALERT_DAILY}, {"none", MSG_ALERT_NONE}};

static const char *typed(const struct form_view *v, const char *name)
{
	for (size_t i = 0; i < v->value_count; i++)
		if (strcmp(v->values[i].name, name) == 0)
			return v->values[i].value != NULL ? v->values[i].value : "";
	return "";
}

static bool has_error(const struct form_view *v, const char *name)
{
	return v->errors != NULL && field_errors_find(v->errors, name) != NULL;
}

/* id, name and what ties the control to its hint and its error. */
static void put_attributes(struct buf *b, const struct form_view *v, const struct form_field *f)
{
	bool error = has_error(v, f->name), hint = f->hint != FORM_NONE;
	html_lit(b, " id=\"f-");
	html_attr(b, f->name);
	html_lit(b, "\" name=\"");
	html_attr(b, f->name);
	html_lit(b, "\"");
	if (!f->optional)
		html_lit(b, " required");
	if (error)
		html_lit(b, " aria-invalid=\"true\"");
	if (error || hint) {
		html_lit(b, " aria-describedby=\"");
		if (error) {
			html_lit(b, "e-");
			html_attr(b, f->name);
		}
		if (error && hint)
			html_lit(b, " ");
		if (hint) {
			html_lit(b, "h-");
			html_attr(b, f->name);
		}
		html_lit(b, "\"");
	}
	if (f->max > 0) {
		html_lit(b, " maxlength=\"");
		html_int(b, f->max);
		html_lit(b, "\"");
	}
	if (f->autocomplete != NULL) {
		html_lit(b, " autocomplete=\"");
		html_attr(b, f->autocomplete);
		html_lit(b, "\"");
	}
}

static void put_input(struct buf *b, const struct form_view *v, const struct form_field *f)
{
	html_lit(b, "<input");
	switch (f->widget) {
	case WIDGET_EMAIL:
		html_lit(b, " type=\"email\" spellcheck=\"false\"");
		break;
	case WIDGET_MONEY:
		html_lit(b, " class=\"short\" type=\"text\" inputmode=\"decimal\"");
		break;
	case WIDGET_CODE: /* recovery codes have letters */
		html_lit(b, " class=\"short\" type=\"text\" spellcheck=\"false\" autocapitalize=\"characters\"");
		break;
	case WIDGET_COUNT:
		html_lit(b, " class=\"short\" type=\"text\" inputmode=\"numeric\"");
		break;
	case WIDGET_PASSWORD:
		html_lit(b, " type=\"password\"");
		break;
	default:
		html_lit(b, " type=\"text\"");
	}
	put_attributes(b, v, f);
	if (f->widget != WIDGET_PASSWORD && f->widget != WIDGET_CODE) {
		html_lit(b, " value=\"");
		html_attr(b, typed(v, f->name));
		html_lit(b, "\"");
	}
	html_lit(b, ">\n");
}

static void lang_options(struct buf *b, const char *chosen)
{
	for (int i = 0; i < LANG_COUNT; i++) {
		html_lit(b, "<option value=\"");
		html_attr(b, lang_tag((enum lang)i));
		if (strcmp(chosen, lang_tag((enum lang)i)) == 0)
			html_lit(b, "\" selected>");
		else
			html_lit(b, "\">");
		html_tr(b, (enum lang)i, MSG_LANGUAGE_NAME);
		html_lit(b, "</option>\n");
	}
}

static void put_select(struct buf *b, const struct form_view *v, const struct form_field *f)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<select");
	put_attributes(b, v, f);
	if (f->widget == WIDGET_LANG) {
		html_lit(b, ">\n");
		lang_options(b, typed(v, f->name));
		html_lit(b, "</select>\n");
		return;
	}
	html_lit(b, ">\n<option value=\"\">");
	html_tr(b, lang, MSG_FORM_CHOOSE);
	html_lit(b, "</option>\n");
	if (f->widget == WIDGET_CATEGORY)
		category_options(b, lang, v->catalog, typed(v, f->name));
	else
		place_options(b, lang, v->catalog, typed(v, f->name));
	html_lit(b, "</select>\n");
}

static void put_choices(struct buf *b, const struct form_view *v, const struct form_field *f, const struct choice *list, size_t n)
{
	const char *chosen = typed(v, f->name);
	html_lit(b, "<fieldset class=\"field\">\n<legend>");
	html_tr(b, v->page.lang, f->widget == WIDGET_REASON ? MSG_REPORT_REASON : f->label);
	html_lit(b, "</legend>\n");
	field_error_text(b, v->page.lang, v->errors, f->name);
	for (size_t i = 0; i < n; i++) {
		html_lit(b, "<label class=\"choice\"><input type=\"radio\" name=\"");
		html_attr(b, f->name);
		html_lit(b, "\" value=\"");
		html_attr(b, list[i].value);
		html_lit(b, "\"");
		if (i == 0) { /* where the summary's link leads */
			html_lit(b, " id=\"f-");
			html_attr(b, f->name);
			html_lit(b, "\"");
		}
		if (has_error(v, f->name)) {
			html_lit(b, " aria-describedby=\"e-");
			html_attr(b, f->name);
			html_lit(b, "\"");
		}
		if (strcmp(chosen, list[i].value) == 0)
			html_lit(b, " checked");
		html_lit(b, " required>");
		html_tr(b, v->page.lang, list[i].text);
		html_lit(b, "</label>\n");
	}
	html_lit(b, "</fieldset>\n");
}

static void put_label(struct buf *b, enum lang lang, const struct form_field *f)
{
	html_lit(b, "<div class=\"field\">\n<label for=\"f-");
	html_attr(b, f->name);
	html_lit(b, "\">");
	html_tr(b, lang, f->label);
	if (f->optional) {
		html_lit(b, " <span class=\"optional\">");
		html_tr(b, lang, MSG_FORM_OPTIONAL);
		html_lit(b, "</span>");
	}
	html_lit(b, "</label>\n");
}

static void put_hint(struct buf *b, enum lang lang, const struct form_field *f)
{
	if (f->hint == FORM_NONE)
		return;
	html_lit(b, "<p class=\"hint\" id=\"h-");
	html_attr(b, f->name);
	html_lit(b, "\">");
	html_tr(b, lang, f->hint);
	html_lit(b, "</p>\n");
}

static void put_checkbox(struct buf *b, const struct form_view *v, const struct form_field *f)
{
	html_lit(b, "<div class=\"field\">\n");
	field_error_text(b, v->page.lang, v->errors, f->name);
	html_lit(b, "<label class=\"choice\"><input type=\"checkbox\" value=\"yes\"");
	put_attributes(b, v, f);
	if (strcmp(typed(v, f->name), "yes") == 0)
		html_lit(b, " checked");
	html_lit(b, ">");
	html_tr(b, v->page.lang, f->label);
	html_lit(b, "</label>\n");
	put_hint(b, v->page.lang, f);
	html_lit(b, "</div>\n");
}

static void put_field(struct buf *b, const struct form_view *v, const struct form_field *f)
{
	if (f->widget == WIDGET_REASON) {
		put_choices(b, v, f, v->listing != NULL ? reasons : conversation_reasons, v->listing != NULL ? FORM_COUNT(reasons) : FORM_COUNT(conversation_reasons));
		return;
	}
	if (f->widget == WIDGET_FREQUENCY) {
		put_choices(b, v, f, frequencies, FORM_COUNT(frequencies));
		return;
	}
	if (f->widget == WIDGET_CHECKBOX) {
		put_checkbox(b, v, f);
		return;
	}
	put_label(b, v->page.lang, f);
	field_error_text(b, v->page.lang, v->errors, f->name);
	if (f->widget == WIDGET_CATEGORY || f->widget == WIDGET_PLACE || f->widget == WIDGET_LANG) {
		put_select(b, v, f);
	} else if (f->widget == WIDGET_LINES) {
		html_lit(b, "<textarea rows=\"8\"");
		put_attributes(b, v, f);
		/* the parser drops one newline after the tag, so that a value's own is kept */
		html_lit(b, ">\n");
		html_text(b, typed(v, f->name));
		html_lit(b, "</textarea>\n");
	} else {
		put_input(b, v, f);
	}
	put_hint(b, v->page.lang, f);
	html_lit(b, "</div>\n");
}

void form_age_field(struct buf *b, const char *age)
{
	html_lit(b, "<input type=\"hidden\" name=\"_age\" value=\"");
	html_attr(b, age);
	html_lit(b, "\">\n");
}

/* The field that only robots fill in, and the form's age. */
static void put_traps(struct buf *b, const struct form_view *v)
{
	html_lit(b, "<div class=\"hp\" aria-hidden=\"true\"><label for=\"f-website\">");
	html_tr(b, v->page.lang, MSG_LABEL_WEBSITE);
	html_lit(b, "</label><input type=\"text\" id=\"f-website\" name=\"website\" value=\"\" autocomplete=\"off\" tabindex=\"-1\"></div>\n");
	form_age_field(b, v->form_age != NULL ? v->form_age : "");
}

/* What the form carries without showing it. */
static void put_hidden(struct buf *b, const struct form_view *v)
{
	for (size_t i = 0; i < v->hidden_count; i++) {
		html_lit(b, "<input type=\"hidden\" name=\"");
		html_attr(b, v->hidden[i].name);
		html_lit(b, "\" value=\"");
		html_attr(b, v->hidden[i].value);
		html_lit(b, "\">\n");
	}
}

static void put_page_link(struct buf *b, enum lang lang, const char *path, enum msg text)
{
	html_lit(b, " <a href=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, path);
	html_lit(b, "\">");
	html_tr(b, lang, text);
	html_lit(b, "</a>");
}

static void put_group(struct buf *b, const struct form_view *v, const struct form_group *g)
{
	bool named = g->count > 0 && g->legend != FORM_NONE;
	if (named) {
		html_lit(b, "<fieldset>\n<legend>");
		html_tr(b, v->page.lang, g->legend);
		html_lit(b, "</legend>\n");
	}
	for (size_t i = 0; i < g->count; i++)
		put_field(b, v, &g->fields[i]);
	if (named)
		html_lit(b, "</fieldset>\n");
}

void form_put(struct buf *b, const struct form_view *v, const struct form_words *words)
{
	enum lang lang = v->page.lang;
	/* novalidate: mistakes are told in our words and language, all at once */
	html_lit(b, "<form class=\"form\" action=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, v->page.path);
	html_lit(b, "\" method=\"post\" data-once novalidate>\n");
	for (size_t i = 0; i < FORM_GROUPS_MAX; i++)
		put_group(b, v, &words->groups[i]);
	if (words->terms != FORM_TERMS_NONE) {
		html_lit(b, "<p>");
		html_tr(b, lang, words->terms == FORM_TERMS_ACCOUNT ? MSG_REGISTER_TERMS : MSG_SUBMIT_TERMS);
		put_page_link(b, lang, "/terms", MSG_TERMS_LINK);
		html_lit(b, " ·");
		put_page_link(b, lang, "/privacy", MSG_PRIVACY_LINK);
		html_lit(b, "</p>\n");
	}
	put_hidden(b, v);
	put_traps(b, v);
	html_lit(b, "<button class=\"button primary\" type=\"submit\">");
	html_tr(b, lang, words->button);
	html_lit(b, "</button>\n");
	if (v->second_name != NULL) {
		html_lit(b, "<button class=\"button\" type=\"submit\" name=\"");
		html_attr(b, v->second_name);
		html_lit(b, "\" value=\"1\">");
		html_tr(b, lang, v->second);
		html_lit(b, "</button>\n");
	}
	html_lit(b, "</form>\n");
}

void form_put_button(struct buf *b, enum lang lang, const char *form_age, const struct form_button *f)
{
	html_lit(b, "<form action=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, f->path);
	html_lit(b, "\" method=\"post\" data-once>\n");
	form_age_field(b, form_age);
	if (f->primary)
		html_lit(b, "<button class=\"button primary\" type=\"submit\">");
	else
		html_lit(b, "<button class=\"button\" type=\"submit\">");
	html_tr(b, lang, f->label);
	if (f->about != NULL) {
		html_lit(b, "<span class=\"unseen\"> ");
		html_text(b, f->about);
		html_lit(b, "</span>");
	}
	html_lit(b, "</button>\n</form>\n");
}

void form_put_summary(struct buf *b, const struct form_view *v, const struct form_words *words)
{
	struct field_label labels[FORM_FIELDS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < FORM_GROUPS_MAX; i++)
		for (size_t k = 0; k < words->groups[i].count && n < FORM_FIELDS_MAX; k++, n++)
			labels[n] = (struct field_label){words->groups[i].fields[k].name, words->groups[i].fields[k].label};
	error_summary(b, v->page.lang, v->errors, labels, n);
}

static void put_note(struct buf *b, const char *note)
{
	if (note == NULL)
		return;
	html_lit(b, "<div class=\"notice\">\n<p>");
	html_text(b, note);
	html_lit(b, "</p>\n</div>\n");
}

static void put_links(struct buf *b, enum lang lang, const struct form_words *words)
{
	for (size_t i = 0; i < FORM_LINKS_MAX && words->links[i].path != NULL; i++) {
		html_lit(b, "<p class=\"onwards\">");
		put_page_link(b, lang, words->links[i].path, words->links[i].text);
		html_lit(b, "</p>\n");
	}
}

/* The whole page. A listing's form names the listing and leads back to it. */
void form_put_page(struct buf *b, const struct form_view *v, const struct form_words *words)
{
	struct page page = v->page;
	enum lang lang = page.lang;
	struct buf title;
	buf_init(&title, TITLE_CAP);
	/* one form per listing and language is nothing to find by a search */
	if (v->listing != NULL)
		page.noindex = true;
	if (page.section == NULL)
		page.section = words->section;
	if (page.title == NULL)
		page.title = tr(lang, words->heading);
	if (v->errors != NULL && v->errors->n > 0) {
		tr_format(&title, lang, MSG_FORM_ERROR_IN_TITLE, (const char *const[]){page.title}, 1);
		page.title = buf_str(&title);
	}
	layout_begin(b, &page);
	form_put_summary(b, v, words);
	html_lit(b, "<h1>");
	html_tr(b, lang, words->heading);
	html_lit(b, "</h1>\n<p>");
	html_tr1(b, lang, words->intro, v->listing != NULL ? v->listing->title : v->arg);
	html_lit(b, "</p>\n");
	put_note(b, v->note);
	if (v->address != NULL)
		form_contact_address(b, lang, v->address);
	form_put(b, v, words);
	put_links(b, lang, words);
	if (v->listing != NULL) {
		html_lit(b, "<p class=\"onwards\"><a href=\"");
		listing_put_href(b, lang, v->listing);
		html_lit(b, "\">");
		html_tr(b, lang, MSG_BACK_TO_LISTING);
		html_lit(b, "</a></p>\n");
	}
	layout_end(b, &page);
	buf_free(&title);
}
