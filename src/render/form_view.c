#include "render/form_view.h"

#include "model/moderation.h"
#include "render/form_fields.h"

enum { PRICE_MAX = 20, STOCK_DIGITS = 4 };

static const struct form_field submit_item_fields[] = {
	{"title", MSG_LABEL_TITLE, MSG_HINT_TITLE, WIDGET_TEXT, LISTING_TITLE_MAX, NULL, false},
	{"description", MSG_LABEL_DESCRIPTION, MSG_HINT_DESCRIPTION, WIDGET_LINES, LISTING_DESCRIPTION_MAX, NULL, false},
	{"category", MSG_LABEL_CATEGORY, FORM_NONE, WIDGET_CATEGORY, 0, NULL, false},
	{"price", MSG_LABEL_PRICE, MSG_HINT_PRICE, WIDGET_MONEY, PRICE_MAX, "off", false},
	{"location", MSG_LABEL_LOCATION, MSG_HINT_LOCATION, WIDGET_PLACE, 0, NULL, false},
	{"stock", MSG_LABEL_STOCK, FORM_NONE, WIDGET_COUNT, STOCK_DIGITS, "off", false},
};

static const struct form_field submit_contact_fields[] = {
	{"contact_name", MSG_LABEL_CONTACT_NAME, MSG_HINT_CONTACT_NAME, WIDGET_TEXT, CONTACT_NAME_MAX, "name", false},
	{"contact_email", MSG_LABEL_CONTACT_EMAIL, MSG_HINT_CONTACT_EMAIL, WIDGET_EMAIL, CONTACT_EMAIL_MAX, "email", false},
};

static const struct form_field contact_fields[] = {
	{"name", MSG_LABEL_NAME, FORM_NONE, WIDGET_TEXT, CONTACT_NAME_MAX, "name", false},
	{"email", MSG_LABEL_EMAIL, MSG_HINT_EMAIL, WIDGET_EMAIL, CONTACT_EMAIL_MAX, "email", false},
	{"message", MSG_LABEL_MESSAGE, FORM_NONE, WIDGET_LINES, MESSAGE_MAX, NULL, false},
};

static const struct form_field seller_fields[] = {
	{"name", MSG_LABEL_NAME, FORM_NONE, WIDGET_TEXT, CONTACT_NAME_MAX, "name", false},
	{"email", MSG_LABEL_EMAIL, MSG_HINT_SELLER_EMAIL, WIDGET_EMAIL, CONTACT_EMAIL_MAX, "email", false},
	{"message", MSG_LABEL_MESSAGE, FORM_NONE, WIDGET_LINES, MESSAGE_MAX, NULL, false},
};

/* Who is signed in has given name and address. */
static const struct form_field member_seller_fields[] = {
	{"message", MSG_LABEL_MESSAGE, FORM_NONE, WIDGET_LINES, MESSAGE_MAX, NULL, false},
};

static const struct form_field report_fields[] = {
	{"reason", MSG_LABEL_REASON, FORM_NONE, WIDGET_REASON, 0, NULL, false},
	{"message", MSG_LABEL_DETAILS, FORM_NONE, WIDGET_LINES, FLAG_BODY_MAX, NULL, true},
};

static const struct form_words submit_form = {
	MSG_SUBMIT_TITLE, MSG_SUBMIT_INTRO, MSG_SUBMIT_BUTTON,
	{{MSG_SUBMIT_LEGEND_ITEM, submit_item_fields, FORM_COUNT(submit_item_fields)},
	 {MSG_SUBMIT_LEGEND_YOU, submit_contact_fields, FORM_COUNT(submit_contact_fields)}}, FORM_TERMS_LISTING, "submit", FORM_NO_LINKS};
static const struct form_words contact_form = {
	MSG_CONTACT_TITLE, MSG_CONTACT_INTRO, MSG_CONTACT_BUTTON, {{FORM_NONE, contact_fields, FORM_COUNT(contact_fields)}}, FORM_TERMS_NONE, "contact", FORM_NO_LINKS};
static const struct form_words seller_form = {
	MSG_SELLER_CONTACT_TITLE, MSG_SELLER_CONTACT_INTRO, MSG_SELLER_CONTACT_BUTTON, {{FORM_NONE, seller_fields, FORM_COUNT(seller_fields)}}, FORM_TERMS_NONE, NULL, FORM_NO_LINKS};
static const struct form_words member_seller_form = {
	MSG_SELLER_CONTACT_TITLE, MSG_SELLER_CONTACT_INTRO, MSG_SELLER_CONTACT_BUTTON, {{FORM_NONE, member_seller_fields, FORM_COUNT(member_seller_fields)}}, FORM_TERMS_NONE, NULL, FORM_NO_LINKS};
static const struct form_words report_form = {
	MSG_REPORT_TITLE, MSG_REPORT_INTRO, MSG_REPORT_BUTTON, {{FORM_NONE, report_fields, FORM_COUNT(report_fields)}}, FORM_TERMS_NONE, NULL, FORM_NO_LINKS};

void form_contact_address(struct buf *b, enum lang lang, const char *address)
{
	html_lit(b, "<p class=\"address\">");
	html_tr(b, lang, MSG_CONTACT_ADDRESS);
	html_lit(b, " <a href=\"mailto:");
	html_attr(b, address);
	html_lit(b, "\">");
	html_text(b, address);
	html_lit(b, "</a></p>\n");
}

void submit_form_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &submit_form);
}

void contact_form_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &contact_form);
}

void listing_contact_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, v->page.signed_in ? &member_seller_form : &seller_form);
}

void listing_report_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &report_form);
}
