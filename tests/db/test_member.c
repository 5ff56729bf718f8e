#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "db/member_db.h"
#include "db/registration_db.h"
#include "db/session_db.h"
#include "db/site_db.h"
#include "db/token_db.h"
#include "db_test.h"
#include "util/mac.h"

Suite *suite_member(void);

static struct db_fixture fixture;
static const int64_t now = 1800000000;

static void set_up(void)
{
	db_fixture_make(&fixture, "op_member");
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

/* The hash of a token that only the test knows. */
static const uint8_t *token_of(const char *name, uint8_t hash[static TOKEN_HASH])
{
	mac_sha256(name, strlen(name), hash);
	return hash;
}

static int64_t new_member(const char *email)
{
	struct member m = {.email = email, .name = "Elsie Wareham", .password_hash = "$old", .lang = "fr"};
	ck_assert_err(member_db_add(fixture.db, &m, now), ERR_OK);
	return m.id;
}

static int64_t new_session(int64_t member_id, const char *name, enum session_kind kind)
{
	uint8_t hash[TOKEN_HASH];
	struct session s = {
		.member_id = member_id, .kind = kind, .scopes = SCOPE_ALL, .label = name, .user_agent = "Lynx", .address = "192.0.2.1",
		.expires_at = now + SESSION_SECONDS,
	};
	ck_assert_err(session_db_add(fixture.db, token_of(name, hash), &s, now), ERR_OK);
	return s.id;
}

static enum err load(const char *name, int64_t at, struct session *s)
{
	uint8_t hash[TOKEN_HASH];
	return session_db_load(fixture.db, fixture.arena, token_of(name, hash), at, s);
}

START_TEST(a_member_is_found_by_address_and_number)
{
	int64_t id = new_member("elsie@example.org");
	struct member m, twin = {.email = "elsie@example.org", .name = "Another", .password_hash = "$", .lang = "en"};
	ck_assert_err(member_db_add(fixture.db, &twin, now), ERR_EXISTS);
	ck_assert_err(member_db_find(fixture.db, fixture.arena, "elsie@example.org", &m), ERR_OK);
	ck_assert_int_eq(m.id, id);
	ck_assert_str_eq(m.password_hash, "$old");
	ck_assert_str_eq(m.lang, "fr");
	ck_assert_int_eq(m.state, MEMBER_ACTIVE);
	ck_assert_int_eq(m.role, ROLE_MEMBER);
	ck_assert_int_eq(m.created_at, now);
	ck_assert_int_eq(m.signed_in_at, 0);
	ck_assert(!m.totp);
	ck_assert_err(member_db_find(fixture.db, fixture.arena, "Elsie@example.org", &m), ERR_NOT_FOUND);
	ck_assert_err(member_db_find(fixture.db, fixture.arena, "elsie@example.or", &m), ERR_NOT_FOUND);
	ck_assert_err(member_db_get(fixture.db, fixture.arena, id, &m), ERR_OK);
	ck_assert_ptr_null(m.password_hash);
	ck_assert_str_eq(m.address.country, "");
	ck_assert_err(member_db_get_secret(fixture.db, fixture.arena, id, &m), ERR_OK);
	ck_assert_str_eq(m.password_hash, "$old");
	ck_assert_err(member_db_get(fixture.db, fixture.arena, id + 1, &m), ERR_NOT_FOUND);
	ck_assert_err(member_db_set_password(fixture.db, id, "$new"), ERR_OK);
	ck_assert_err(member_db_set_password(fixture.db, id, "$new"), ERR_OK);
	ck_assert_err(member_db_set_password(fixture.db, id + 1, "$new"), ERR_NOT_FOUND);
	ck_assert_err(member_db_signed_in(fixture.db, id, now + 5), ERR_OK);
	ck_assert_err(member_db_set_trust(fixture.db, id, TRUST_TRUSTED), ERR_OK);
	ck_assert_err(member_db_get_secret(fixture.db, fixture.arena, id, &m), ERR_OK);
	ck_assert_str_eq(m.password_hash, "$new");
	ck_assert_int_eq(m.signed_in_at, now + 5);
	ck_assert_int_eq(m.trust, TRUST_TRUSTED);
	int64_t other = new_member("leo@example.org");
	ck_assert_err(member_db_set_email(fixture.db, other, "elsie@example.org"), ERR_EXISTS);
	ck_assert_err(member_db_set_email(fixture.db, other, "leo.pike@example.org"), ERR_OK);
}
END_TEST

START_TEST(a_session_says_whose_it_is_until_it_ends)
{
	int64_t id = new_member("elsie@example.org");
	struct session s;
	int64_t session = new_session(id, "browser", SESSION_BROWSER);
	new_session(id, "script", SESSION_TOKEN);
	ck_assert_err(load("browser", now, &s), ERR_OK);
	ck_assert_int_eq(s.id, session);
	ck_assert_int_eq(s.member_id, id);
	ck_assert_str_eq(s.name, "Elsie Wareham");
	ck_assert_err(load("nobody", now, &s), ERR_NOT_FOUND);
	/* idle end: a browser's, not a personal token's */
	ck_assert_err(load("browser", now + SESSION_IDLE_SECONDS - 1, &s), ERR_OK);
	ck_assert_err(load("browser", now + SESSION_IDLE_SECONDS, &s), ERR_NOT_FOUND);
	ck_assert_err(load("script", now + SESSION_IDLE_SECONDS, &s), ERR_OK);
	ck_assert_err(session_db_seen(fixture.db, session, now + SESSION_IDLE_SECONDS - 1), ERR_OK);
	ck_assert_err(load("browser", now + SESSION_IDLE_SECONDS, &s), ERR_OK);
	/* absolute end, however busy */
	ck_assert_err(session_db_seen(fixture.db, session, now + SESSION_SECONDS - 1), ERR_OK);
	ck_assert_err(load("browser", now + SESSION_SECONDS - 1, &s), ERR_OK);
	ck_assert_err(load("browser", now + SESSION_SECONDS, &s), ERR_NOT_FOUND);
	ck_assert_err(load("script", now + SESSION_SECONDS, &s), ERR_NOT_FOUND);
	/* rotated: the old token is nobody's */
	uint8_t hash[TOKEN_HASH];
	ck_assert_err(session_db_rotate(fixture.db, session, token_of("rotated", hash)), ERR_OK);
	ck_assert_err(load("browser", now, &s), ERR_NOT_FOUND);
	ck_assert_err(load("rotated", now, &s), ERR_OK);
	/* somebody else's cannot be ended */
	int64_t other = new_member("leo@example.org");
	ck_assert_err(session_db_end(fixture.db, other, session), ERR_NOT_FOUND);
	ck_assert_err(session_db_end(fixture.db, id, session), ERR_OK);
	ck_assert_err(load("rotated", now, &s), ERR_NOT_FOUND);
	ck_assert_err(load("script", now, &s), ERR_OK);
}
END_TEST

START_TEST(sessions_are_listed_and_ended_but_this_one)
{
	int64_t id = new_member("elsie@example.org"), keep = new_session(id, "a", SESSION_BROWSER);
	struct session *list, s;
	size_t n;
	new_session(id, "b", SESSION_PROGRAM);
	new_session(id, "c", SESSION_TOKEN);
	new_session(new_member("leo@example.org"), "d", SESSION_BROWSER);
	ck_assert_err(session_db_list(fixture.db, fixture.arena, id, false, now, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(list[1].user_agent, "Lynx");
	ck_assert_err(session_db_list(fixture.db, fixture.arena, id, true, now, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(list[0].label, "c");
	ck_assert_err(session_db_end_all(fixture.db, id, keep, false), ERR_OK);
	ck_assert_err(load("a", now, &s), ERR_OK);
	ck_assert_err(load("b", now, &s), ERR_NOT_FOUND);
	ck_assert_err(load("c", now, &s), ERR_OK);
	ck_assert_err(session_db_end_all(fixture.db, id, 0, true), ERR_OK);
	ck_assert_err(load("a", now, &s), ERR_NOT_FOUND);
	ck_assert_err(load("c", now, &s), ERR_NOT_FOUND);
	ck_assert_err(load("d", now, &s), ERR_OK);
}
END_TEST

static const struct {
	enum member_state state;
	enum err err;
} states[] = {
	{MEMBER_ACTIVE, ERR_OK}, {MEMBER_LEAVING, ERR_OK}, {MEMBER_DISABLED, ERR_NOT_FOUND}, {MEMBER_GONE, ERR_NOT_FOUND},
};

START_TEST(a_state_ends_the_sessions_of_who_may_not_sign_in)
{
	int64_t id = new_member("elsie@example.org");
	struct session s;
	struct member m;
	new_session(id, "a", SESSION_BROWSER);
	new_session(id, "b", SESSION_TOKEN);
	ck_assert_err(member_db_set_state(fixture.db, id, states[_i].state, "why", 0), ERR_OK);
	ck_assert_err(load("a", now, &s), states[_i].err);
	ck_assert_err(load("b", now, &s), states[_i].err);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM session"), states[_i].err == ERR_OK ? 2 : 0);
	ck_assert_err(member_db_get(fixture.db, fixture.arena, id, &m), ERR_OK);
	ck_assert_int_eq(m.state, states[_i].state);
	ck_assert_str_eq(m.state_reason, "why");
	ck_assert_err(member_db_set_state(fixture.db, id + 1, states[_i].state, "", 0), ERR_NOT_FOUND);
}
END_TEST

/* Also where a row of a session should have been left. */
START_TEST(a_session_of_who_is_disabled_is_worth_nothing)
{
	int64_t id = new_member("elsie@example.org");
	struct session s;
	new_session(id, "a", SESSION_BROWSER);
	db_test_run(fixture.db, "UPDATE member SET state = 2");
	ck_assert_err(load("a", now, &s), ERR_NOT_FOUND);
}
END_TEST

START_TEST(a_change_of_rights_ends_what_was_given_to_the_old_ones)
{
	int64_t id = new_member("elsie@example.org");
	struct session s;
	new_session(id, "a", SESSION_BROWSER);
	ck_assert_err(member_db_set_role(fixture.db, id, ROLE_MODERATOR), ERR_OK);
	ck_assert_err(load("a", now, &s), ERR_NOT_FOUND);
	new_session(id, "b", SESSION_BROWSER);
	ck_assert_err(load("b", now, &s), ERR_OK);
	ck_assert_int_eq(s.role, ROLE_MODERATOR);
}
END_TEST

static void ask(const char *token, const char *email, const char *password_hash, int64_t expires_at)
{
	uint8_t hash[TOKEN_HASH];
	struct registration r = {
		.email = email, .name = "Rita", .password_hash = password_hash, .lang = "en", .created_at = now, .expires_at = expires_at,
	};
	ck_assert_err(registration_db_add(fixture.db, token_of(token, hash), &r, "{}"), ERR_OK);
}

START_TEST(a_registration_becomes_a_member_once)
{
	uint8_t hash[TOKEN_HASH];
	struct registration r;
	struct member m;
	int64_t id = 0;
	ask("one", "rita@example.org", "$one", now + 100);
	ask("two", "rita@example.org", "$two", now + 100);
	ask("old", "old@example.org", "$old", now);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"), 3);
	ck_assert_err(registration_db_find(fixture.db, fixture.arena, token_of("one", hash), now, &r), ERR_OK);
	ck_assert_str_eq(r.password_hash, "$one");
	ck_assert_err(registration_db_find(fixture.db, fixture.arena, token_of("old", hash), now, &r), ERR_NOT_FOUND);
	ck_assert_err(registration_db_confirm(fixture.db, fixture.arena, token_of("old", hash), now, &id), ERR_NOT_FOUND);
	ck_assert_err(registration_db_confirm(fixture.db, fixture.arena, token_of("one", hash), now, &id), ERR_OK);
	ck_assert_err(member_db_find(fixture.db, fixture.arena, "rita@example.org", &m), ERR_OK);
	ck_assert_int_eq(m.id, id);
	ck_assert_str_eq(m.password_hash, "$one");
	ck_assert_err(registration_db_confirm(fixture.db, fixture.arena, token_of("one", hash), now, &id), ERR_NOT_FOUND);
	ck_assert_err(registration_db_confirm(fixture.db, fixture.arena, token_of("two", hash), now, &id), ERR_NOT_FOUND);
	ask("three", "rita@example.org", "$three", now + 100);
	ck_assert_err(registration_db_confirm(fixture.db, fixture.arena, token_of("three", hash), now, &id), ERR_EXISTS);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM registration WHERE email = 'rita@example.org'"), 1);
}
END_TEST

enum { THREADS = 6, ROUNDS = 8 };
static atomic_int outcome[ERR_COUNT];

struct race {
	bool one_link; /* all follow the same link; else each has one of their own to the same address */
	int round;
};

static void thread_confirms(int number, void *ctx)
{
	const struct race *race = ctx;
	struct db *own = db_test_open(&fixture.conf);
	struct arena *a = arena_new(1 << 20);
	uint8_t hash[TOKEN_HASH];
	char token[32];
	int64_t id = 0;
	snprintf(token, sizeof token, "%d.%d", race->round, race->one_link ? 0 : number);
	atomic_fetch_add(&outcome[registration_db_confirm(own, a, token_of(token, hash), now, &id)], 1);
	db_free(own);
	arena_free(a);
}

START_TEST(of_registrations_confirmed_at_once_one_wins)
{
	struct race race = {.one_link = _i == 1};
	for (race.round = 0; race.round < ROUNDS; race.round++) {
		char email[64], token[32];
		snprintf(email, sizeof email, "rita.%d@example.org", race.round);
		for (int i = 0; i < THREADS; i++) {
			snprintf(token, sizeof token, "%d.%d", race.round, i);
			ask(token, email, token, now + 100);
		}
		db_test_threads(THREADS, thread_confirms, &race);
	}
	ck_assert_int_eq(outcome[ERR_OK], ROUNDS);
	ck_assert_int_eq(outcome[ERR_OK] + outcome[ERR_EXISTS] + outcome[ERR_NOT_FOUND], ROUNDS * THREADS);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM member"), ROUNDS);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM registration"), 0);
}
END_TEST

static void thread_resets(int number, void *ctx)
{
	const int64_t *member_id = ctx;
	struct db *own = db_test_open(&fixture.conf);
	uint8_t hash[TOKEN_HASH];
	char password[32];
	snprintf(password, sizeof password, "$%d", number);
	atomic_fetch_add(&outcome[reset_db_use(own, token_of("reset", hash), *member_id, password, now, "{}")], 1);
	db_free(own);
}

START_TEST(of_uses_of_a_reset_link_at_once_one_wins)
{
	int64_t id = new_member("elsie@example.org");
	uint8_t hash[TOKEN_HASH];
	new_session(id, "a", SESSION_BROWSER);
	new_session(id, "b", SESSION_TOKEN);
	ck_assert_err(reset_db_add(fixture.db, token_of("reset", hash), id, now + 100, "{}"), ERR_OK);
	ck_assert_err(reset_db_add(fixture.db, token_of("before", hash), id, now + 100, "{}"), ERR_OK);
	ck_assert_err(token_db_add(fixture.db, TOKEN_EMAIL_NEW, token_of("email", hash), id, "thief@example.org", now + 100), ERR_OK);
	db_test_threads(THREADS, thread_resets, &id);
	ck_assert_int_eq(outcome[ERR_OK], 1);
	ck_assert_int_eq(outcome[ERR_CONFLICT], THREADS - 1);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM session"), 0);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM token WHERE used_at IS NULL"), 0);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), 3);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM member WHERE password_hash LIKE '$_'"), 1);
}
END_TEST

