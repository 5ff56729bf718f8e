#include <string.h>

#include "suites_model.h"
#include "model/search_text.h"

static struct buf out;

static void open_case(void)
{
	buf_init(&out, 1 << 16);
}

static void close_case(void)
{
	buf_free(&out);
}

static const struct {
	const char *text, *index, *query;
} cases[] = {
	{"St. John's TV", "xst xjohns xtv", "+xst* +xjohns* +xtv*"},
	{"St. John’s TV", "xst xjohns xtv", "+xst* +xjohns* +xtv*"},
	{"st johns tv", "xst xjohns xtv", "+xst* +xjohns* +xtv*"},
	{"`tis ʼtis ′tis", "xtis xtis xtis", "+xtis*"},
	{"CAFÉ café cafe\u0301", "xcafe xcafe xcafe", "+xcafe*"},
	{"Œuvre æsir STRASSE straße", "xoeuvre xaesir xstrasse xstrasse", "+xoeuvre* +xaesir* +xstrasse*"},
	{"ﬁne ＡＢＣ １２", "xfine xabc x12", "+xfine* +xabc* +x12*"},
	{"2x4 3.5 1,250", "x2x4 x3_ x5_ x1_ x250", "+x2x4* +x3_ +x5_ +x1_ +x250*"},
	{"T-shirt", "xt_ xshirt", "+xt_ +xshirt*"},
	/* An apostrophe between digits is feet and inches. */
	{"12'6 x 4' 90's", "x12 x6_ xx_ x4_ x90s", "+x12* +x6_ +xx_ +x4_ +x90s*"},
	{"a'1 7'x", "xa1 x7x", "+xa1* +x7x*"},
	/* French elisions. */
	{"l'eau", "xleau xeau", "+(xleau* xeau*)"},
	{"L’Île d’Arcy", "xlile xile xdarcy xarcy", "+(xlile* xile*) +(xdarcy* xarcy*)"},
	{"qu'il jusqu'à", "xquil xil xjusqua xa_", "+(xquil* xil*) +(xjusqua* xa_)"},
	{"O'Brien's l' 's", "xobriens xl_ xs_", "+xobriens* +xl_ +xs_"},
	/* Nothing typed is an operator. */
	{"+a -bc (de) \"fg hi\" ~jk *lm no* @8 <p> %", "xa_ xbc xde xfg xhi xjk xlm xno x8_ xp_",
	 "+xa_ +xbc* +xde* +xfg* +xhi* +xjk* +xlm* +xno*"},
	{"snake_case", "xsnake xcase", "+xsnake* +xcase*"},
	{"Лодка Яхта", "xлодка xяхта", "+xлодка* +xяхта*"},
	{"漁船 ボート", "x漁船 xホート", "+x漁船* +xホート*"},
	{"ab\U00010437cd", "xab xcd", "+xab* +xcd*"},
	{"rowboat\U0001f6a3boat", "xrowboat xboat", "+xrowboat* +xboat*"},
	{"soft\u00adhyphen zero\u200bwidth", "xsofthyphen xzerowidth", "+xsofthyphen* +xzerowidth*"},
	{"bad\xff" "bytes\xc3", "xbad xbytes", "+xbad* +xbytes*"},
	{"boat BOAT bôat boats", "xboat xboat xboat xboats", "+xboat* +xboats*"},
	{"a b c d e f g h i j", "xa_ xb_ xc_ xd_ xe_ xf_ xg_ xh_ xi_ xj_", "+xa_ +xb_ +xc_ +xd_ +xe_ +xf_ +xg_ +xh_"},
	/* Cut at 40 bytes, not inside a character. */
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "+xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa*"},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaдб", "xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "+xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa*"},
	{"", "", ""},
	{" '\"+-*()~<>@ ", "", ""},
};

START_TEST(normalised)
{
	search_text_index(&out, cases[_i].text);
	ck_assert_str_eq(buf_str(&out), cases[_i].index);
	buf_reset(&out);
	search_text_query(&out, cases[_i].text);
	ck_assert_str_eq(buf_str(&out), cases[_i].query);
}
END_TEST

