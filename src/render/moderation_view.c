#include "render/moderation_view.h"

#include <string.h>

#include "render/error_summary.h"
#include "render/listing_card.h"
#include "render/photo_page_view.h"
#include "text/format.h"

enum { TITLE_CAP = 2048 };

static const struct {
	enum decision_kind kind;
	enum msg text;
} buttons[] = {
	{DECISION_APPROVE, MSG_DECIDE_APPROVE}, {DECISION_DISMISS, MSG_DECIDE_DISMISS}, {DECISION_REJECT, MSG_DECIDE_REJECT}, {DECISION_HOLD, MSG_DECIDE_HOLD},
	{DECISION_REMOVE, MSG_DECIDE_REMOVE},
};
static const enum msg flag_texts[FLAG_REASON_COUNT] = {MSG_REPORT_SPAM, MSG_REPORT_PROHIBITED, MSG_REPORT_WRONG, MSG_REPORT_SOLD, MSG_REPORT_OTHER};
static const enum msg trust_texts[] = {MSG_TRUST_NEW, MSG_TRUST_TRUSTED, MSG_TRUST_NEVER};
static const struct field_label labels[] = {{"reason", MSG_LABEL_DECISION_REASON}, {"words", MSG_LABEL_DECISION_WORDS}};

enum msg moderation_reason_message(enum moderation_reason r)
{
	switch (r) {
	case REASON_PROHIBITED: return MSG_REASON_PROHIBITED;
	case REASON_SPAM: return MSG_REASON_SPAM;
	case REASON_FRAUD: return MSG_REASON_FRAUD;
	case REASON_CATEGORY: return MSG_REASON_CATEGORY;
	case REASON_UNCLEAR: return MSG_REASON_UNCLEAR;
	case REASON_DUPLICATE: return MSG_REASON_DUPLICATE;
	case REASON_PERSONAL: return MSG_REASON_PERSONAL;
	case REASON_FLAGS: return MSG_REASON_FLAGS;
	case REASON_RULE: return MSG_REASON_RULE;
	case REASON_TRUSTED_AFTER: return MSG_REASON_TRUSTED_AFTER;
	case REASON_NONE:
	case REASON_OTHER:
	case REASON_COUNT: break;
	}
	return MSG_COUNT;
}

static const char *typed(const struct moderation_view *v, const char *name)
{
	for (size_t i = 0; i < v->value_count; i++)
		if (strcmp(v->values[i].name, name) == 0)
			return v->values[i].value;
	return "";
}

/* Ids are the entry's own: a page holds many. */
static void put_id(struct buf *b, const struct moderation_view *v, const char *name, int64_t listing_id)
{
	html_attr(b, name);
	if (!v->single) {
		html_lit(b, "-");
		html_int(b, listing_id);
	}
}

static void put_hidden(struct buf *b, const char *name, int64_t value)
{
	html_lit(b, "<input type=\"hidden\" name=\"");
	html_attr(b, name);
	html_lit(b, "\" value=\"");
	html_int(b, value);
	html_lit(b, "\">\n");
}

static size_t own_flags(const struct queue_entry *e)
{
	size_t n = 0;
	for (size_t i = 0; i < e->flag_count; i++)
		n += e->flags[i].conversation_id == 0;
	return n;
}

static void put_why(struct buf *b, enum lang lang, enum msg text, const char *arg)
{
	html_lit(b, "<li>");
	html_tr1(b, lang, text, arg);
	html_lit(b, "</li>\n");
}

/* Why the listing is here. */
static void put_reasons(struct buf *b, const struct moderation_view *v, const struct queue_entry *e)
{
	enum lang lang = v->page.lang;
	const struct listing *l = &e->listing;
	html_lit(b, "<ul class=\"why\">\n");
	if (l->state == LISTING_PENDING)
		put_why(b, lang, l->published_at != 0 ? MSG_WHY_EDITED : *l->reject_reason != '\0' ? MSG_WHY_AGAIN : MSG_WHY_NEW, NULL);
	else if (l->state == LISTING_HELD)
		put_why(b, lang, MSG_WHY_HELD, l->held_reason);
	if (own_flags(e) > 0)
		put_why(b, lang, MSG_WHY_FLAGGED, NULL);
	if (e->flag_count > own_flags(e))
		put_why(b, lang, MSG_WHY_CONVERSATION, NULL);
	if (e->rule != NULL)
		put_why(b, lang, MSG_WHY_RULE, e->rule);
	html_lit(b, "</ul>\n");
}