START_TEST(a_reset_for_nobody_writes_as_much_and_opens_nothing)
{
	uint8_t hash[TOKEN_HASH];
	ck_assert_err(reset_db_add(fixture.db, token_of("reset", hash), 0, now + 100, NULL), ERR_OK);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM token"), 2);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), 0);
	ck_assert_err(reset_db_use(fixture.db, token_of("reset", hash), 0, "$new", now, "{}"), ERR_NOT_FOUND);
	ck_assert_err(reset_db_add(fixture.db, token_of("late", hash), new_member("elsie@example.org"), now, "{}"), ERR_OK);
	ck_assert_err(reset_db_use(fixture.db, token_of("late", hash), 1, "$new", now, "{}"), ERR_CONFLICT);
}
END_TEST

START_TEST(a_link_is_of_one_kind_and_used_once)
{
	uint8_t hash[TOKEN_HASH];
	struct token t;
	ck_assert_err(token_db_add(fixture.db, TOKEN_LISTING_MANAGE, token_of("manage", hash), 7, NULL, now + 100), ERR_OK);
	ck_assert_err(token_db_find(fixture.db, fixture.arena, TOKEN_RESET, hash, now, &t), ERR_NOT_FOUND);
	ck_assert_err(token_db_find(fixture.db, fixture.arena, TOKEN_LISTING_MANAGE, hash, now + 100, &t), ERR_NOT_FOUND);
	ck_assert_err(token_db_find(fixture.db, fixture.arena, TOKEN_LISTING_MANAGE, hash, now, &t), ERR_OK);
	ck_assert_int_eq(t.subject_id, 7);
	ck_assert_int_eq(t.used_at, 0);
	ck_assert_err(token_db_use(fixture.db, TOKEN_RESET, hash, now), ERR_CONFLICT);
	ck_assert_err(token_db_use(fixture.db, TOKEN_LISTING_MANAGE, hash, now), ERR_OK);
	ck_assert_err(token_db_use(fixture.db, TOKEN_LISTING_MANAGE, hash, now), ERR_CONFLICT);
}
END_TEST

