#include "render/account_settings_view.h"

#include "model/member.h"
#include "render/form_fields.h"

enum { ADDRESS_LINE = 120, ADDRESS_WORD = 80, POSTAL_CODE = 20, COUNTRY = 2 };

static const struct form_field you_fields[] = {
	{"name", MSG_LABEL_NAME, FORM_NONE, WIDGET_TEXT, MEMBER_NAME_MAX, "name", false},
	{"location", MSG_LABEL_LOCATION, FORM_NONE, WIDGET_PLACE, 0, NULL, true},
	{"about", MSG_PROFILE_ABOUT, FORM_NONE, WIDGET_LINES, MEMBER_ABOUT_MAX, NULL, true},
	{"lang", MSG_PROFILE_LANG, FORM_NONE, WIDGET_LANG, 0, "off", false},
};
static const struct form_field address_fields[] = {
	{"address_name", MSG_PROFILE_ADDRESS_NAME, FORM_NONE, WIDGET_TEXT, ADDRESS_WORD, "shipping name", true},
	{"address_line1", MSG_PROFILE_ADDRESS_LINE1, FORM_NONE, WIDGET_TEXT, ADDRESS_LINE, "shipping address-line1", true},
	{"address_line2", MSG_PROFILE_ADDRESS_LINE2, FORM_NONE, WIDGET_TEXT, ADDRESS_LINE, "shipping address-line2", true},
	{"address_city", MSG_PROFILE_ADDRESS_CITY, FORM_NONE, WIDGET_TEXT, ADDRESS_WORD, "shipping address-level2", true},
	{"address_region", MSG_PROFILE_ADDRESS_REGION, FORM_NONE, WIDGET_TEXT, ADDRESS_WORD, "shipping address-level1", true},
	{"address_postal_code", MSG_PROFILE_ADDRESS_POSTAL_CODE, FORM_NONE, WIDGET_TEXT, POSTAL_CODE, "shipping postal-code", true},
	{"address_country", MSG_PROFILE_ADDRESS_COUNTRY, MSG_PROFILE_ADDRESS_COUNTRY_HINT, WIDGET_TEXT, COUNTRY, "shipping country", true},
};
static const struct form_field password_fields[] = {
	{"password", MSG_LABEL_CURRENT_PASSWORD, FORM_NONE, WIDGET_PASSWORD, 0, "current-password", false},
	{"new_password", MSG_LABEL_PASSWORD_NEW, MSG_HINT_PASSWORD_NEW, WIDGET_PASSWORD, 0, "new-password", false},
};
static const struct form_field email_fields[] = {
	{"email", MSG_LABEL_NEW_EMAIL, FORM_NONE, WIDGET_EMAIL, CONTACT_EMAIL_MAX, "email", false},
	{"password", MSG_LABEL_CURRENT_PASSWORD, FORM_NONE, WIDGET_PASSWORD, 0, "current-password", false},
};

static const struct form_field delete_fields[] = {
	{"password", MSG_LABEL_CURRENT_PASSWORD, FORM_NONE, WIDGET_PASSWORD, 0, "current-password", false},
};

#define SECURITY_LINK {{"/account/security", MSG_SECURITY_BACK}}

static const struct form_words profile_form = {
	MSG_ACCOUNT_PROFILE, MSG_PROFILE_INTRO, MSG_PROFILE_SAVE,
	{{MSG_PROFILE_LEGEND_YOU, you_fields, FORM_COUNT(you_fields)}, {MSG_PROFILE_LEGEND_ADDRESS, address_fields, FORM_COUNT(address_fields)}},
	false, NULL, {{"/account", MSG_ACCOUNT_BACK}}};
static const struct form_words password_form = {
	MSG_PASSWORD_TITLE, MSG_PASSWORD_INTRO, MSG_PASSWORD_BUTTON, {{FORM_NONE, password_fields, FORM_COUNT(password_fields)}}, false, NULL, SECURITY_LINK};
static const struct form_words email_form = {
	MSG_EMAIL_TITLE, MSG_EMAIL_INTRO, MSG_EMAIL_BUTTON, {{FORM_NONE, email_fields, FORM_COUNT(email_fields)}}, false, NULL, SECURITY_LINK};
static const struct form_words delete_form = {
	MSG_DELETE_TITLE, MSG_DELETE_INTRO, MSG_DELETE_BUTTON, {{FORM_NONE, delete_fields, FORM_COUNT(delete_fields)}}, false, NULL, SECURITY_LINK};

void account_profile_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &profile_form);
}

void account_password_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &password_form);
}

void account_email_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &email_form);
}

void account_delete_view(struct buf *b, const struct form_view *v)
{
	form_put_page(b, v, &delete_form);
}
