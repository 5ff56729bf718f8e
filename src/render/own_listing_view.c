#include "render/own_listing_view.h"

#include "render/form_fields.h"
#include "render/listing_card.h"
#include "text/format.h"

enum { PRICE_MAX = 20, STOCK_DIGITS = 4 };

static const struct {
	enum msg text, means;
} states[LISTING_STATE_COUNT] = {
	[LISTING_PENDING] = {MSG_STATE_PENDING, MSG_STATE_PENDING_TEXT}, [LISTING_PUBLISHED] = {MSG_STATE_PUBLISHED, MSG_STATE_PUBLISHED_TEXT},
	[LISTING_REJECTED] = {MSG_STATE_REJECTED, MSG_STATE_REJECTED_TEXT}, [LISTING_REMOVED] = {MSG_STATE_REMOVED, MSG_STATE_REMOVED_TEXT},
	[LISTING_DRAFT] = {MSG_STATE_DRAFT, MSG_STATE_DRAFT_TEXT}, [LISTING_HELD] = {MSG_STATE_HELD, MSG_STATE_HELD_TEXT},
	[LISTING_EXPIRED] = {MSG_STATE_EXPIRED, MSG_STATE_EXPIRED_TEXT}, [LISTING_SOLD] = {MSG_STATE_SOLD, MSG_STATE_SOLD_TEXT},
	[LISTING_WITHDRAWN] = {MSG_STATE_WITHDRAWN, MSG_STATE_WITHDRAWN_TEXT}, [LISTING_UNCONFIRMED] = {MSG_STATE_UNCONFIRMED, MSG_STATE_UNCONFIRMED_TEXT},
};

static const enum msg act_texts[LISTING_ACT_COUNT] = {
	[ACT_EDIT] = MSG_ACT_EDIT, [ACT_RENEW] = MSG_ACT_RENEW, [ACT_SOLD] = MSG_ACT_SOLD,
	[ACT_WITHDRAW] = MSG_ACT_WITHDRAW, [ACT_AGAIN] = MSG_ACT_AGAIN, [ACT_DELETE] = MSG_ACT_DELETE,
};

enum msg listing_state_text(enum listing_state s)
{
	return states[s].text;
}

enum msg listing_state_means(enum listing_state s)
{
	return states[s].means;
}

static void put_said(struct buf *b, enum lang lang, enum msg said)
{
	if (said == FORM_NONE)
		return;
	if (said == MSG_DONE_LATE)
		html_lit(b, "<div class=\"notice\" role=\"status\">\n<p>");
	else
		html_lit(b, "<div class=\"notice good\" role=\"status\">\n<p>");
	html_tr(b, lang, said);
	html_lit(b, "</p>\n</div>\n");
}

static void put_counted(struct buf *b, enum lang lang, enum msg one, enum msg many, int64_t n)
{
	struct buf text;
	buf_init(&text, 64);
	format_count(&text, lang, n);
	html_lit(b, " · ");
	html_tr1(b, lang, n == 1 ? one : many, buf_str(&text));
	buf_free(&text);
}

static void put_end(struct buf *b, enum lang lang, const struct listing *l)
{
	if (l->expires_at == 0 || (l->state != LISTING_PUBLISHED && l->state != LISTING_EXPIRED))
		return;
	struct buf day;
	buf_init(&day, 128);
	format_date(&day, lang, l->expires_at);
	html_lit(b, " · ");
	html_tr1(b, lang, l->state == LISTING_PUBLISHED ? MSG_OWN_ENDS : MSG_OWN_ENDED, buf_str(&day));
	buf_free(&day);
}

/* State, price, views, messages, end; then why a moderator decided as they did. */
static void put_facts(struct buf *b, enum lang lang, const struct own_listing *o)
{
	const struct listing *l = &o->listing;
	const char *reason = l->state == LISTING_HELD ? l->held_reason : l->state == LISTING_REJECTED || l->state == LISTING_REMOVED ? l->reject_reason : NULL;
	html_lit(b, "<p class=\"own-facts\"><strong>");
	html_tr(b, lang, listing_state_text(l->state));
	html_lit(b, "</strong> · ");
	listing_put_price(b, lang, l);
	put_counted(b, lang, MSG_OWN_VIEWS_ONE, MSG_OWN_VIEWS, o->views);
	put_counted(b, lang, MSG_OWN_MESSAGES_ONE, MSG_OWN_MESSAGES, o->messages);
	put_end(b, lang, l);
	html_lit(b, "</p>\n<p>");
	html_tr(b, lang, listing_state_means(l->state));
	if (reason != NULL && *reason != '\0') {
		html_lit(b, " ");
		html_tr1(b, lang, MSG_STATE_REASON, reason);
	}
	html_lit(b, "</p>\n");
}

static void put_act_address(struct buf *b, enum lang lang, const char *path, enum listing_act act)
{
	html_attr(b, lang_prefix(lang));
	html_attr(b, path);
	html_lit(b, "/");
	html_attr(b, listing_act_name(act));
}

