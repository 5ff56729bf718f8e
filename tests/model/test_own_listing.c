#include "suites_model.h"
#include "model/own_listing.h"

#include <string.h>

START_TEST(acts_by_name)
{
	static const char *const names[] = {"edit", "renew", "sold", "withdraw", "again", "delete"};
	enum listing_act act = LISTING_ACT_COUNT;
	ck_assert(listing_act_parse(names[_i], &act));
	ck_assert_int_eq(act, _i);
	ck_assert_str_eq(listing_act_name(act), names[_i]);
	ck_assert(!listing_act_parse("remove", &act));
	ck_assert(!listing_act_parse("", &act));
}
END_TEST

/* Per state: the letters of what may be done. */
static const char *const allowed[LISTING_STATE_COUNT] = {
	[LISTING_PENDING] = "edit withdraw", [LISTING_PUBLISHED] = "edit renew sold withdraw", [LISTING_REJECTED] = "edit", [LISTING_REMOVED] = "",
	[LISTING_DRAFT] = "edit delete", [LISTING_HELD] = "", [LISTING_EXPIRED] = "edit renew sold", [LISTING_SOLD] = "edit again",
	[LISTING_WITHDRAWN] = "edit again", [LISTING_UNCONFIRMED] = "",
};

START_TEST(what_each_state_allows)
{
	enum listing_state state = (enum listing_state)_i;
	for (enum listing_act act = 0; act < LISTING_ACT_COUNT; act++)
		ck_assert_msg(listing_may(act, state) == (strstr(allowed[state], listing_act_name(act)) != NULL), "%s of %s", listing_act_name(act),
		              listing_state_name(state));
}
END_TEST

START_TEST(photos_change_while_it_is_not_over)
{
	const unsigned closed = LISTING_IN(LISTING_SOLD) | LISTING_IN(LISTING_REMOVED) | LISTING_IN(LISTING_UNCONFIRMED);
	ck_assert_int_eq(listing_photos_may((enum listing_state)_i), (closed & LISTING_IN(_i)) == 0);
}
END_TEST

static const struct {
	enum listing_state was;
	enum member_trust trust;
	bool words, hold;
	enum listing_state next;
} ways[] = {
	{LISTING_DRAFT, TRUST_NEW, true, false, LISTING_PENDING},
	{LISTING_DRAFT, TRUST_TRUSTED, true, false, LISTING_PUBLISHED},
	{LISTING_DRAFT, TRUST_TRUSTED, true, true, LISTING_PENDING},
	{LISTING_DRAFT, TRUST_NEVER, true, false, LISTING_PENDING},
	{LISTING_PENDING, TRUST_TRUSTED, true, false, LISTING_PENDING},
	{LISTING_PUBLISHED, TRUST_NEW, false, false, LISTING_PUBLISHED},
	{LISTING_PUBLISHED, TRUST_NEW, true, false, LISTING_PENDING},
	{LISTING_PUBLISHED, TRUST_NEVER, true, false, LISTING_PENDING},
	{LISTING_PUBLISHED, TRUST_TRUSTED, true, false, LISTING_PUBLISHED},
	{LISTING_PUBLISHED, TRUST_TRUSTED, true, true, LISTING_PENDING},
	{LISTING_EXPIRED, TRUST_NEW, false, false, LISTING_PUBLISHED},
	{LISTING_EXPIRED, TRUST_NEW, true, false, LISTING_PENDING},
	{LISTING_SOLD, TRUST_NEW, false, false, LISTING_PUBLISHED},
	{LISTING_SOLD, TRUST_NEW, false, true, LISTING_PENDING},
	{LISTING_WITHDRAWN, TRUST_NEW, false, false, LISTING_PENDING},
	{LISTING_WITHDRAWN, TRUST_TRUSTED, false, false, LISTING_PUBLISHED},
	{LISTING_REJECTED, TRUST_TRUSTED, true, false, LISTING_PENDING},
	{LISTING_UNCONFIRMED, TRUST_NEW, true, false, LISTING_PENDING},
	{LISTING_UNCONFIRMED, TRUST_TRUSTED, true, false, LISTING_PUBLISHED},
};

START_TEST(where_it_goes)
{
	ck_assert_int_eq(listing_next(ways[_i].was, ways[_i].trust, ways[_i].words, ways[_i].hold), ways[_i].next);
}
END_TEST

START_TEST(what_counts_as_words)
{
	const struct listing was = {.title = "Dory", .description = "With oars", .category_id = 2, .place_id = 3, .price_minor = 5, .stock = 1};
	struct listing is = was;
	is.place_id = 4;
	is.price_minor = 6;
	is.stock = 2;
	ck_assert(!listing_words_changed(&was, &is));
	is.category_id = 3;
	ck_assert(listing_words_changed(&was, &is));
	is = was;
	is.title = "dory";
	ck_assert(listing_words_changed(&was, &is));
	is = was;
	is.description = "With oars.";
	ck_assert(listing_words_changed(&was, &is));
}
END_TEST

Suite *suite_own_listing(void)
{
	Suite *s = suite_create("own_listing");
	TCase *t = tcase_create("own_listing");
	tcase_add_loop_test(t, acts_by_name, 0, LISTING_ACT_COUNT);
	tcase_add_loop_test(t, what_each_state_allows, 0, LISTING_STATE_COUNT);
	tcase_add_loop_test(t, photos_change_while_it_is_not_over, 0, LISTING_STATE_COUNT);
	tcase_add_loop_test(t, where_it_goes, 0, sizeof ways / sizeof *ways);
	tcase_add_test(t, what_counts_as_words);
	suite_add_tcase(s, t);
	return s;
}