static void begin_fact(struct buf *b, enum lang lang, enum msg label)
{
	html_lit(b, "<dt>");
	html_tr(b, lang, label);
	html_lit(b, "</dt><dd>");
}

static void put_who(struct buf *b, const struct moderation_view *v, const struct queue_who *who)
{
	enum lang lang = v->page.lang;
	begin_fact(b, lang, MSG_LISTING_SELLER);
	if (who->member_id != 0) {
		html_lit(b, "<a href=\"");
		html_attr(b, lang_prefix(lang));
		html_lit(b, "/moderation/members/");
		html_int(b, who->member_id);
		html_lit(b, "\">");
		html_text(b, who->name);
		html_lit(b, "</a>");
	} else {
		html_text(b, who->name);
	}
	html_lit(b, "</dd>\n");
	begin_fact(b, lang, MSG_MODERATION_EMAIL);
	html_lit(b, "<span class=\"wrap-any\">");
	html_text(b, who->email);
	html_lit(b, "</span></dd>\n");
	begin_fact(b, lang, MSG_MODERATION_ACCOUNT);
	if (who->member_id == 0)
		html_tr(b, lang, MSG_MODERATION_VISITOR);
	else
		listing_put_time(b, lang, who->member_since, v->now);
	html_lit(b, "</dd>\n");
	if (who->member_id != 0) {
		begin_fact(b, lang, MSG_MODERATION_TRUST);
		html_tr(b, lang, trust_texts[who->trust]);
		html_lit(b, "</dd>\n");
	}
	begin_fact(b, lang, MSG_MODERATION_BEFORE);
	format_count(b, lang, who->before);
	html_lit(b, "</dd>\n");
}

static void put_facts(struct buf *b, const struct moderation_view *v, const struct queue_entry *e)
{
	enum lang lang = v->page.lang;
	const struct category *category = catalog_category(v->catalog, e->listing.category_id);
	const struct place *place = catalog_place(v->catalog, e->listing.place_id);
	html_lit(b, "<dl class=\"facts\">\n");
	begin_fact(b, lang, MSG_LISTING_PLACE);
	html_text(b, place != NULL ? place->name[lang] : "");
	html_lit(b, "</dd>\n");
	begin_fact(b, lang, MSG_LISTING_CATEGORY);
	html_text(b, category != NULL ? category->name[lang] : "");
	html_lit(b, "</dd>\n");
	begin_fact(b, lang, MSG_LISTING_STOCK);
	format_count(b, lang, e->listing.stock);
	html_lit(b, "</dd>\n");
	put_who(b, v, &e->who);
	begin_fact(b, lang, MSG_MODERATION_SINCE);
	if (e->since != 0)
		listing_put_time(b, lang, e->since, v->now);
	html_lit(b, "</dd>\n</dl>\n");
}

static void put_conversation(struct buf *b, const struct moderation_view *v, const struct flag *f)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<ol class=\"lines\">\n");
	for (size_t i = 0; i < f->line_count; i++) {
		html_lit(b, "<li><b>");
		html_tr(b, lang, f->lines[i].from_seller ? MSG_MODERATION_SELLER : MSG_MODERATION_BUYER);
		html_lit(b, "</b>\n");
		html_lines(b, f->lines[i].body);
		html_lit(b, "</li>\n");
	}
	html_lit(b, "</ol>\n<form action=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/moderation/conversations/");
	html_int(b, f->conversation_id);
	html_lit(b, "\" method=\"post\" data-once>\n");
	form_age_field(b, v->form_age);
	html_lit(b, "<p class=\"actions\"><button type=\"submit\" name=\"decision\" value=\"uphold\">");
	html_tr(b, lang, MSG_DECIDE_END_CONVERSATION);
	html_lit(b, "</button> <button type=\"submit\" name=\"decision\" value=\"dismiss\">");
	html_tr(b, lang, MSG_DECIDE_DISMISS);
	html_lit(b, "</button></p>\n</form>\n");
}

