#include "../support/suites.h"

#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "render/mail_view.h"
#include "render/plain.h"

enum { CAP = 1 << 18, ARENA = 1 << 20 };

#define LINK "https://outport.example/somewhere/dG9rZW4"

/* As mail.def says; enough for every mail. */
static const char *const sample_args[MAIL_KIND_COUNT][MAIL_ARGS_MAX] = {
	[MAIL_VERIFY] = {LINK}, [MAIL_ALREADY_MEMBER] = {LINK "/1", LINK "/2"}, [MAIL_RESET] = {LINK}, [MAIL_PASSWORD_CHANGED] = {LINK},
	[MAIL_EMAIL_NEW] = {LINK}, [MAIL_EMAIL_OLD] = {LINK, "new@example.org"}, [MAIL_EMAIL_CHANGED] = {"new@example.org"}, [MAIL_TOTP_ON] = {LINK},
	[MAIL_TOTP_OFF] = {LINK}, [MAIL_LEAVING] = {LINK, "2026-03-01"}, [MAIL_DISABLED] = {"Sold what was not there.\nTwice."},
	[MAIL_LISTING_CONFIRM] = {"Dory & oars", LINK}, [MAIL_LISTING_MANAGE] = {"Dory & oars", LINK}, [MAIL_LISTING_APPROVED] = {"Dory & oars", LINK},
	[MAIL_LISTING_REJECTED] = {"Dory & oars", "The price is missing.", LINK}, [MAIL_LISTING_HELD] = {"Dory & oars", "Several people reported it."},
	[MAIL_LISTING_REMOVED] = {"Dory & oars", "It was advertising."}, [MAIL_LISTING_EXPIRING] = {"Dory & oars", LINK, "2026-03-01"},
	[MAIL_LISTING_EXPIRED] = {"Dory & oars", LINK},
	[MAIL_CONVERSATION] = {"Ambrose", "Dory & oars",
	                       "Is she still there? I could come round on Saturday with a trailer, if the road to the wharf is open by then.\n\nAmbrose\n> quoted <b>", LINK "/1", LINK "/2"},
	[MAIL_ALERT] = {"boats under $500", "Dory & oars\t$450\tFogo\t" LINK "/1\nPunt <old>\tFree\tTwillingate\t" LINK "/2\n", LINK "/3?q=boat&max_price=500", LINK "/4", LINK "/5"},
	[MAIL_SITE_MESSAGE] = {"Ambrose", "ambrose@example.org", "Are you open on Sundays?\n\nThank you"},
};

static const struct mail_site site = {.name = {[LANG_EN] = "Outport", [LANG_FR] = "Outport"}, .url = "https://outport.example"};

static struct arena *arena;
static struct mail_words words;

static void set_up(void)
{
	arena = arena_new(ARENA);
	ck_assert_ptr_nonnull(arena);
	buf_init(&words.text, CAP);
	buf_init(&words.html, CAP);
}

static void tear_down(void)
{
	buf_free(&words.text);
	buf_free(&words.html);
	arena_free(arena);
}

static struct mail sample(enum mail_kind kind, const char *lang)
{
	struct mail m = {.kind = kind, .to = "anna@example.org", .to_name = "Anna Étoile", .lang = lang};
	memcpy(m.arg, sample_args[kind], sizeof m.arg);
	return m;
}

static void check_golden(enum mail_kind kind, const char *lang, const char *suffix, struct buf *b)
{
	char name[96];
	snprintf(name, sizeof name, "mail-%s-%s.%s", mail_kind_name(kind), lang, suffix);
	golden_check(name, b);
}

START_TEST(every_mail_in_both_languages)
{
	enum mail_kind kind = (enum mail_kind)(_i / 2);
	const char *lang = _i % 2 == 0 ? "en" : "fr";
	struct mail m = sample(kind, lang);
	ck_assert_int_eq(mail_view(arena, &m, &site, &words), ERR_OK);
	ck_assert_ptr_null(strchr(words.subject, '\n'));
	ck_assert_int_eq(words.unsubscribe != NULL, kind == MAIL_ALERT);
	struct buf text;
	buf_init(&text, CAP);
	buf_puts(&text, words.subject);
	buf_puts(&text, "\n\n");
	buf_puts(&text, buf_str(&words.text));
	check_golden(kind, lang, "txt", &text);
	check_golden(kind, lang, "html", &words.html);
	buf_free(&text);
}
END_TEST

START_TEST(an_argument_that_is_missing_is_an_error)
{
	enum mail_kind kind = (enum mail_kind)_i;
	struct mail m = sample(kind, "en");
	size_t n = 0;
	while (n < MAIL_ARGS_MAX && m.arg[n] != NULL)
		n++;
	m.arg[n - 1] = NULL;
	ck_assert_int_eq(mail_view(arena, &m, &site, &words), ERR_INVALID);
}
END_TEST

