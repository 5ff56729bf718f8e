#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "db/ban_db.h"
#include "db/flag_db.h"
#include "db/listing_db.h"
#include "db/member_db.h"
#include "db/moderation_db.h"
#include "db/moderation_queue_db.h"
#include "db/rule_db.h"
#include "db/session_db.h"
#include "db_test.h"

Suite *suite_moderation_db(void);

static struct db_fixture fixture;
#define NOW INT64_C(1770000000)

static void set_up(void)
{
	db_fixture_make(&fixture, "op_moderation");
	db_fixture_catalog(&fixture, 2, 2);
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

/* sql ends where the id belongs. Each text stands at an address of its own: statements are known by it. */
static int64_t number(const char *sql, int64_t id)
{
	char *text = arena_alloc(fixture.arena, strlen(sql) + 24);
	snprintf(text, strlen(sql) + 24, "%s%lld", sql, (long long)id);
	return db_test_number(fixture.db, text);
}

static int64_t add_member(const char *email, enum member_role role)
{
	struct member m = {.email = email, .name = "Somebody", .password_hash = "x", .role = role, .lang = "en"};
	ck_assert_err(member_db_add(fixture.db, &m, NOW), ERR_OK);
	return m.id;
}

static int64_t add_listing(int serial, enum listing_state state, int64_t member_id)
{
	struct listing *l = db_fixture_listings(&fixture, serial, 1);
	l->state = state;
	l->member_id = member_id;
	l->created_at = l->submitted_at = NOW - 10000 + serial;
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, l), ERR_OK);
	return l->id;
}

static struct decision decision_of(int64_t listing_id, enum decision_kind kind, int64_t version)
{
	return (struct decision){.kind = kind, .listing_id = listing_id, .moderator_id = 1, .words = "words", .reason = "words", .versioned = true, .version = version, .now = NOW};
}

enum { THREADS = 8 };

struct race {
	int64_t id;
	atomic_int won, lost, other;
};

static void decide_at_once(int i, void *ctx)
{
	struct race *race = ctx;
	struct db *db = db_test_open(&fixture.conf);
	struct arena *a = arena_new(1 << 20);
	struct decision d = decision_of(race->id, i % 2 == 0 ? DECISION_APPROVE : DECISION_REJECT, 0);
	d.mail = "{}";
	enum err e = moderation_db_decide(db, a, fixture.catalog, &d);
	atomic_fetch_add(e == ERR_OK ? &race->won : e == ERR_CONFLICT ? &race->lost : &race->other, 1);
	arena_free(a);
	db_free(db);
}

START_TEST(of_many_deciders_one_decides)
{
	for (int round = 0; round < 5; round++) {
		struct race race = {.id = add_listing(round, LISTING_PENDING, 0)};
		db_test_threads(THREADS, decide_at_once, &race);
		ck_assert_int_eq(atomic_load(&race.won), 1);
		ck_assert_int_eq(atomic_load(&race.lost), THREADS - 1);
		ck_assert_int_eq(number("SELECT COUNT(*) FROM moderation_entry WHERE listing_id = ", race.id), 1);
		ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND subject_id = ", race.id), 1);
		ck_assert_int_eq(number("SELECT (l.state = 1) = (SELECT COUNT(*) > 0 FROM listing_facet f WHERE f.listing_id = l.id) FROM listing l WHERE l.id = ", race.id), 1);
	}
}
END_TEST

static void dismiss_at_once(int i, void *ctx)
{
	(void)i;
	struct race *race = ctx;
	struct db *db = db_test_open(&fixture.conf);
	struct arena *a = arena_new(1 << 20);
	struct decision d = decision_of(race->id, DECISION_DISMISS, 0);
	enum err e = moderation_db_decide(db, a, fixture.catalog, &d);
	atomic_fetch_add(e == ERR_OK ? &race->won : e == ERR_CONFLICT ? &race->lost : &race->other, 1);
	arena_free(a);
	db_free(db);
}