static void put_flags(struct buf *b, const struct moderation_view *v, const struct queue_entry *e)
{
	enum lang lang = v->page.lang;
	if (e->flag_count == 0)
		return;
	html_lit(b, "<h3>");
	html_tr(b, lang, MSG_MODERATION_FLAGS);
	html_lit(b, "</h3>\n<ul class=\"reports\">\n");
	for (size_t i = 0; i < e->flag_count; i++) {
		const struct flag *f = &e->flags[i];
		html_lit(b, "<li><b>");
		html_tr(b, lang, f->reason < FLAG_REASON_COUNT ? flag_texts[f->reason] : MSG_REPORT_OTHER);
		html_lit(b, "</b> ");
		html_tr(b, lang, f->reporter[0] == 'm' ? MSG_MODERATION_BY_MEMBER : MSG_MODERATION_BY_VISITOR);
		html_lit(b, " · ");
		listing_put_time(b, lang, f->created_at, v->now);
		html_lines(b, f->body);
		if (f->line_count > 0)
			put_conversation(b, v, f);
		html_lit(b, "</li>\n");
	}
	html_lit(b, "</ul>\n");
}

static void put_reason_field(struct buf *b, const struct moderation_view *v, int64_t id)
{
	enum lang lang = v->page.lang;
	const char *chosen = typed(v, "reason");
	html_lit(b, "<div class=\"field\">\n<label for=\"");
	put_id(b, v, "f-reason", id);
	html_lit(b, "\">");
	html_tr(b, lang, MSG_LABEL_DECISION_REASON);
	html_lit(b, "</label>\n");
	field_error_text(b, lang, v->errors, "reason");
	html_lit(b, "<select name=\"reason\" id=\"");
	put_id(b, v, "f-reason", id);
	html_lit(b, "\" data-reason>\n<option value=\"none\">");
	html_tr(b, lang, MSG_REASON_CHOOSE);
	html_lit(b, "</option>\n");
	for (int r = REASON_PROHIBITED; r < REASON_COUNT; r++) {
		enum msg text = moderation_reason_message((enum moderation_reason)r);
		html_lit(b, "<option value=\"");
		html_attr(b, moderation_reason_name((enum moderation_reason)r));
		html_lit(b, "\"");
		if (strcmp(chosen, moderation_reason_name((enum moderation_reason)r)) == 0)
			html_lit(b, " selected");
		html_lit(b, ">");
		html_tr(b, lang, text != MSG_COUNT ? text : MSG_REASON_OTHER_CHOICE);
		html_lit(b, "</option>\n");
	}
	html_lit(b, "</select>\n</div>\n");
}

static void put_words_field(struct buf *b, const struct moderation_view *v, int64_t id)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<div class=\"field\">\n<label for=\"");
	put_id(b, v, "f-words", id);
	html_lit(b, "\">");
	html_tr(b, lang, MSG_LABEL_DECISION_WORDS);
	html_lit(b, " <span class=\"optional\">");
	html_tr(b, lang, MSG_FORM_OPTIONAL);
	html_lit(b, "</span></label>\n");
	field_error_text(b, lang, v->errors, "words");
	html_lit(b, "<textarea rows=\"2\" name=\"words\" maxlength=\"");
	html_int(b, MODERATION_REASON_MAX);
	html_lit(b, "\" id=\"");
	put_id(b, v, "f-words", id);
	html_lit(b, "\" aria-describedby=\"");
	put_id(b, v, "h-words", id);
	html_lit(b, "\">\n");
	html_text(b, typed(v, "words"));
	html_lit(b, "</textarea>\n<p class=\"hint\" id=\"");
	put_id(b, v, "h-words", id);
	html_lit(b, "\">");
	html_tr(b, lang, MSG_HINT_DECISION_WORDS);
	html_lit(b, "</p>\n</div>\n");
}

