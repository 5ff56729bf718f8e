#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/database_login.h"

Suite *suite_database_login(void);

static struct conf conf;
static struct cloud *cloud;
static struct database_login *login;
static char why[DB_WHY_MAX];

static void set_up(void)
{
	conf_defaults(&conf);
	snprintf(conf.database.user, sizeof conf.database.user, "plain");
	snprintf(conf.database.password, sizeof conf.database.password, "env:OUTPORT_TEST_DB");
	ck_assert_int_eq(cloud_open(&conf, &cloud), ERR_OK);
	ck_assert_int_eq(database_login_open(&conf, cloud, &login), ERR_OK);
}

static void tear_down(void)
{
	database_login_free(login);
	cloud_close(cloud);
	unsetenv("OUTPORT_TEST_DB");
	unsetenv("OUTPORT_TEST_PART");
}

static enum err ask(bool again, struct db_login *out)
{
	struct db_login_source source = database_login_source(login);
	return source.read(source.ctx, again, out, why);
}

static const char json[] = "{\"username\":\"told\",\"password\":\"pw\",\"host\":\"db.example\",\"port\":3307,\"database\":\"boats\"}";

/* password: what its reference stands for; part: what env:OUTPORT_TEST_PART does. */
static const struct {
	const char *password, *part, *user, *host;
	struct db_login login;
} cases[] = {
	{"pw", "", "plain", "", {.user = "plain", .password = "pw", .name = "outport", .port = 3306}},
	{json, "", "plain", "elsewhere", {.user = "told", .password = "pw", .host = "db.example", .name = "boats", .port = 3307}},
	{"{\"password\":\"pw\"}", "", "plain", "elsewhere", {.user = "plain", .password = "pw", .host = "elsewhere", .name = "outport", .port = 3306}},
	{json, "chosen", "env:OUTPORT_TEST_PART", "", {.user = "chosen", .password = "pw", .host = "db.example", .name = "boats", .port = 3307}},
	{"pw", "{\"username\":\"u\",\"host\":\"h\"}", "env:OUTPORT_TEST_PART", "env:OUTPORT_TEST_PART",
	 {.user = "u", .password = "pw", .host = "h", .name = "outport", .port = 3306}},
	{json, "", "env:OUTPORT_TEST_DB", "env:OUTPORT_TEST_DB", {.user = "told", .password = "pw", .host = "db.example", .name = "boats", .port = 3307}},
};

START_TEST(what_is_told_where)
{
	struct db_login out;
	snprintf(conf.database.user, sizeof conf.database.user, "%s", cases[_i].user);
	snprintf(conf.database.host, sizeof conf.database.host, "%s", cases[_i].host);
	setenv("OUTPORT_TEST_DB", cases[_i].password, 1);
	setenv("OUTPORT_TEST_PART", cases[_i].part, 1);
	ck_assert_int_eq(ask(false, &out), ERR_OK);
	ck_assert_str_eq(out.user, cases[_i].login.user);
	ck_assert_str_eq(out.password, cases[_i].login.password);
	ck_assert_str_eq(out.host, cases[_i].login.host);
	ck_assert_str_eq(out.name, cases[_i].login.name);
	ck_assert_int_eq(out.port, cases[_i].login.port);
}
END_TEST

static const struct {
	const char *password, *user;
	enum err err;
	const char *why;
} mistakes[] = {
	{"env:OUTPORT_TEST_NOT_THERE", "plain", ERR_NOT_FOUND, "[database] password = env:OUTPORT_TEST_NOT_THERE cannot be read"},
	{"env:OUTPORT_TEST_DB", "env:OUTPORT_TEST_NOT_THERE", ERR_NOT_FOUND, "[database] user = env:OUTPORT_TEST_NOT_THERE cannot be read"},
	{"env:OUTPORT_TEST_DB", "env:OUTPORT_TEST_DB", ERR_OK, ""},
	{"env:OUTPORT_TEST_DB", "env:OUTPORT_TEST_PART", ERR_INVALID, "[database] user = env:OUTPORT_TEST_PART: nothing is told there"},
	{"env:OUTPORT_TEST_PART", "plain", ERR_INVALID, "[database] password = env:OUTPORT_TEST_PART: there is no password in it"},
	{"", "plain", ERR_OK, ""},
};

