#include "../support/suites.h"

#include <string.h>

#include "text/tr.h"

static const char *const names[] = {
#define MSG(id, en, fr) #id,
#include "text/messages.def"
#undef MSG
};

/* The placeholders of a text as a bit set. */
static unsigned placeholders(const char *s)
{
	unsigned set = 0;
	for (; *s != '\0'; s++)
		if (s[0] == '{' && s[1] >= '1' && s[1] <= '9' && s[2] == '}')
			set |= 1U << (s[1] - '0');
	return set;
}

START_TEST(every_message_is_whole)
{
	enum msg id = (enum msg)_i;
	const char *en = tr(LANG_EN, id), *fr = tr(LANG_FR, id);
	ck_assert_msg(en[0] != '\0' && fr[0] != '\0', "%s is empty", names[id]);
	ck_assert_msg(placeholders(en) == placeholders(fr), "%s: the placeholders differ", names[id]);
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		const char *s = tr((enum lang)lang, id);
		ck_assert_msg(strpbrk(s, "<>&\"'\n\t") == NULL, "%s holds markup or a straight quote: %s", names[id], s);
		ck_assert_msg(s[0] != ' ' && s[strlen(s) - 1] != ' ' && strstr(s, "  ") == NULL, "%s: stray space", names[id]);
	}
}
END_TEST

/* Canadian French: a no-break space before a colon and inside guillemets, none before ?, ! and ;. */
START_TEST(french_is_set_as_french)
{
	const char *s = tr(LANG_FR, (enum msg)_i);
	for (const char *p = s; *p != '\0'; p++) {
		if (*p == ':')
			ck_assert_msg(p >= s + 2 && memcmp(p - 2, "\u00a0", 2) == 0, "%s: %s", names[_i], s);
		if (*p == '?' || *p == '!' || *p == ';')
			ck_assert_msg(p > s && p[-1] != ' ' && memcmp(p - 2, "\u00a0", 2) != 0, "%s: %s", names[_i], s);
		if (strncmp(p, "«", 2) == 0)
			ck_assert_msg(strncmp(p + 2, "\u00a0", 2) == 0, "%s: %s", names[_i], s);
		if (strncmp(p, "»", 2) == 0)
			ck_assert_msg(p >= s + 2 && memcmp(p - 2, "\u00a0", 2) == 0, "%s: %s", names[_i], s);
	}
}
END_TEST

static const struct {
	enum lang lang;
	enum msg id;
	const char *args[4];
	unsigned n;
	const char *expected;
} formats[] = {
	{LANG_EN, MSG_FIELD_TOO_LONG, {"120"}, 1, "Use 120 characters or fewer."},
	{LANG_FR, MSG_FIELD_TOO_LONG, {"120"}, 1, "Utilisez au plus 120 caractères."},
	{LANG_EN, MSG_DATE, {"31", "January", "2026"}, 3, "January 31, 2026"},
	{LANG_FR, MSG_DATE, {"31", "janvier", "2026"}, 3, "31 janvier 2026"},
	{LANG_EN, MSG_FIELD_TOO_LONG, {NULL}, 1, "Use  characters or fewer."},
	{LANG_EN, MSG_DATE, {"31"}, 1, " 31, "},
	{LANG_EN, MSG_CHIP_SEARCH, {"{1} {x} 100 %s"}, 1, "“{1} {x} 100 %s”"},
	{LANG_EN, MSG_PRICE_FREE, {NULL}, 0, "Free"},
};

START_TEST(tr_format_fills_placeholders)
{
	struct buf b;
	buf_init(&b, 1024);
	tr_format(&b, formats[_i].lang, formats[_i].id, formats[_i].args, formats[_i].n);
	ck_assert_str_eq(buf_str(&b), formats[_i].expected);
	buf_free(&b);
}
END_TEST

START_TEST(languages_have_tags_and_prefixes)
{
	ck_assert_str_eq(lang_tag(LANG_EN), "en");
	ck_assert_str_eq(lang_tag(LANG_FR), "fr");
	ck_assert_str_eq(lang_prefix(LANG_EN), "");
	ck_assert_str_eq(lang_prefix(LANG_FR), "/fr");
}
END_TEST

Suite *suite_tr(void);
Suite *suite_tr(void)
{
	Suite *s = suite_create("tr");
	TCase *t = tcase_create("messages");
	tcase_add_loop_test(t, every_message_is_whole, 0, MSG_COUNT);
	tcase_add_loop_test(t, french_is_set_as_french, 0, MSG_COUNT);
	tcase_add_loop_test(t, tr_format_fills_placeholders, 0, sizeof formats / sizeof formats[0]);
	tcase_add_test(t, languages_have_tags_and_prefixes);
	suite_add_tcase(s, t);
	return s;
}