static bool button_shown(enum decision_kind k, const struct queue_entry *e)
{
	if (!decision_allowed(k, &e->listing))
		return false;
	return k != DECISION_DISMISS || (e->listing.state == LISTING_PUBLISHED && own_flags(e) > 0);
}

static void put_buttons(struct buf *b, const struct moderation_view *v, const struct queue_entry *e)
{
	enum lang lang = v->page.lang;
	bool shown_before = e->listing.state == LISTING_HELD && e->listing.held_from == LISTING_PUBLISHED;
	html_lit(b, "<p class=\"actions\">\n");
	for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++) {
		enum decision_kind k = buttons[i].kind;
		if (!button_shown(k, e))
			continue;
		bool primary = k == DECISION_APPROVE || k == DECISION_DISMISS;
		html_lit(b, "<button type=\"submit\" name=\"decision\" value=\"");
		html_attr(b, decision_name(k));
		html_lit(b, "\"");
		if (primary)
			html_lit(b, " class=\"primary\"");
		html_lit(b, ">");
		html_tr(b, lang, k == DECISION_APPROVE && shown_before ? MSG_DECIDE_RELEASE : buttons[i].text);
		html_lit(b, "</button>\n");
	}
	html_lit(b, "<a class=\"button\" href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/moderation/listings/");
	html_int(b, e->listing.id);
	html_lit(b, "/edit\">");
	html_tr(b, lang, MSG_DECIDE_EDIT);
	html_lit(b, "</a>\n</p>\n");
}

static void put_form(struct buf *b, const struct moderation_view *v, const struct queue_entry *e)
{
	const struct listing *l = &e->listing;
	if (l->state == LISTING_REMOVED)
		return;
	html_lit(b, "<form class=\"form\" id=\"d-");
	html_int(b, l->id);
	html_lit(b, "\" action=\"");
	html_attr(b, lang_prefix(v->page.lang));
	html_lit(b, "/moderation/listings/");
	html_int(b, l->id);
	html_lit(b, "\" method=\"post\" data-once novalidate>\n");
	form_age_field(b, v->form_age);
	put_hidden(b, "version", l->version);
	put_hidden(b, "entry", e->last_entry);
	put_hidden(b, "flag", e->flag_count > 0 ? e->flags[e->flag_count - 1].id : 0);
	put_reason_field(b, v, l->id);
	put_words_field(b, v, l->id);
	put_buttons(b, v, e);
	html_lit(b, "</form>\n");
}

static void put_entry(struct buf *b, const struct moderation_view *v, const struct queue_entry *e)
{
	enum lang lang = v->page.lang;
	const struct listing *l = &e->listing;
	html_lit(b, "<article class=\"case");
	category_put_class(b, catalog_category(v->catalog, l->category_id));
	html_lit(b, "\" data-case tabindex=\"-1\" aria-labelledby=\"l-");
	html_int(b, l->id);
	html_lit(b, "\">\n<h2 id=\"l-");
	html_int(b, l->id);
	html_lit(b, "\">");
	html_text(b, l->title);
	html_lit(b, "</h2>\n<p class=\"price\">");
	listing_put_price(b, lang, l);
	html_lit(b, "</p>\n");
	put_reasons(b, v, e);
	html_lit(b, "<div class=\"description\">\n");
	html_lines(b, l->description);
	html_lit(b, "</div>\n");
	photos_moderated_view(b, lang, v->photo_base, &e->listing, e->photos, e->photo_count);
	put_facts(b, v, e);
	put_flags(b, v, e);
	put_form(b, v, e);
	html_lit(b, "</article>\n");
}