static void put_photos_link(struct buf *b, enum lang lang, const struct listing *l)
{
	char count[I64_TEXT_SIZE];
	i64_text(l->photos, count);
	html_lit(b, "<a class=\"button\" href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/listings/");
	html_int(b, l->id);
	html_lit(b, "/photos\">");
	html_tr1(b, lang, l->photos > 0 ? MSG_ACT_PHOTOS_COUNT : MSG_PHOTOS_ADD, count);
	html_lit(b, "<span class=\"unseen\">");
	html_tr1(b, lang, MSG_ACT_OF, "");
	html_text(b, l->title);
	html_lit(b, "</span></a>\n");
}

/* What the listing's state allows; buttons of the form around them, each with an address of its own. */
static void put_acts(struct buf *b, enum lang lang, const char *path, const struct listing *l, bool visitor)
{
	bool photos = !visitor && listing_photos_may(l->state), any = photos;
	for (enum listing_act act = 0; act < LISTING_ACT_COUNT; act++)
		any = any || listing_may(act, l->state);
	if (!any)
		return;
	html_lit(b, "<p class=\"actions\">\n");
	for (enum listing_act act = 0; act < LISTING_ACT_COUNT; act++) {
		if (photos && act == ACT_RENEW)
			put_photos_link(b, lang, l);
		if (!listing_may(act, l->state) || (visitor && act == ACT_DELETE))
			continue;
		if (act == ACT_EDIT)
			html_lit(b, "<a class=\"button\" href=\"");
		else
			html_lit(b, "<button class=\"button\" type=\"submit\" formaction=\"");
		put_act_address(b, lang, path, act);
		html_lit(b, "\">");
		html_tr(b, lang, act_texts[act]);
		if (!visitor) {
			html_lit(b, "<span class=\"unseen\">");
			html_tr1(b, lang, MSG_ACT_OF, "");
			html_text(b, l->title);
			html_lit(b, "</span>");
		}
		if (act == ACT_EDIT)
			html_lit(b, "</a>\n");
		else
			html_lit(b, "</button>\n");
	}
	html_lit(b, "</p>\n");
}

/* Its first photo, for who has many listings to tell apart. */
static void put_shot(struct buf *b, const struct photo_set *photos, const struct listing *l)
{
	const struct photo *photo = photo_set_find(photos, l->id);
	if (photo == NULL)
		return;
	html_lit(b, "<span class=\"thumb photo\" aria-hidden=\"true\">");
	photo_picture(b, &photo->object, &(struct photo_shown){.base = photos->base, .sizes = "(min-width: 40rem) 9rem, 6rem", .alt = ""});
	html_lit(b, "</span>\n");
}

static void put_item(struct buf *b, enum lang lang, const struct own_listing *o, const struct photo_set *photos)
{
	const struct listing *l = &o->listing;
	struct buf path;
	buf_init(&path, 128);
	html_lit(&path, "/account/listings/");
	html_int(&path, l->id);
	html_lit(b, "<li>\n");
	put_shot(b, photos, l);
	html_lit(b, "<h2><a href=\"");
	listing_put_href(b, lang, l);
	html_lit(b, "\">");
	html_text(b, l->title);
	html_lit(b, "</a></h2>\n");
	put_facts(b, lang, o);
	put_acts(b, lang, buf_str(&path), l, false);
	html_lit(b, "</li>\n");
	buf_free(&path);
}

static void put_pager(struct buf *b, const struct own_listings_view *v)
{
	if (v->older_href == NULL && v->newest_href == NULL)
		return;
	html_lit(b, "<nav class=\"pager\" aria-label=\"");
	html_tr(b, v->page.lang, MSG_OWN_PAGES);
	html_lit(b, "\">\n");
	if (v->newest_href != NULL) {
		html_lit(b, "<a href=\"");
		html_href(b, v->newest_href);
		html_lit(b, "\">");
		html_tr(b, v->page.lang, MSG_OWN_NEWEST);
		html_lit(b, "</a>\n");
	}
	if (v->older_href != NULL) {
		html_lit(b, "<a rel=\"next\" href=\"");
		html_href(b, v->older_href);
		html_lit(b, "\">");
		html_tr(b, v->page.lang, MSG_OWN_OLDER);
		html_lit(b, "</a>\n");
	}
	html_lit(b, "</nav>\n");
}