START_TEST(flags_of_a_published_listing_are_dismissed_once)
{
	struct race race = {.id = add_listing(1, LISTING_PUBLISHED, 0)};
	struct flag f = {.listing_id = race.id, .reporter = "a:192.0.2.1", .created_at = NOW};
	bool held;
	ck_assert_err(flag_db_add(fixture.db, fixture.arena, fixture.catalog, &f, NULL, &held), ERR_OK);
	db_test_threads(THREADS, dismiss_at_once, &race);
	ck_assert_int_eq(atomic_load(&race.won), 1);
	ck_assert_int_eq(atomic_load(&race.lost), THREADS - 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM moderation_entry WHERE listing_id = ", race.id), 1);
	ck_assert_int_eq(number("SELECT state FROM listing WHERE id = ", race.id), 1);
}
END_TEST

static void flag_at_once(int i, void *ctx)
{
	struct race *race = ctx;
	struct db *db = db_test_open(&fixture.conf);
	struct arena *a = arena_new(1 << 20);
	char reporter[FLAG_REPORTER_SIZE];
	bool held = false;
	snprintf(reporter, sizeof reporter, "m:%d", i / 2);
	struct flag f = {.listing_id = race->id, .reporter = reporter, .created_at = NOW};
	const struct flag_holding hold = {.limit = 3, .reason = "reported", .mail = "{}"};
	enum err e = flag_db_add(db, a, fixture.catalog, &f, &hold, &held);
	ck_assert(e == ERR_OK || e == ERR_EXISTS || e == ERR_NOT_FOUND);
	if (e == ERR_OK)
		atomic_fetch_add(held ? &race->won : &race->lost, 1);
	arena_free(a);
	db_free(db);
}

START_TEST(the_flag_that_makes_enough_holds_once)
{
	for (int round = 0; round < 5; round++) {
		struct race race = {.id = add_listing(round, LISTING_PUBLISHED, 0)};
		db_test_threads(2 * THREADS, flag_at_once, &race);
		ck_assert_int_eq(atomic_load(&race.won), 1);
		ck_assert_int_eq(atomic_load(&race.lost), 2);
		ck_assert_int_eq(number("SELECT COUNT(*) FROM flag WHERE listing_id = ", race.id), 3);
		ck_assert_int_eq(number("SELECT state * 100 + held_from FROM listing WHERE id = ", race.id), 501);
		ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet WHERE listing_id = ", race.id), 0);
		ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND subject_id = ", race.id), 1);
	}
}
END_TEST

START_TEST(who_flags)
{
	char a[FLAG_REPORTER_SIZE], b[FLAG_REPORTER_SIZE];
	flag_reporter(12, "192.0.2.1", a);
	ck_assert_str_eq(a, "m:12");
	flag_reporter(0, "192.0.2.1", a);
	ck_assert_str_eq(a, "a:192.0.2.1");
	flag_reporter(0, "2001:db8:1:2:3:4:5:6", a);
	flag_reporter(0, "2001:db8:1:2::ffff", b);
	ck_assert_str_eq(a, b);
	flag_reporter(0, "2001:db8:1:3::1", b);
	ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(bans_are_found_until_they_end)
{
	struct ban found;
	const struct ban email = {.kind = BAN_EMAIL, .value = "Some.One@Bad.Example", .created_at = NOW}, net = {.kind = BAN_ADDRESS, .value = "2001:db8:1:2::9", .created_at = NOW, .expires_at = NOW + 100};
	ck_assert_err(ban_db_add(fixture.db, &email), ERR_OK);
	ck_assert_err(ban_db_add(fixture.db, &net), ERR_OK);
	ck_assert_err(ban_db_find(fixture.db, fixture.arena, "some.one@bad.example", NULL, NOW, &found), ERR_OK);
	ck_assert_err(ban_db_find(fixture.db, fixture.arena, "SOME.ONE@BAD.EXAMPLE", "192.0.2.1", NOW, &found), ERR_OK);
	ck_assert_err(ban_db_find(fixture.db, fixture.arena, NULL, "2001:db8:1:2:aaaa::1", NOW, &found), ERR_OK);
	ck_assert_int_eq(found.kind, BAN_ADDRESS);
	ck_assert_err(ban_db_find(fixture.db, fixture.arena, "", "2001:db8:1:2::9", NOW + 100, &found), ERR_NOT_FOUND);
	ck_assert_err(ban_db_find(fixture.db, fixture.arena, "other@bad.example", "2001:db8:1:3::9", NOW, &found), ERR_NOT_FOUND);
	ck_assert_err(ban_db_find(fixture.db, fixture.arena, NULL, "", NOW, &found), ERR_NOT_FOUND);
	/* Again: the later end counts, and none is the latest. */
	const struct ban longer = {.kind = BAN_ADDRESS, .value = "2001:db8:1:2::1", .created_at = NOW, .expires_at = NOW + 500}, shorter = {.kind = BAN_ADDRESS, .value = "2001:db8:1:2::1", .created_at = NOW, .expires_at = NOW + 50};
	ck_assert_err(ban_db_add(fixture.db, &longer), ERR_OK);
	ck_assert_err(ban_db_add(fixture.db, &shorter), ERR_OK);
	ck_assert_err(ban_db_find(fixture.db, fixture.arena, NULL, "2001:db8:1:2::9", NOW + 499, &found), ERR_OK);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM ban"), 2);
	const struct ban nothing = {.kind = BAN_EMAIL, .value = "nobody", .created_at = NOW}, bad = {.kind = BAN_ADDRESS, .value = "1.2.3", .created_at = NOW};
	ck_assert_err(ban_db_add(fixture.db, &nothing), ERR_INVALID);
	ck_assert_err(ban_db_add(fixture.db, &bad), ERR_INVALID);
}
END_TEST

struct signing {
	int64_t member_id, moderator_id;
	atomic_int sessions;
};

/* Even threads sign in over and over, one bans in the middle of it. */
static void ban_or_sign_in(int i, void *ctx)
{
	struct signing *s = ctx;
	struct db *db = db_test_open(&fixture.conf);
	struct arena *a = arena_new(1 << 20);
	if (i == 3) {
		const struct member_ban ban = {.member_id = s->member_id, .by = s->moderator_id, .addresses = true, .words = "enough", .now = NOW};
		ck_assert_err(moderation_db_ban(db, a, &ban), ERR_OK);
	}
	for (int k = 0; i != 3 && k < 10; k++) {
		uint8_t hash[TOKEN_HASH];
		char token[TOKEN_TEXT + 1];
		token_make(token, hash);
		struct session session = {.member_id = s->member_id, .address = "192.0.2.7", .expires_at = NOW + 1000};
		enum err e = session_db_add(db, hash, &session, NOW);
		ck_assert(e == ERR_OK || e == ERR_DB_RETRY || e == ERR_CONFLICT || e == ERR_NOT_FOUND);
		struct session loaded;
		if (e == ERR_OK && member_db_get(db, a, s->member_id, &(struct member){.id = 0}) == ERR_OK && session_db_load(db, a, hash, NOW, &loaded) == ERR_OK)
			atomic_fetch_add(&s->sessions, 1);
	}
	arena_free(a);
	db_free(db);
}

START_TEST(nobody_who_is_banned_while_signing_in_is_signed_in)
{
	struct signing s = {.member_id = add_member("busy@bad.example", ROLE_MEMBER), .moderator_id = add_member("mod@example.com", ROLE_MODERATOR)};
	struct ban found;
	db_test_threads(4, ban_or_sign_in, &s);
	ck_assert_int_eq(number("SELECT state FROM member WHERE id = ", s.member_id), MEMBER_DISABLED);
	/* What was begun in between is nobody's: a session counts only with its member's rights. */
	ck_assert_int_eq(number("SELECT COUNT(*) FROM session s JOIN member m ON m.id = s.member_id WHERE m.state IN (1, 3) AND m.id = ", s.member_id), 0);
	ck_assert_err(ban_db_find(fixture.db, fixture.arena, "busy@bad.example", NULL, NOW, &found), ERR_OK);
	const struct member_ban again = {.member_id = s.member_id, .by = s.moderator_id, .now = NOW}, self = {.member_id = s.moderator_id, .by = s.moderator_id, .by_admin = true, .now = NOW};
	ck_assert_err(moderation_db_ban(fixture.db, fixture.arena, &again), ERR_CONFLICT);
	ck_assert_err(moderation_db_ban(fixture.db, fixture.arena, &self), ERR_RANGE);
}
END_TEST

START_TEST(what_a_banned_member_offered_waits_in_the_queue)
{
	int64_t member_id = add_member("seller@bad.example", ROLE_MEMBER), moderator_id = add_member("mod@example.com", ROLE_MODERATOR);
	int64_t id = add_listing(1, LISTING_PUBLISHED, member_id);
	/* A trusted member's: it never waited. */
	db_test_run(fixture.db, "UPDATE listing SET submitted_at = NULL");
	const struct member_ban ban = {.member_id = member_id, .by = moderator_id, .words = "enough", .reason = "enough", .now = NOW};
	ck_assert_err(moderation_db_ban(fixture.db, fixture.arena, &ban), ERR_OK);
	ck_assert_int_eq(number("SELECT state FROM listing WHERE id = ", id), LISTING_HELD);
	struct queue_entry *entries = NULL;
	size_t n = 0;
	bool more = false;
	ck_assert_err(moderation_queue_db_page(fixture.db, fixture.arena, (struct queue_place){.since = 0}, 10, &entries, &n, &more), ERR_OK);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(entries[0].listing.id, id);
	ck_assert_int_eq(entries[0].since, NOW);
}
END_TEST

START_TEST(nothing_of_a_banned_member_stays_on_show)
{
	enum { OFFERED = 250 };
	int64_t member_id = add_member("shop@bad.example", ROLE_MEMBER), moderator_id = add_member("mod@example.com", ROLE_MODERATOR);
	for (int i = 0; i < OFFERED; i++)
		add_listing(i, LISTING_PUBLISHED, member_id);
	int64_t others = add_listing(OFFERED, LISTING_PUBLISHED, moderator_id);
	const struct member_ban ban = {.member_id = member_id, .by = moderator_id, .words = "enough", .reason = "enough", .now = NOW};
	ck_assert_err(moderation_db_ban(fixture.db, fixture.arena, &ban), ERR_OK);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing WHERE state = 5 AND held_from = 1 AND member_id = ", member_id), OFFERED);
	ck_assert_int_eq(number("SELECT COUNT(DISTINCT listing_id) FROM moderation_entry WHERE action = 3 AND member_id = ", member_id), OFFERED);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM moderation_entry WHERE action = 3 AND member_id = ", member_id), OFFERED);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(DISTINCT listing_id) FROM listing_facet"), 1);
	ck_assert_int_eq(number("SELECT state FROM listing WHERE id = ", others), LISTING_PUBLISHED);
}
END_TEST