/* InnoDB's stop words (INFORMATION_SCHEMA.INNODB_FT_DEFAULT_STOPWORD); tokens under three characters are not indexed. */
static const char *const stop_words[] = {
	"a", "about", "an", "are", "as", "at", "be", "by", "com", "de", "en", "for", "from", "how", "i", "in", "is", "it",
	"la", "of", "on", "or", "that", "the", "this", "to", "was", "what", "when", "where", "who", "will", "with", "und",
	"www",
};
enum { STOP_WORDS = sizeof stop_words / sizeof stop_words[0] };

/* A word, and every word that a letter in front could make a stop word of, as "hat" in "what". */
START_TEST(no_word_is_lost)
{
	for (const char *word = stop_words[_i]; *word != '\0'; word++) {
		buf_reset(&out);
		search_text_index(&out, word);
		ck_assert_uint_ge(out.len, 3);
		for (int i = 0; i < STOP_WORDS; i++)
			ck_assert_str_ne(buf_str(&out), stop_words[i]);
	}
}
END_TEST

START_TEST(appends_and_stays_in_the_buffer)
{
	struct buf small;
	buf_init(&small, 10);
	buf_puts(&small, "xtitle ");
	search_text_index(&small, "dory");
	ck_assert_int_eq(small.error, ERR_TOO_LARGE);
	buf_free(&small);
	buf_puts(&out, "xtitle ");
	search_text_index(&out, "dory");
	ck_assert_str_eq(buf_str(&out), "xtitle xdory");
}
END_TEST

static const struct {
	const char *q, *text;
	bool matches;
} match_cases[] = {
	{"dory", "Cedar dory, 16 feet", true}, {"DORIES", "dory", false}, {"dor ced", "Cedar dory", true}, {"dory rope", "Cedar dory", false},
	{"l'eau", "de l\u2019eau", true}, {"l'eau", "eau", true}, {"eau", "l'eau", true}, {"3", "3 feet", true}, {"3", "30 feet", false}, {"30", "300", true},
	{"ory", "dory", false}, {"", "anything", true}, {"\u00e9t\u00e9", "ete", true}, {"x", "xylophone", false}, {"a", "a b", true},
};

/* What the mails compare by is what the database's index would find. */
START_TEST(a_text_at_hand_is_searched_as_the_index_is)
{
	struct buf query;
	buf_init(&query, 1000);
	search_text_query(&query, match_cases[_i].q);
	search_text_index(&out, match_cases[_i].text);
	ck_assert_int_eq(search_text_matches(buf_str(&query), buf_str(&out)), match_cases[_i].matches);
	buf_free(&query);
}
END_TEST

START_TEST(what_may_be_somebody_s_is_told)
{
	static const char *const kept[] = {"dory", "model 123456", "12'6 boat", ""}, *const left_out[] = {"a@b", "709 555 0123", "1234567", "\uff20me", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667"};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		ck_assert(search_text_anonymous(kept[i]));
	for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
		ck_assert(!search_text_anonymous(left_out[i]));
	search_text_words(&out, "  St. John\u2019s,  \u00c9pave ");
	ck_assert_str_eq(buf_str(&out), "st johns epave");
}
END_TEST

Suite *suite_search_text(void)
{
	Suite *s = suite_create("search_text");
	TCase *t = tcase_create("search_text");
	tcase_add_checked_fixture(t, open_case, close_case);
	tcase_add_loop_test(t, normalised, 0, sizeof cases / sizeof cases[0]);
	tcase_add_loop_test(t, no_word_is_lost, 0, STOP_WORDS);
	tcase_add_loop_test(t, a_text_at_hand_is_searched_as_the_index_is, 0, sizeof match_cases / sizeof match_cases[0]);
	tcase_add_test(t, what_may_be_somebody_s_is_told);
	tcase_add_test(t, appends_and_stays_in_the_buffer);
	suite_add_tcase(s, t);
	return s;
}