static void put_link(struct buf *b, enum lang lang, const char *class, const char *path, enum msg text)
{
	html_lit(b, "<a class=\"");
	html_attr(b, class);
	html_lit(b, "\" href=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, path);
	html_lit(b, "\">");
	html_tr(b, lang, text);
	html_lit(b, "</a>");
}

void own_listings_view(struct buf *b, const struct own_listings_view *v)
{
	enum lang lang = v->page.lang;
	layout_begin(b, &v->page);
	html_lit(b, "<h1>");
	html_tr(b, lang, MSG_OWN_TITLE);
	html_lit(b, "</h1>\n");
	put_said(b, lang, v->said);
	html_lit(b, "<p>");
	put_link(b, lang, "button primary", "/account/listings/new", MSG_OWN_NEW);
	html_lit(b, "</p>\n");
	if (v->n == 0) {
		html_lit(b, "<p>");
		html_tr(b, lang, MSG_OWN_NONE);
		html_lit(b, "</p>\n");
	} else {
		html_lit(b, "<form method=\"post\" data-once>\n<ul class=\"own\">\n");
		for (size_t i = 0; i < v->n; i++)
			put_item(b, lang, &v->list[i], v->photos);
		html_lit(b, "</ul>\n</form>\n");
	}
	put_pager(b, v);
	html_lit(b, "<p class=\"onwards\">");
	put_link(b, lang, "", "/account", MSG_OWN_ACCOUNT);
	html_lit(b, "</p>\n");
	layout_end(b, &v->page);
}

void own_manage_view(struct buf *b, const struct own_manage_view *v)
{
	enum lang lang = v->page.lang;
	const struct listing *l = &v->own->listing;
	layout_begin(b, &v->page);
	html_lit(b, "<h1>");
	html_text(b, l->title);
	html_lit(b, "</h1>\n");
	put_said(b, lang, v->said);
	put_facts(b, lang, v->own);
	html_lit(b, "<form method=\"post\" data-once>\n");
	put_acts(b, lang, v->page.path, l, true);
	html_lit(b, "</form>\n");
	if (l->state == LISTING_PUBLISHED) {
		html_lit(b, "<p class=\"onwards\"><a href=\"");
		listing_put_href(b, lang, l);
		html_lit(b, "\">");
		html_tr(b, lang, MSG_MANAGE_LOOK);
		html_lit(b, "</a></p>\n");
	}
	html_lit(b, "<p>");
	html_tr(b, lang, MSG_MANAGE_TEXT);
	html_lit(b, "</p>\n<p>");
	html_tr(b, lang, MSG_MANAGE_ACCOUNT);
	html_lit(b, " ");
	put_link(b, lang, "", "/register", MSG_MANAGE_REGISTER);
	html_lit(b, "</p>\n");
	layout_end(b, &v->page);
}

void one_button_view(struct buf *b, const struct one_button_view *v)
{
	struct page page = v->page;
	enum lang lang = page.lang;
	if (page.title == NULL)
		page.title = tr(lang, v->heading);
	layout_begin(b, &page);
	html_lit(b, "<h1>");
	html_tr(b, lang, v->heading);
	html_lit(b, "</h1>\n<p>");
	html_tr1(b, lang, v->text, v->arg);
	html_lit(b, "</p>\n<form class=\"form\" action=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, page.path);
	html_lit(b, "\" method=\"post\" data-once>\n<button class=\"button primary\" type=\"submit\">");
	html_tr(b, lang, v->button);
	html_lit(b, "</button>\n</form>\n");
	layout_end(b, &page);
}

static const struct form_field item_fields[] = {
	{"title", MSG_LABEL_TITLE, MSG_HINT_TITLE, WIDGET_TEXT, LISTING_TITLE_MAX, NULL, false},
	{"description", MSG_LABEL_DESCRIPTION, MSG_HINT_DESCRIPTION, WIDGET_LINES, LISTING_DESCRIPTION_MAX, NULL, false},
	{"category", MSG_LABEL_CATEGORY, FORM_NONE, WIDGET_CATEGORY, 0, NULL, false},
	{"price", MSG_LABEL_PRICE, MSG_HINT_PRICE, WIDGET_MONEY, PRICE_MAX, "off", false},
	{"location", MSG_LABEL_LOCATION, MSG_HINT_LOCATION, WIDGET_PLACE, 0, NULL, false},
	{"stock", MSG_LABEL_STOCK, FORM_NONE, WIDGET_COUNT, STOCK_DIGITS, "off", false},
	{"contact_name", MSG_LABEL_CONTACT_NAME, MSG_HINT_CONTACT_NAME, WIDGET_TEXT, CONTACT_NAME_MAX, "name", false},
};

void own_form_view(struct buf *b, const struct own_form *v)
{
	struct form_view form = v->form;
	bool draft = v->fresh || v->state == LISTING_DRAFT;
	bool again = v->state == LISTING_REJECTED || v->state == LISTING_EXPIRED || v->state == LISTING_SOLD || v->state == LISTING_WITHDRAWN;
	const struct form_words words = {
		.heading = v->fresh ? MSG_OWN_NEW : MSG_OWN_EDIT_TITLE,
		.intro = draft ? MSG_OWN_NEW_INTRO : v->trusted ? MSG_OWN_EDIT_INTRO_TRUSTED : MSG_OWN_EDIT_INTRO,
		.button = draft ? MSG_SUBMIT_BUTTON : again ? MSG_OWN_SEND_AGAIN_BUTTON : MSG_OWN_EDIT_BUTTON,
		.groups = {{FORM_NONE, item_fields, FORM_COUNT(item_fields)}},
		.terms = v->fresh,
		.links = {{v->visitor ? NULL : "/account/listings", MSG_OWN_BACK}},
	};
	if (draft && !v->visitor) {
		form.second_name = "_draft";
		form.second = MSG_OWN_DRAFT_BUTTON;
	}
	form_put_page(b, &form, &words);
}
