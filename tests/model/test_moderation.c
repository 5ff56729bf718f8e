#include <string.h>

#include "suites_model.h"
#include "model/moderation.h"

START_TEST(names_and_back)
{
	for (int i = 0; i < DECISION_COUNT; i++) {
		enum decision_kind k = DECISION_COUNT;
		ck_assert(decision_parse(decision_name((enum decision_kind)i), &k));
		ck_assert_int_eq((int)k, i);
	}
	for (int i = 0; i < FLAG_REASON_COUNT; i++) {
		enum flag_reason r = FLAG_REASON_COUNT;
		ck_assert(flag_reason_parse(flag_reason_name((enum flag_reason)i), &r));
		ck_assert_int_eq((int)r, i);
	}
	for (int i = 0; i < REASON_COUNT; i++) {
		enum moderation_reason r = REASON_COUNT;
		ck_assert(moderation_reason_parse(moderation_reason_name((enum moderation_reason)i), &r));
		ck_assert_int_eq((int)r, i);
	}
	enum decision_kind k;
	enum flag_reason f;
	enum moderation_reason r;
	ck_assert(!decision_parse("", &k) && !flag_reason_parse("SPAM", &f) && !moderation_reason_parse("flags", &r));
	ck_assert_str_eq(moderation_reason_name(REASON_FLAGS), "none");
	ck_assert_str_eq(flag_reason_name((enum flag_reason)99), "other");
	ck_assert_str_eq(moderation_action_name(MODERATION_BAN), "ban");
	ck_assert_str_eq(moderation_action_name((enum moderation_action)99), "?");
}
END_TEST

/* In the order of enum decision_kind: approve, reject, hold, remove, dismiss. */
static const struct {
	enum listing_state state, held_from;
	const char *allowed;
} judged[] = {
	{LISTING_PENDING, 0, "yyyyn"}, {LISTING_PUBLISHED, 0, "nyyyy"}, {LISTING_REJECTED, 0, "ynnyn"}, {LISTING_REMOVED, 0, "nnnnn"}, {LISTING_DRAFT, 0, "nnnyn"},
	{LISTING_HELD, LISTING_PENDING, "yynyn"}, {LISTING_HELD, LISTING_PUBLISHED, "yynyy"}, {LISTING_EXPIRED, 0, "nnnyn"}, {LISTING_SOLD, 0, "nnnyn"},
	{LISTING_WITHDRAWN, 0, "nnnyn"}, {LISTING_UNCONFIRMED, 0, "nnnyn"},
};

START_TEST(what_may_be_decided)
{
	const struct listing l = {.state = judged[_i].state, .held_from = judged[_i].held_from};
	for (int k = 0; k < DECISION_COUNT; k++)
		ck_assert_msg(decision_allowed((enum decision_kind)k, &l) == (judged[_i].allowed[k] == 'y'), "%s of a listing in state %d", decision_name((enum decision_kind)k), (int)l.state);
	ck_assert(!decision_allowed(DECISION_COUNT, &l));
}
END_TEST

Suite *suite_moderation(void)
{
	Suite *s = suite_create("moderation");
	TCase *t = tcase_create("moderation");
	tcase_add_test(t, names_and_back);
	tcase_add_loop_test(t, what_may_be_decided, 0, sizeof judged / sizeof *judged);
	suite_add_tcase(s, t);
	return s;
}