START_TEST(a_mistake_is_named)
{
	struct db_login out;
	setenv("OUTPORT_TEST_DB", json, 1);
	setenv("OUTPORT_TEST_PART", "{\"host\":\"h\"}", 1);
	snprintf(conf.database.user, sizeof conf.database.user, "%s", mistakes[_i].user);
	snprintf(conf.database.password, sizeof conf.database.password, "%s", mistakes[_i].password);
	ck_assert_int_eq(ask(false, &out), mistakes[_i].err);
	ck_assert_msg(strncmp(why, mistakes[_i].why, strlen(mistakes[_i].why)) == 0, "%s", why);
}
END_TEST

START_TEST(what_was_read_is_kept_until_it_is_refused)
{
	struct db_login out = {.port = 0};
	setenv("OUTPORT_TEST_DB", "one", 1);
	ck_assert_int_eq(ask(false, &out), ERR_OK);
	setenv("OUTPORT_TEST_DB", "two", 1);
	ck_assert_int_eq(ask(false, &out), ERR_OK);
	ck_assert_str_eq(out.password, "one");
	struct db_login late = out;
	ck_assert_int_eq(ask(true, &out), ERR_OK);
	ck_assert_str_eq(out.password, "two");
	/* Whoever was refused with the old one gets the new one at once, without another reading. */
	setenv("OUTPORT_TEST_DB", "three", 1);
	ck_assert_int_eq(ask(true, &late), ERR_OK);
	ck_assert_str_eq(late.password, "two");
	/* A new one that is refused too is read again at once; what is not new, after a pause. */
	ck_assert_int_eq(ask(true, &late), ERR_OK);
	ck_assert_str_eq(late.password, "three");
	ck_assert_int_eq(ask(true, &late), ERR_DENIED);
	ck_assert_int_eq(ask(true, &late), ERR_LIMITED);
	ck_assert_str_eq(late.password, "three");
	setenv("OUTPORT_TEST_DB", "four", 1);
	ck_assert_int_eq(ask(true, &late), ERR_LIMITED);
	enum err e;
	while ((e = ask(true, &late)) == ERR_LIMITED)
		continue;
	ck_assert_int_eq(e, ERR_OK);
	ck_assert_str_eq(late.password, "four");
}
END_TEST

START_TEST(what_cannot_be_read_again_stays)
{
	struct db_login out = {.port = 0};
	setenv("OUTPORT_TEST_DB", "one", 1);
	ck_assert_int_eq(ask(false, &out), ERR_OK);
	unsetenv("OUTPORT_TEST_DB");
	ck_assert_int_eq(ask(true, &out), ERR_NOT_FOUND);
	ck_assert_int_eq(ask(true, &out), ERR_LIMITED);
	ck_assert_int_eq(ask(false, &out), ERR_OK);
	ck_assert_str_eq(out.password, "one");
}
END_TEST

static atomic_int changed;

static void *refused(void *ctx)
{
	struct db_login out = *(struct db_login *)ctx;
	while (ask(true, &out) == ERR_LIMITED)
		continue;
	atomic_fetch_add(&changed, strcmp(out.password, "two") == 0);
	return NULL;
}

START_TEST(many_threads_that_are_refused_all_get_the_new_one)
{
	enum { THREADS = 8 };
	pthread_t threads[THREADS];
	struct db_login out = {.port = 0};
	setenv("OUTPORT_TEST_DB", "one", 1);
	ck_assert_int_eq(ask(false, &out), ERR_OK);
	setenv("OUTPORT_TEST_DB", "two", 1);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, refused, &out), 0);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_int_eq(changed, THREADS);
}
END_TEST

Suite *suite_database_login(void)
{
	Suite *s = suite_create("database_login");
	TCase *t = tcase_create("login");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, what_is_told_where, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(t, a_mistake_is_named, 0, sizeof mistakes / sizeof *mistakes);
	tcase_add_test(t, what_was_read_is_kept_until_it_is_refused);
	tcase_add_test(t, what_cannot_be_read_again_stays);
	tcase_add_test(t, many_threads_that_are_refused_all_get_the_new_one);
	suite_add_tcase(s, t);
	return s;
}