START_TEST(hostile_words_stay_words)
{
	enum mail_kind kind = (enum mail_kind)_i;
	struct mail m = sample(kind, "en");
	for (size_t i = 0; i < MAIL_ARGS_MAX; i++)
		if (m.arg[i] != NULL && strncmp(m.arg[i], "https:", 6) != 0)
			m.arg[i] = HOSTILE "\r\n\r\nBcc: v@example.org\x1b[31m\xff";
	m.to_name = HOSTILE "\n\nHello again";
	ck_assert_int_eq(mail_view(arena, &m, &site, &words), ERR_OK);
	ck_assert_ptr_null(strpbrk(words.subject, "\r\n\x1b"));
	ck_assert_ptr_null(strpbrk(buf_str(&words.text), "\r\x1b\xff"));
	ck_assert_ptr_null(strstr(buf_str(&words.html), "<script"));
	ck_assert_ptr_null(strstr(buf_str(&words.html), "\x1b"));
	/* a name makes no line of its own; a message's lines stand behind a mark */
	ck_assert_ptr_null(strstr(buf_str(&words.text), "\n\nHello again"));
	ck_assert_ptr_null(strstr(buf_str(&words.text), "\n\nBcc:"));
}
END_TEST

START_TEST(a_nameless_reader_is_greeted_all_the_same)
{
	struct mail m = sample(MAIL_RESET, "fr");
	m.to_name = "";
	ck_assert_int_eq(mail_view(arena, &m, &site, &words), ERR_OK);
	ck_assert_int_eq(strncmp(buf_str(&words.text), "Bonjour,\n\n", 10), 0);
}
END_TEST

#define W10 "123456789 "

static const struct {
	const char *prefix, *in, *out;
} folded[] = {
	{"", "", "\n"},
	{"> ", "", "> \n"},
	{"", "a\nb\n", "a\nb\n"},
	{"> ", "a\n\nb", "> a\n> \n> b\n"},
	{"", W10 W10 W10 W10 W10 W10 W10 W10 "end", "123456789 123456789 123456789 123456789 123456789 123456789 123456789\n123456789 end\n"},
	{"> ", W10 W10 W10 W10 W10 W10 W10 W10 "end", "> 123456789 123456789 123456789 123456789 123456789 123456789 123456789\n> 123456789 end\n"},
	{"", "https://example.org/12345678901234567890123456789012345678901234567890123456789012345678901234567890 x",
	 "https://example.org/12345678901234567890123456789012345678901234567890123456789012345678901234567890\nx\n"},
	{"", "  two   blanks", "two   blanks\n"},
	/* characters are counted, not bytes */
	{"", "ééééééééé ééééééééé ééééééééé ééééééééé ééééééééé ééééééééé ééééééééé ét", "ééééééééé ééééééééé ééééééééé ééééééééé ééééééééé ééééééééé ééééééééé ét\n"},
};

START_TEST(lines_are_folded_at_blanks)
{
	struct buf b;
	buf_init(&b, CAP);
	plain_lines(&b, folded[_i].prefix, folded[_i].in);
	ck_assert_str_eq(buf_str(&b), folded[_i].out);
	buf_free(&b);
}
END_TEST

static const struct {
	const char *in;
	bool lines;
	const char *out;
} cleaned[] = {
	{"plain", false, "plain"}, {"a\r\nb", false, "a b"}, {"a\r\nb", true, "a\nb"}, {"a\rb", true, "a b"}, {"a\tb", true, "a b"}, {"a\x7f\x01z", false, "a  z"},
	{"\u2028\u202e\xc2\x85x", false, "   x"}, {"\xff\xc3", false, "??"}, {"\xe2\x82", false, "??"}, {"été", false, "été"},
};

START_TEST(values_lose_what_steers)
{
	ck_assert_str_eq(plain_clean(arena, cleaned[_i].in, cleaned[_i].lines), cleaned[_i].out);
}
END_TEST

Suite *suite_mail_view(void);
Suite *suite_mail_view(void)
{
	Suite *s = suite_create("mail_view");
	TCase *t = tcase_create("mail_view");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, every_mail_in_both_languages, 0, MAIL_KIND_COUNT * 2);
	tcase_add_loop_test(t, an_argument_that_is_missing_is_an_error, 0, MAIL_KIND_COUNT);
	tcase_add_loop_test(t, hostile_words_stay_words, 0, MAIL_KIND_COUNT);
	tcase_add_test(t, a_nameless_reader_is_greeted_all_the_same);
	tcase_add_loop_test(t, lines_are_folded_at_blanks, 0, sizeof folded / sizeof *folded);
	tcase_add_loop_test(t, values_lose_what_steers, 0, sizeof cleaned / sizeof *cleaned);
	suite_add_tcase(s, t);
	return s;
}
