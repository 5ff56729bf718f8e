#include "http/listing_fields.h"

#include "model/listing.h"
#include "model/money.h"

#define AT(member) offsetof(struct listing_fields, member)
#define OWN_AT(member) offsetof(struct own_listing_fields, member)
#define ITEM(at, prefix, description_min, description_required) \
	{"title", FIELD_TEXT, at(prefix title), LISTING_TITLE_MIN, LISTING_TITLE_MAX, true}, \
	{"description", FIELD_LINES, at(prefix description), description_min, LISTING_DESCRIPTION_MAX, description_required}, \
	{"category", FIELD_SLUG, at(prefix category), 1, 64, true}, \
	{"price", FIELD_MONEY, at(prefix price), 0, MONEY_LIMIT, true}, \
	{"location", FIELD_SLUG, at(prefix location), 1, 64, true}, \
	{"stock", FIELD_INT, at(prefix stock), 1, LISTING_STOCK_MAX, false}
#define NOTHING

const struct field listing_fields_table[LISTING_FIELD_COUNT] = {
	ITEM(AT, NOTHING, LISTING_DESCRIPTION_MIN, true),
	{"contact_name", FIELD_TEXT, AT(contact_name), 1, CONTACT_NAME_MAX, true},
	{"contact_email", FIELD_EMAIL, AT(contact_email), 3, CONTACT_EMAIL_MAX, true},
};
const struct field listing_fields_member_table[LISTING_FIELD_COUNT] = {
	ITEM(AT, NOTHING, LISTING_DESCRIPTION_MIN, true),
	{"contact_name", FIELD_TEXT, AT(contact_name), 1, CONTACT_NAME_MAX, false},
	{"contact_email", FIELD_EMAIL, AT(contact_email), 3, CONTACT_EMAIL_MAX, false},
};
const struct field own_listing_fields_table[OWN_LISTING_FIELD_COUNT] = {
	ITEM(OWN_AT, listing., 0, false),
	{"contact_name", FIELD_TEXT, OWN_AT(listing.contact_name), 1, CONTACT_NAME_MAX, false},
	{"version", FIELD_INT, OWN_AT(version), 0, INT32_MAX, false},
};