START_TEST(a_ban_that_is_refused_holds_nothing)
{
	int64_t moderator_id = add_member("mod@example.com", ROLE_MODERATOR), id = add_listing(1, LISTING_PUBLISHED, moderator_id);
	const struct member_ban ban = {.member_id = moderator_id, .by = moderator_id + 1, .words = "enough", .now = NOW};
	ck_assert_err(moderation_db_ban(fixture.db, fixture.arena, &ban), ERR_RANGE);
	ck_assert_int_eq(number("SELECT state FROM listing WHERE id = ", id), LISTING_PUBLISHED);
}
END_TEST

static const struct {
	const char *sql;
	enum decision_kind kind;
	bool shows;
} leavings[] = {
	{"UPDATE listing SET state = 0", DECISION_APPROVE, true},
	{"UPDATE listing SET state = 2", DECISION_APPROVE, true},
	{"UPDATE listing SET state = 5, held_from = 1", DECISION_APPROVE, true},
	{"UPDATE listing SET state = 5, held_from = 0", DECISION_APPROVE, true},
	{"UPDATE listing SET state = 5, held_from = 1", DECISION_DISMISS, true},
	{"UPDATE listing SET state = 5, held_from = 1", DECISION_REJECT, false},
	{"UPDATE listing SET state = 5, held_from = 1", DECISION_REMOVE, false},
};