START_TEST(an_attempt_that_was_good_is_taken_back)
{
	for (int i = 0; i < 10; i++) {
		ck_assert_err(rate_db_count(fixture.db, "sign-in:x", now, 900, 2), ERR_OK);
		ck_assert_err(rate_db_forgive(fixture.db, "sign-in:x", now, 900), ERR_OK);
	}
	ck_assert_err(rate_db_count(fixture.db, "sign-in:x", now, 900, 2), ERR_OK);
	ck_assert_err(rate_db_count(fixture.db, "sign-in:x", now, 900, 2), ERR_OK);
	ck_assert_err(rate_db_count(fixture.db, "sign-in:x", now, 900, 2), ERR_LIMITED);
	for (int i = 0; i < 10; i++)
		ck_assert_err(rate_db_forgive(fixture.db, "sign-in:x", now, 900), ERR_OK);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT attempts FROM rate_count"), 0);
}
END_TEST

Suite *suite_member(void)
{
	Suite *s = suite_create("member");
	TCase *t = tcase_create("member");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_member_is_found_by_address_and_number);
	tcase_add_test(t, a_session_says_whose_it_is_until_it_ends);
	tcase_add_test(t, sessions_are_listed_and_ended_but_this_one);
	tcase_add_loop_test(t, a_state_ends_the_sessions_of_who_may_not_sign_in, 0, sizeof states / sizeof *states);
	tcase_add_test(t, a_session_of_who_is_disabled_is_worth_nothing);
	tcase_add_test(t, a_change_of_rights_ends_what_was_given_to_the_old_ones);
	tcase_add_test(t, a_registration_becomes_a_member_once);
	tcase_add_loop_test(t, of_registrations_confirmed_at_once_one_wins, 0, 2);
	tcase_add_test(t, of_uses_of_a_reset_link_at_once_one_wins);
	tcase_add_test(t, a_reset_for_nobody_writes_as_much_and_opens_nothing);
	tcase_add_test(t, a_link_is_of_one_kind_and_used_once);
	tcase_add_test(t, an_attempt_that_was_good_is_taken_back);
	suite_add_tcase(s, t);
	return s;
}
