#include <string.h>

#include "suites_model.h"
#include "model/content_rule.h"

static const struct {
	enum rule_kind kind;
	const char *typed, *pattern; /* NULL: refused */
} made[] = {
	{RULE_WORDS, "  Seal   Flipper! ", "seal flipper"},
	{RULE_WORDS, "L'Été", "lete"},
	{RULE_WORDS, "Cœur-de-lion", "coeur de lion"},
	{RULE_WORDS, "\xef\xac\x81sh", "fish"},
	{RULE_WORDS, "漁船", "漁船"},
	{RULE_WORDS, "", NULL},
	{RULE_WORDS, " ... ", NULL},
	{RULE_WORDS, "''", NULL},
	{RULE_LINK, "bad.example", "bad.example"},
	{RULE_LINK, "https://www.Bad.Example/path?x=1#y", "bad.example"},
	{RULE_LINK, "*.bad.example", "bad.example"},
	{RULE_LINK, ".bad.example.", "bad.example"},
	{RULE_LINK, "bad.example:8080", "bad.example"},
	{RULE_LINK, "@bad.example", "bad.example"},
	{RULE_LINK, "example", NULL},
	{RULE_LINK, "bad..example", NULL},
	{RULE_LINK, "a_b.example", NULL},
	{RULE_LINK, "", NULL},
	{RULE_LINK, "www.", NULL},
};

START_TEST(pattern_from_what_is_typed)
{
	char out[RULE_PATTERN_BYTES + 1];
	ck_assert_int_eq(rule_pattern_make(made[_i].kind, made[_i].typed, out), made[_i].pattern != NULL);
	if (made[_i].pattern != NULL)
		ck_assert_str_eq(out, made[_i].pattern);
	else
		ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(a_pattern_has_a_longest)
{
	char typed[2 * RULE_PATTERN_MAX + 2], out[RULE_PATTERN_BYTES + 1];
	memset(typed, 'a', RULE_PATTERN_MAX);
	typed[RULE_PATTERN_MAX] = '\0';
	ck_assert(rule_pattern_make(RULE_WORDS, typed, out));
	memcpy(typed + RULE_PATTERN_MAX, "a", 2);
	ck_assert(!rule_pattern_make(RULE_WORDS, typed, out));
}
END_TEST

static const struct {
	enum rule_kind kind;
	const char *typed, *text;
	bool matches;
} matched[] = {
	{RULE_WORDS, "seal flipper", "Fresh SEAL flipper", true},
	{RULE_WORDS, "seal flipper", "seal-flipper pie", true},
	{RULE_WORDS, "seal flipper", "seal\n\n\tflipper", true},
	{RULE_WORDS, "seal flipper", "sèal flïpper", true},
	{RULE_WORDS, "seal flipper", "se\xc2\xad" "al fl\xe2\x80\x8bipper", true},
	{RULE_WORDS, "seal flipper", "seal flippers", false},
	{RULE_WORDS, "seal flipper", "seals flipper", false},
	{RULE_WORDS, "seal flipper", "seal and flipper", false},
	{RULE_WORDS, "net", "internet network", false},
	{RULE_WORDS, "net", "a net.", true},
	{RULE_WORDS, "arnaque", "C'est l'arnaque", true},
	{RULE_WORDS, "l'arnaque", "C’est l’arnaque", true},
	{RULE_WORDS, "johns", "St. John's", true},
	{RULE_WORDS, "a a", "a a a", true},
	{RULE_WORDS, "x", "", false},
	{RULE_WORDS, "漁船", "a 漁船 b", true},
	{RULE_LINK, "bad.example", "See http://bad.example/x", true},
	{RULE_LINK, "bad.example", "see WWW.BAD.EXAMPLE.", true},
	{RULE_LINK, "bad.example", "write to me@bad.example", true},
	{RULE_LINK, "bad.example", "https://user:pw@a.b.bad.example:99/", true},
	{RULE_LINK, "bad.example", "(bad.example)", true},
	{RULE_LINK, "bad.example", "not-bad.example", false},
	{RULE_LINK, "bad.example", "bad.example.com", false},
	{RULE_LINK, "bad.example", "bad example", false},
	{RULE_LINK, "bad.example", "xbad.example", false},
	{RULE_LINK, "bad.example", "..bad.example..", true},
	{RULE_LINK, "bücher.example", "www.bücher.example", true},
};

START_TEST(a_text_held_against_a_rule)
{
	char pattern[RULE_PATTERN_BYTES + 1];
	struct arena *a = arena_new(1 << 16);
	struct rule_text t;
	ck_assert(rule_pattern_make(matched[_i].kind, matched[_i].typed, pattern));
	const struct content_rule r = {.kind = matched[_i].kind, .pattern = pattern};
	ck_assert_int_eq(rule_text_make(a, matched[_i].text, &t), ERR_OK);
	ck_assert_int_eq(rule_matches(&r, &t), matched[_i].matches);
	arena_free(a);
}
END_TEST

START_TEST(what_refuses_wins_over_what_holds)
{
	const struct content_rule rules[] = {
		{.id = 1, .kind = RULE_WORDS, .action = RULE_HOLD, .pattern = "one"},
		{.id = 2, .kind = RULE_WORDS, .action = RULE_HOLD, .pattern = "two"},
		{.id = 3, .kind = RULE_WORDS, .action = RULE_REFUSE, .pattern = "three"},
	};
	struct arena *a = arena_new(1 << 16);
	struct rule_text t;
	ck_assert_int_eq(rule_text_make(a, "two one", &t), ERR_OK);
	ck_assert_int_eq((int)rules_find(rules, 3, &t)->id, 1);
	ck_assert_int_eq(rule_text_make(a, "one two three", &t), ERR_OK);
	ck_assert_int_eq((int)rules_find(rules, 3, &t)->id, 3);
	ck_assert_int_eq(rule_text_make(a, "four", &t), ERR_OK);
	ck_assert_ptr_null(rules_find(rules, 3, &t));
	ck_assert_ptr_null(rules_find(rules, 0, &t));
	arena_free(a);
}
END_TEST

START_TEST(memory_that_runs_out_is_said)
{
	struct arena *a = arena_new(64);
	struct rule_text t;
	ck_assert_int_eq(rule_text_make(a, "a text that is longer than the little there is, and then some more words", &t), ERR_NOMEM);
	arena_free(a);
}
END_TEST

Suite *suite_content_rule(void)
{
	Suite *s = suite_create("content_rule");
	TCase *t = tcase_create("content_rule");
	tcase_add_loop_test(t, pattern_from_what_is_typed, 0, sizeof made / sizeof *made);
	tcase_add_loop_test(t, a_text_held_against_a_rule, 0, sizeof matched / sizeof *matched);
	tcase_add_test(t, a_pattern_has_a_longest);
	tcase_add_test(t, what_refuses_wins_over_what_holds);
	tcase_add_test(t, memory_that_runs_out_is_said);
	suite_add_tcase(s, t);
	return s;
}