START_TEST(what_a_leaving_member_offered_is_not_shown)
{
	int64_t member_id = add_member("leaving@example.org", ROLE_MEMBER), id = add_listing(1, LISTING_PENDING, member_id);
	db_test_run(fixture.db, leavings[_i].sql);
	db_test_run(fixture.db, "UPDATE member SET state = 3, delete_at = '2099-01-01'");
	int64_t before = number("SELECT state FROM listing WHERE id = ", id);
	struct decision d = decision_of(id, leavings[_i].kind, 0);
	ck_assert_err(moderation_db_decide(fixture.db, fixture.arena, fixture.catalog, &d), leavings[_i].shows ? ERR_GONE : ERR_OK);
	if (!leavings[_i].shows)
		return;
	ck_assert_int_eq(number("SELECT state FROM listing WHERE id = ", id), before);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM listing_facet"), 0);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM moderation_entry"), 0);
	/* Taken back: it is decided as any other. */
	db_test_run(fixture.db, "UPDATE member SET state = 1, delete_at = NULL");
	d = decision_of(id, leavings[_i].kind, 0);
	ck_assert_err(moderation_db_decide(fixture.db, fixture.arena, fixture.catalog, &d), ERR_OK);
	ck_assert_int_eq(number("SELECT state FROM listing WHERE id = ", id), LISTING_PUBLISHED);
}
END_TEST

