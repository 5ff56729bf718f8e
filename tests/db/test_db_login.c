#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_test.h"

Suite *suite_db_login(void);

/* A source whose words are the test's: each reading that is asked for after a refusal gives the next of its logins. */
struct words {
	const struct db_login *logins;
	int n, at;
	int read, again;
	enum err err;
};

static struct conf conf;
static struct db *db;
static struct arena *arena;
static struct words words;

static const struct db_sql sql_one = {"SELECT 1", true};
static const struct db_sql sql_user = {"SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)", true};

static const struct db_login first = {.user = "op_first", .password = "the first", .name = "op_login"};
static const struct db_login second = {.user = "op_first", .password = "the second", .name = "op_login"};
static const struct db_login other = {.user = "op_other", .password = "an other's", .name = "op_login"};
static const struct db_login stranger = {.user = "op_stranger", .password = "an other's", .name = "op_login"};

static enum err words_read(void *ctx, bool again, struct db_login *out, char why[static DB_WHY_MAX])
{
	struct words *w = ctx;
	if (w->err != ERR_OK) {
		snprintf(why, DB_WHY_MAX, "the words are away");
		return w->err;
	}
	w->read += !again;
	w->again += again;
	if (again) {
		ck_assert_str_eq(out->password, w->logins[w->at].password);
		if (w->at + 1 == w->n)
			return ERR_LIMITED;
		w->at++;
	}
	*out = w->logins[w->at];
	return ERR_OK;
}

static void set_up(void)
{
	db_test_admin("CREATE DATABASE IF NOT EXISTS op_login;\n"
	              "DROP USER IF EXISTS op_first@localhost;\nDROP USER IF EXISTS op_other@localhost;\nDROP USER IF EXISTS op_stranger@localhost;\n"
	              "CREATE USER op_first@localhost IDENTIFIED BY 'the first';\nGRANT SELECT ON op_login.* TO op_first@localhost;\n"
	              "CREATE USER op_other@localhost IDENTIFIED BY 'an other''s';\nGRANT SELECT ON op_login.* TO op_other@localhost;\n"
	              "CREATE USER op_stranger@localhost IDENTIFIED BY 'an other''s'");
	db_test_conf(&conf, "op_nothing");
	arena = arena_new(1024 * 1024);
	words = (struct words){.n = 0};
}

static void tear_down(void)
{
	db_free(db);
	db = NULL;
	arena_free(arena);
}

static void open_with(const struct db_login *logins, int n)
{
	words = (struct words){.logins = logins, .n = n};
	ck_assert_err(db_new(&conf, &(struct db_login_source){words_read, &words}, NULL, -1, &db), ERR_OK);
}

static enum err read_once(void)
{
	struct db_rows r;
	return db_query(db, &sql_one, DB_NO_ARGS, arena, 1, &r);
}

static const char *user(void)
{
	struct db_rows r;
	ck_assert_err(db_query(db, &sql_user, DB_NO_ARGS, arena, 1, &r), ERR_OK);
	return db_cell(&r, 0, 0)->s;
}

START_TEST(a_password_that_was_changed_is_read_again_in_the_same_call)
{
	open_with((const struct db_login[]){first, second}, 2);
	ck_assert_err(read_once(), ERR_OK);
	db_test_admin("ALTER USER op_first@localhost IDENTIFIED BY 'the second'");
	/* What is connected stays so. */
	ck_assert_err(read_once(), ERR_OK);
	ck_assert_int_eq(words.again, 0);
	db_free(db);
	open_with((const struct db_login[]){first, second}, 2);
	ck_assert_err(read_once(), ERR_OK);
	ck_assert_int_eq(words.again, 1);
	ck_assert_err(read_once(), ERR_OK);
	ck_assert_int_eq(words.read, 1);
}
END_TEST

START_TEST(a_user_that_was_changed_is_read_again)
{
	open_with((const struct db_login[]){stranger, other}, 2);
	ck_assert_str_eq(user(), "op_other");
	ck_assert_int_eq(words.again, 1);
}
END_TEST

START_TEST(a_refusal_without_another_login_is_away)
{
	open_with(&second, 1);
	ck_assert_err(read_once(), ERR_DB_AWAY);
	ck_assert_uint_eq(db_error_number(db), 1045);
	ck_assert_ptr_null(strstr(db_error_text(db), second.password));
	/* With pauses between: the source is not asked for each statement. */
	for (int i = 0; i < 2000; i++)
		ck_assert_err(read_once(), ERR_DB_AWAY);
	ck_assert_int_ge(words.again, 2);
	ck_assert_int_le(words.again, 12);
}
END_TEST

START_TEST(a_source_that_gives_nothing_says_why)
{
	open_with(&first, 1);
	words.err = ERR_CLOSED;
	ck_assert_err(read_once(), ERR_DB_AWAY);
	ck_assert_str_eq(db_error_text(db), "the words are away");
	ck_assert_int_eq(words.read, 0);
	words.err = ERR_OK;
	ck_assert_err(read_once(), ERR_OK);
	ck_assert_str_eq(user(), "op_first");
}
END_TEST

START_TEST(a_password_that_is_too_long_is_refused)
{
	char longest[sizeof first.password + 1] = "";
	memset(longest, 'x', sizeof longest - 1);
	ck_assert_err(db_new(&conf, NULL, NULL, -1, &db), ERR_OK);
	ck_assert_err(db_set_password(db, longest), ERR_TOO_LARGE);
	longest[sizeof longest - 2] = '\0';
	ck_assert_err(db_set_password(db, longest), ERR_OK);
}
END_TEST

Suite *suite_db_login(void)
{
	Suite *s = suite_create("db_login");
	TCase *t = tcase_create("login");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_password_that_was_changed_is_read_again_in_the_same_call);
	tcase_add_test(t, a_user_that_was_changed_is_read_again);
	tcase_add_test(t, a_refusal_without_another_login_is_away);
	tcase_add_test(t, a_source_that_gives_nothing_says_why);
	tcase_add_test(t, a_password_that_is_too_long_is_refused);
	suite_add_tcase(s, t);
	return s;
}
