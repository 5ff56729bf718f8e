#include "http/listing_fields.h"

#include "model/listing.h"
#include "model/money.h"

#define AT(member) offsetof(struct listing_fields, member)

const struct field listing_fields_table[LISTING_FIELD_COUNT] = {
	{"title", FIELD_TEXT, AT(title), LISTING_TITLE_MIN, LISTING_TITLE_MAX, true},
	{"description", FIELD_LINES, AT(description), LISTING_DESCRIPTION_MIN, LISTING_DESCRIPTION_MAX, true},
	{"category", FIELD_SLUG, AT(category), 1, 64, true},
	{"price", FIELD_MONEY, AT(price), 0, MONEY_LIMIT, true},
	{"location", FIELD_SLUG, AT(location), 1, 64, true},
	{"stock", FIELD_INT, AT(stock), 1, LISTING_STOCK_MAX, false},
	{"contact_name", FIELD_TEXT, AT(contact_name), 1, CONTACT_NAME_MAX, true},
	{"contact_email", FIELD_EMAIL, AT(contact_email), 3, CONTACT_EMAIL_MAX, true},
};