START_TEST(rules_are_bounded_and_their_changes_logged)
{
	struct content_rule r = {.kind = RULE_WORDS, .pattern = "one", .created_by = 1, .created_at = NOW};
	ck_assert_err(rule_db_add(fixture.db, fixture.arena, &r), ERR_OK);
	ck_assert_err(rule_db_add(fixture.db, fixture.arena, &r), ERR_EXISTS);
	db_test_run(fixture.db, "INSERT INTO content_rule (kind, pattern, action, created_at) SELECT 0, CONCAT('word ', a.n * 100 + b.n), 0, UTC_TIMESTAMP() FROM"
	                        " (SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) a,"
	                        " (SELECT x.n * 10 + y.n n FROM (SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) x,"
	                        " (SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) y) b"
	                        " WHERE a.n * 100 + b.n < 499");
	struct content_rule more = {.kind = RULE_LINK, .pattern = "bad.example", .created_at = NOW}, *list = NULL;
	size_t n = 0;
	ck_assert_err(rule_db_add(fixture.db, fixture.arena, &more), ERR_TOO_LARGE);
	ck_assert_err(rule_db_list(fixture.db, fixture.arena, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, RULES_MAX);
	ck_assert_err(rule_db_remove(fixture.db, r.id, 1, NOW), ERR_OK);
	ck_assert_err(rule_db_remove(fixture.db, r.id, 1, NOW), ERR_NOT_FOUND);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM moderation_entry WHERE action IN (14, 15)"), 2);
}
END_TEST

START_TEST(the_queue_comes_in_pages_that_read_little)
{
	enum { WAITING = 60, BOUND = 500 };
	int64_t first = 0;
	for (int i = 0; i < WAITING; i++) {
		int64_t id = add_listing(i, i % 3 == 0 ? LISTING_PUBLISHED : LISTING_PENDING, 0);
		first = i == 0 ? id : first;
		if (i % 3 == 0) {
			struct flag f = {.listing_id = id, .reporter = "m:1", .created_at = NOW - 10000 + i}, second = {.listing_id = id, .reporter = "m:2", .created_at = NOW};
			bool held;
			ck_assert_err(flag_db_add(fixture.db, fixture.arena, fixture.catalog, &f, NULL, &held), ERR_OK);
			ck_assert_err(flag_db_add(fixture.db, fixture.arena, fixture.catalog, &second, NULL, &held), ERR_OK);
		}
	}
	struct queue_place place = {.since = 0};
	size_t seen = 0;
	int64_t before = 0;
	for (bool more = true; more;) {
		struct queue_entry *entries = NULL;
		size_t n = 0;
		db_test_reads_reset(fixture.db);
		ck_assert_err(moderation_queue_db_page(fixture.db, fixture.arena, place, MODERATION_PAGE, &entries, &n, &more), ERR_OK);
		ck_assert_int_le(db_test_reads(fixture.db), BOUND);
		for (size_t i = 0; i < n; i++) {
			ck_assert(entries[i].since >= before);
			before = entries[i].since;
			ck_assert_uint_eq(entries[i].flag_count, entries[i].listing.state == LISTING_PUBLISHED ? 2 : 0);
			ck_assert_str_eq(entries[i].who.email, entries[i].listing.contact_email);
		}
		seen += n;
		place = (struct queue_place){entries[n - 1].since, entries[n - 1].listing.id};
	}
	ck_assert_uint_eq(seen, WAITING);
	ck_assert_int_gt(first, 0);
}
END_TEST

Suite *suite_moderation_db(void)
{
	Suite *s = suite_create("moderation_db");
	TCase *t = tcase_create("moderation_db");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, of_many_deciders_one_decides);
	tcase_add_test(t, flags_of_a_published_listing_are_dismissed_once);
	tcase_add_test(t, the_flag_that_makes_enough_holds_once);
	tcase_add_test(t, who_flags);
	tcase_add_test(t, bans_are_found_until_they_end);
	tcase_add_test(t, nobody_who_is_banned_while_signing_in_is_signed_in);
	tcase_add_test(t, what_a_banned_member_offered_waits_in_the_queue);
	tcase_add_test(t, nothing_of_a_banned_member_stays_on_show);
	tcase_add_test(t, a_ban_that_is_refused_holds_nothing);
	tcase_add_loop_test(t, what_a_leaving_member_offered_is_not_shown, 0, sizeof leavings / sizeof *leavings);
	tcase_add_test(t, rules_are_bounded_and_their_changes_logged);
	tcase_add_test(t, the_queue_comes_in_pages_that_read_little);
	suite_add_tcase(s, t);
	return s;
}