static void put_keys(struct buf *b, enum lang lang)
{
	static const struct {
		const char *key;
		enum msg text;
	} keys[] = {
		{"j", MSG_KEY_NEXT}, {"k", MSG_KEY_PREVIOUS}, {"a", MSG_KEY_APPROVE}, {"r", MSG_KEY_REJECT}, {"h", MSG_KEY_HOLD}, {"?", MSG_KEY_HELP},
	};
	html_lit(b, "<details class=\"keys\" data-keys>\n<summary>");
	html_tr(b, lang, MSG_KEYS);
	html_lit(b, "</summary>\n<dl class=\"facts\">\n");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		html_lit(b, "<dt><kbd>");
		html_text(b, keys[i].key);
		html_lit(b, "</kbd></dt><dd>");
		html_tr(b, lang, keys[i].text);
		html_lit(b, "</dd>\n");
	}
	html_lit(b, "</dl>\n<p><label class=\"choice\"><input type=\"checkbox\" data-keys-on checked> ");
	html_tr(b, lang, MSG_KEYS_ON);
	html_lit(b, "</label></p>\n</details>\n");
}

static void put_links(struct buf *b, enum lang lang, bool admin)
{
	static const struct {
		const char *path;
		enum msg text;
	} links[] = {{"/moderation/bans", MSG_BANS_TITLE}, {"/moderation-log", MSG_LOG_TITLE}, {"/moderation/rules", MSG_RULES_TITLE}};
	size_t n = sizeof links / sizeof *links;
	html_lit(b, "<p class=\"onwards\">");
	for (size_t i = 0; i < (admin ? n : n - 1); i++) {
		if (i > 0)
			html_lit(b, " · ");
		html_lit(b, "<a href=\"");
		html_attr(b, lang_prefix(lang));
		html_attr(b, links[i].path);
		html_lit(b, "\">");
		html_tr(b, lang, links[i].text);
		html_lit(b, "</a>");
	}
	html_lit(b, "</p>\n");
}

static void put_pager(struct buf *b, const struct moderation_view *v)
{
	enum lang lang = v->page.lang;
	if (v->next_href == NULL && v->first_href == NULL)
		return;
	html_lit(b, "<nav class=\"pager\" aria-label=\"");
	html_tr(b, lang, MSG_PAGER_LABEL);
	html_lit(b, "\">\n");
	if (v->first_href != NULL) {
		html_lit(b, "<a href=\"");
		html_href(b, v->first_href);
		html_lit(b, "\">");
		html_tr(b, lang, v->single ? MSG_QUEUE_BACK : MSG_QUEUE_FIRST);
		html_lit(b, "</a>\n");
	}
	if (v->next_href != NULL) {
		html_lit(b, "<a rel=\"next\" href=\"");
		html_href(b, v->next_href);
		html_lit(b, "\">");
		html_tr(b, lang, MSG_PAGER_NEXT);
		html_lit(b, "</a>\n");
	}
	html_lit(b, "</nav>\n");
}

void moderation_queue_view(struct buf *b, const struct moderation_view *v)
{
	enum lang lang = v->page.lang;
	struct page page = v->page;
	struct buf title;
	buf_init(&title, TITLE_CAP);
	if (v->errors != NULL && v->errors->n > 0) {
		tr_format(&title, lang, MSG_FORM_ERROR_IN_TITLE, (const char *const[]){page.title}, 1);
		page.title = buf_str(&title);
	}
	page.noindex = true;
	layout_begin(b, &page);
	error_summary(b, lang, v->errors, labels, sizeof labels / sizeof *labels);
	html_lit(b, "<h1>");
	html_text(b, v->page.title);
	html_lit(b, "</h1>\n");
	if (v->done != NULL) {
		html_lit(b, "<div class=\"notice good\" role=\"status\">\n<p>");
		html_text(b, v->done);
		html_lit(b, "</p>\n</div>\n");
	}
	if (!v->single) {
		put_links(b, lang, v->admin);
		if (v->count > 0)
			put_keys(b, lang);
	}
	for (size_t i = 0; i < v->count; i++)
		put_entry(b, v, &v->entries[i]);
	if (v->count == 0) {
		html_lit(b, "<div class=\"empty\"><p>");
		html_tr(b, lang, MSG_QUEUE_EMPTY);
		html_lit(b, "</p></div>\n");
	}
	put_pager(b, v);
	layout_end(b, &page);
	buf_free(&title);
}
