#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "db/account_db.h"
#include "db_test.h"
#include "util/mac.h"

Suite *suite_account(void);

static struct db_fixture fixture;
static const int64_t now = 1800000000;

static void set_up(void)
{
	db_fixture_make(&fixture, "op_account");
	db_test_run(fixture.db, "INSERT INTO member (id, email, name, password_hash, totp_secret, created_at) VALUES (1, 'elsie@example.com', 'Elsie', 'x', 'sealed', UTC_TIMESTAMP()),"
	                        " (2, 'leo@example.com', 'Leo', 'x', NULL, UTC_TIMESTAMP())");
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

START_TEST(a_step_is_used_once_and_none_before_it)
{
	ck_assert_err(account_db_totp_use(fixture.db, 1, 100), ERR_OK);
	ck_assert_err(account_db_totp_use(fixture.db, 1, 100), ERR_CONFLICT);
	ck_assert_err(account_db_totp_use(fixture.db, 1, 99), ERR_CONFLICT);
	ck_assert_err(account_db_totp_use(fixture.db, 1, 101), ERR_OK);
	/* without a second factor there is nothing to use */
	ck_assert_err(account_db_totp_use(fixture.db, 2, 101), ERR_CONFLICT);
	ck_assert_err(account_db_totp_use(fixture.db, 3, 101), ERR_CONFLICT);
	struct totp_state state;
	ck_assert_err(account_db_totp(fixture.db, fixture.arena, 1, &state), ERR_OK);
	ck_assert_int_eq(state.last_step, 101);
	ck_assert_uint_eq(state.secret_n, 6);
	ck_assert_ptr_null(state.pending);
	ck_assert_err(account_db_totp(fixture.db, fixture.arena, 2, &state), ERR_OK);
	ck_assert_ptr_null(state.secret);
	ck_assert_err(account_db_totp(fixture.db, fixture.arena, 3, &state), ERR_NOT_FOUND);
}
END_TEST

enum { THREADS = 6, ROUNDS = 20 };
struct race {
	uint8_t hash[RECOVERY_CODE_HASH];
	atomic_int won[ROUNDS], codes;
};

static void race_body(int number, void *ctx)
{
	struct race *race = ctx;
	struct db *db = db_test_open(&fixture.conf);
	(void)number;
	for (int i = 0; i < ROUNDS; i++)
		if (account_db_totp_use(db, 1, 1000 + i) == ERR_OK)
			atomic_fetch_add(&race->won[i], 1);
	if (account_db_recovery_use(db, 1, race->hash, now) == ERR_OK)
		atomic_fetch_add(&race->codes, 1);
	db_free(db);
}

START_TEST(of_many_at_once_one_wins)
{
	struct race race = {.codes = 0};
	memset(race.hash, 'h', sizeof race.hash);
	db_test_run(fixture.db, "INSERT INTO recovery_code (member_id, code_hash) VALUES (1, REPEAT('h', 32))");
	db_test_threads(THREADS, race_body, &race);
	int won = 0;
	for (int i = 0; i < ROUNDS; i++) {
		ck_assert_int_le(race.won[i], 1);
		won += race.won[i];
	}
	ck_assert_int_ge(won, 1);
	ck_assert_int_eq(race.won[ROUNDS - 1], 1);
	ck_assert_int_eq(race.codes, 1);
}
END_TEST

START_TEST(a_recovery_code_is_used_once_by_whom_it_belongs_to)
{
	uint8_t hash[RECOVERY_CODE_HASH];
	memset(hash, 'h', sizeof hash);
	db_test_run(fixture.db, "INSERT INTO recovery_code (member_id, code_hash) VALUES (1, REPEAT('h', 32))");
	ck_assert_err(account_db_recovery_use(fixture.db, 2, hash, now), ERR_CONFLICT);
	ck_assert_err(account_db_recovery_use(fixture.db, 1, hash, now), ERR_OK);
	ck_assert_err(account_db_recovery_use(fixture.db, 1, hash, now), ERR_CONFLICT);
}
END_TEST

Suite *suite_account(void)
{
	Suite *s = suite_create("account");
	TCase *t = tcase_create("account");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_step_is_used_once_and_none_before_it);
	tcase_add_test(t, of_many_at_once_one_wins);
	tcase_add_test(t, a_recovery_code_is_used_once_by_whom_it_belongs_to);
	suite_add_tcase(s, t);
	return s;
}
