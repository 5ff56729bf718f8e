#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "db/account_end_db.h"
#include "db/photo_db.h"
#include "db_test.h"

Suite *suite_account_end(void);

static struct db_fixture fixture;
static const int64_t now = 1800000000;

#define EMAIL "elsie.wareham@example.com"
#define NAME "Elsie Wareham"
#define OTHER "leo@example.com"

/* Elsie (1), who leaves, Leo (2), who stays, and something of both in every table there is. */
static void set_up(void)
{
	db_fixture_make(&fixture, "op_account_end");
	db_fixture_catalog(&fixture, 1, 1);
	db_test_run(fixture.db,
		"INSERT INTO member (id, email, name, password_hash, about, address_name, address_line1, totp_secret, created_at) VALUES"
		" (1, '" EMAIL "', '" NAME "', 'x', 'I am " NAME "', '" NAME "', '1 Wharf Road', 'sealed', UTC_TIMESTAMP()), (2, '" OTHER "', 'Leo', 'x', '', '', '', NULL, UTC_TIMESTAMP());\n"
		"INSERT INTO session (token_hash, member_id, kind, scopes, name, created_at, last_seen_at, expires_at) VALUES"
		" (REPEAT('a', 32), 1, 2, 1, '" NAME "s token', UTC_TIMESTAMP(), UTC_TIMESTAMP(), '2099-01-01'), (REPEAT('b', 32), 2, 0, 31, '', UTC_TIMESTAMP(), UTC_TIMESTAMP(), '2099-01-01');\n"
		"INSERT INTO recovery_code (member_id, code_hash) VALUES (1, REPEAT('c', 32));\n"
		"INSERT INTO token (token_hash, kind, subject_id, data, created_at, expires_at) VALUES (REPEAT('d', 32), 2, 1, 'new." EMAIL "', UTC_TIMESTAMP(), '2099-01-01'),"
		" (REPEAT('e', 32), 2, 2, '" EMAIL "', UTC_TIMESTAMP(), '2099-01-01'), (REPEAT('f', 32), 1, 2, '', UTC_TIMESTAMP(), '2099-01-01');\n"
		"INSERT INTO registration (token_hash, email, name, password_hash, lang, created_at, expires_at) VALUES (REPEAT('g', 32), '" EMAIL "', '" NAME "', 'x', 'en', UTC_TIMESTAMP(), '2099-01-01');\n"
		"INSERT INTO listing (id, state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor, currency, stock, contact_name, contact_email,"
		" content_hash, search_text, created_at, updated_at, published_at, member_id) SELECT n.id, n.state, c.id, c.parent_id, p.id, p.parent_id, CONCAT('A boat of ', n.name), 'x', n.name,"
		" CONCAT('Ask ', n.email), 100, 'CAD', 1, n.name, n.email, UNHEX(SHA2(n.id, 256)), n.name, UTC_TIMESTAMP(), UTC_TIMESTAMP(), '2026-01-01', n.member"
		" FROM (SELECT 1 id, 1 state, 1 AS member, '" NAME "' name, '" EMAIL "' email UNION ALL SELECT 2, 4, 1, '" NAME "', '" EMAIL "' UNION ALL SELECT 3, 1, NULL, '" NAME "', '" EMAIL "'"
		"  UNION ALL SELECT 4, 1, 2, 'Leo', '" OTHER "') n"
		" JOIN (SELECT id, parent_id FROM category WHERE parent_id IS NOT NULL ORDER BY id LIMIT 1) c JOIN (SELECT id, parent_id FROM place WHERE parent_id IS NOT NULL ORDER BY id LIMIT 1) p;\n"
		"INSERT INTO listing_facet (category_node, place_node, published_at, listing_id, price_minor) SELECT 0, 0, published_at, id, 100 FROM listing WHERE state = 1;\n"
		"INSERT INTO listing_view (listing_id, views) VALUES (1, 7), (4, 9);\n"
		"INSERT INTO favourite (member_id, listing_id, created_at) VALUES (1, 4, UTC_TIMESTAMP()), (2, 1, UTC_TIMESTAMP()), (2, 4, UTC_TIMESTAMP());\n"
		"INSERT INTO message (kind, listing_id, name, email, body, lang, content_hash, created_at) VALUES (0, NULL, '" NAME "', '" EMAIL "', 'hello', 'en', REPEAT('h', 32), UTC_TIMESTAMP());\n"
		"INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES ('mail', 1, '{\"mail\":\"reset\",\"to\":\"" EMAIL "\",\"name\":\"" NAME "\"}', UTC_TIMESTAMP(), UTC_TIMESTAMP());\n"
		"INSERT INTO flag (listing_id, reporter, reason, body, created_at) VALUES (4, 'm:1', 0, 'Says " NAME "', UTC_TIMESTAMP());\n"
		"INSERT INTO moderation_entry (action, moderator_id, listing_id, member_id, reason, created_at) VALUES (1, 2, 1, 1, 'spam', UTC_TIMESTAMP());\n"
		"INSERT INTO rate_count VALUES ('x:" EMAIL "', 0, 1, 0);\n");
	db_test_run(fixture.db,
		"INSERT INTO saved_search (id, member_id, name, query, frequency, seen_at, due_at, created_at) VALUES"
		" (1, 1, '" NAME "s boats', 'q=boat', 1, UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP());\n"
		"INSERT INTO photo_object (hash, width, height, bytes, placeholder, refs, created_at) VALUES (REPEAT('s', 16), 1600, 1200, 1000, '', 3, UTC_TIMESTAMP()),"
		" (REPEAT('t', 16), 320, 240, 1000, '', 1, UTC_TIMESTAMP());\n"
		"INSERT INTO photo (listing_id, member_id, hash, position, type, bytes, alt, created_at) VALUES (1, 1, REPEAT('s', 16), 0, 1, 1000, '" NAME " in the boat', UTC_TIMESTAMP()),"
		" (2, 1, REPEAT('s', 16), 0, 1, 1000, '', UTC_TIMESTAMP()), (4, 2, REPEAT('s', 16), 0, 1, 1000, 'Mine', UTC_TIMESTAMP());\n"
		"UPDATE listing SET photos = 1 WHERE id IN (1, 2, 4);\n"
		"UPDATE member SET picture = REPEAT('t', 16) WHERE id = 1;\n"
		"INSERT INTO saved_search_sent (saved_search_id, listing_id, sent_at) VALUES (1, 4, UTC_TIMESTAMP());\n"
		"INSERT INTO conversation (id, listing_id, seller_member_id, buyer_member_id, buyer_name, buyer_email, buyer_lang, pair, created_at, last_message_at, expires_at)"
		" VALUES (1, 4, 2, 1, '" NAME "', '" EMAIL "', 'en', REPEAT('i', 32), UTC_TIMESTAMP(), UTC_TIMESTAMP(), '2099-01-01'),"
		" (2, 1, 1, 2, 'Leo', '" OTHER "', 'en', REPEAT('j', 32), UTC_TIMESTAMP(), UTC_TIMESTAMP(), '2099-01-01');\n"
		"INSERT INTO conversation_message (conversation_id, from_seller, body, content_hash, created_at) VALUES (1, 0, 'Is it still there?', REPEAT('m', 32), UTC_TIMESTAMP()),"
		" (2, 1, 'It is.', REPEAT('n', 32), UTC_TIMESTAMP());\n"
		"INSERT INTO token (token_hash, kind, subject_id, data, created_at, expires_at) VALUES (REPEAT('o', 32), 7, 1, '', UTC_TIMESTAMP(), '2099-01-01'),"
		" (REPEAT('p', 32), 8, 1, '', UTC_TIMESTAMP(), '2099-01-01'), (REPEAT('q', 32), 7, 2, '', UTC_TIMESTAMP(), '2099-01-01'), (REPEAT('r', 32), 8, 2, '', UTC_TIMESTAMP(), '2099-01-01')");
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

static int64_t number(const char *sql)
{
	return db_test_number(fixture.db, sql);
}

struct search {
	char sql[64 * 1024];
};

static bool add_column(void *ctx, const struct db_value *row, size_t columns)
{
	struct search *s = ctx;
	size_t n = strlen(s->sql);
	(void)columns;
	snprintf(s->sql + n, sizeof s->sql - n, " + (SELECT COUNT(*) FROM %s WHERE LOCATE('Wareham', CAST(%s AS CHAR)) > 0 OR LOCATE('elsie', LOWER(CAST(%s AS CHAR))) > 0)", row[0].s, row[1].s, row[1].s);
	return true;
}

/* How many columns of how many rows still say whose they were, in every table of the schema. */
static int64_t traces(void)
{
	static const struct db_sql columns = {
		"SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
		" AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'tinytext', 'varbinary')", true};
	static struct search s;
	snprintf(s.sql, sizeof s.sql, "SELECT 0");
	ck_assert_err(db_each(fixture.db, &columns, DB_NO_ARGS, add_column, &s), ERR_OK);
	return number(s.sql);
}

static enum err leave(int64_t member)
{
	uint8_t token[TOKEN_HASH];
	memset(token, 'z', sizeof token);
	return account_db_leave(fixture.db, &(struct account_leaving){.member_id = member, .delete_at = now, .now = now - 100, .token = token, .mail = "{}"});
}

START_TEST(leaving_withdraws_and_signs_out)
{
	db_test_run(fixture.db, "DELETE FROM listing_facet WHERE listing_id = 3;\nUPDATE listing SET state = 5, held_from = 1, member_id = 1 WHERE id = 3");
	ck_assert_err(leave(1), ERR_OK);
	ck_assert_err(leave(1), ERR_EXISTS);
	ck_assert_int_eq(number("SELECT state FROM member WHERE id = 1"), MEMBER_LEAVING);
	ck_assert_int_eq(number("SELECT state FROM listing WHERE id = 1"), LISTING_WITHDRAWN);
	ck_assert_int_eq(number("SELECT state FROM listing WHERE id = 2"), LISTING_DRAFT);
	/* offered again, it would pass by the moderator that it waits for */
	ck_assert_int_eq(number("SELECT state FROM listing WHERE id = 3"), LISTING_HELD);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet WHERE listing_id = 1"), 0);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet WHERE listing_id = 4"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM session WHERE member_id = 1"), 0);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM session WHERE member_id = 2"), 1);
}
END_TEST

START_TEST(it_is_taken_back_once)
{
	uint8_t token[TOKEN_HASH];
	memset(token, 'z', sizeof token);
	ck_assert_err(account_db_keep(fixture.db, 1, NULL, now), ERR_CONFLICT);
	ck_assert_err(leave(1), ERR_OK);
	token[0] = 'y';
	ck_assert_err(account_db_keep(fixture.db, 1, token, now - 50), ERR_CONFLICT);
	ck_assert_int_eq(number("SELECT state FROM member WHERE id = 1"), MEMBER_LEAVING);
	token[0] = 'z';
	ck_assert_err(account_db_keep(fixture.db, 1, token, now - 50), ERR_OK);
	ck_assert_int_eq(number("SELECT state FROM member WHERE id = 1 AND delete_at IS NULL"), MEMBER_ACTIVE);
	ck_assert_err(account_db_keep(fixture.db, 1, token, now - 50), ERR_CONFLICT);
	int64_t n;
	ck_assert_err(account_db_purge(fixture.db, fixture.arena, now + 1000, 10, &n), ERR_OK);
	ck_assert_int_eq(n, 0);
}
END_TEST

START_TEST(the_last_admin_stays)
{
	db_test_run(fixture.db, "UPDATE member SET role = 2 WHERE id = 1");
	ck_assert_err(leave(1), ERR_CONFLICT);
	db_test_run(fixture.db, "UPDATE member SET role = 2 WHERE id = 2");
	ck_assert_err(leave(1), ERR_OK);
	ck_assert_err(leave(1), ERR_EXISTS);
	ck_assert_err(leave(2), ERR_CONFLICT);
}
END_TEST

START_TEST(nothing_of_theirs_is_found_in_any_table)
{
	int64_t n;
	ck_assert_err(leave(1), ERR_OK);
	ck_assert_int_gt(traces(), 20);
	ck_assert_err(account_db_purge(fixture.db, fixture.arena, now - 1, 10, &n), ERR_OK);
	ck_assert_int_eq(n, 0);
	ck_assert_err(account_db_purge(fixture.db, fixture.arena, now, 10, &n), ERR_OK);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(traces(), 0);
	ck_assert_int_eq(number("SELECT state FROM member WHERE id = 1"), MEMBER_GONE);
	ck_assert_int_eq(number("SELECT LOCATE('@', email) FROM member WHERE id = 1"), 0);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing WHERE state = 3"), 3);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet WHERE listing_id <> 4"), 0);
	ck_assert_err(account_db_purge(fixture.db, fixture.arena, now, 10, &n), ERR_OK);
	ck_assert_int_eq(n, 0);
}
END_TEST

START_TEST(their_photos_go_by_the_outbox_and_their_picture_at_once)
{
	int64_t n;
	ck_assert_err(leave(1), ERR_OK);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'photos'"), 0); /* it may be taken back */
	ck_assert_err(account_db_purge(fixture.db, fixture.arena, now, 10, &n), ERR_OK);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM member WHERE picture IS NOT NULL"), 0);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM photo_object WHERE hash = REPEAT('t', 16) AND refs = 0 AND unreferenced_at IS NOT NULL"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'photos' AND subject_id IN (1, 2)"), 2);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'photos'"), 2);
	ck_assert_err(photo_db_remove_of_listing(fixture.db, 1, &n), ERR_OK);
	ck_assert_err(photo_db_remove_of_listing(fixture.db, 2, &n), ERR_OK);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM photo WHERE alt = 'Mine'"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM photo"), 1);
	ck_assert_int_eq(number("SELECT refs FROM photo_object WHERE hash = REPEAT('s', 16)"), 1);
}
END_TEST
/* A mail to somebody whose address ends as Elsie's does. */
static void add_namesake(void)
{
	db_test_run(fixture.db, "INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES"
	                        " ('mail', 2, '{\"mail\":\"reset\",\"to\":\"not." EMAIL "\",\"name\":\"Leo\"}', UTC_TIMESTAMP(), UTC_TIMESTAMP())");
}

START_TEST(what_is_others_stays_with_them)
{
	int64_t n;
	add_namesake();
	ck_assert_err(leave(1), ERR_OK);
	ck_assert_err(account_db_purge(fixture.db, fixture.arena, now, 10, &n), ERR_OK);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM conversation_message WHERE body IN ('Is it still there?', 'It is.')"), 2);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM conversation WHERE state = 1"), 2);
	/* their links open nothing any more, Leo's do */
	ck_assert_int_eq(number("SELECT COUNT(*) FROM token WHERE token_hash IN (REPEAT('o', 32), REPEAT('r', 32))"), 0);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM token WHERE token_hash IN (REPEAT('p', 32), REPEAT('q', 32))"), 2);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM member WHERE id = 2 AND email = '" OTHER "'"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing WHERE id = 4 AND state = 1 AND contact_email = '" OTHER "'"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM favourite"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE payload LIKE '%\"not.%'"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM token WHERE kind = 1 AND subject_id = 2"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM moderation_entry WHERE member_id = 1"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM flag WHERE reporter = 'm:1'"), 1);
}
END_TEST

START_TEST(the_export_has_every_table_and_no_one_else_s_rows)
{
	static const struct {
		const char *table;
		size_t rows;
	} expected[] = {
		{"sessions", 1}, {"recovery_codes", 1}, {"links_in_mails", 1}, {"listings", 2}, {"photos", 2}, {"picture", 1}, {"favourites", 1}, {"saved_searches", 1}, {"saved_search_mails", 1},
		{"conversations_as_seller", 1}, {"conversations_as_buyer", 1}, {"messages_as_seller", 1}, {"messages_as_buyer", 1}, {"messages_to_the_site", 1},
		{"flags_made", 1}, {"moderation_of_the_member", 1}, {"moderation_of_the_listings", 1}, {"moderation_by_the_member", 0}, {"bans", 0}, {"registrations", 1},
		{"mails_waiting", 1},
	};
	struct account_table t;
	size_t i = 0;
	add_namesake();
	for (; i < sizeof expected / sizeof *expected; i++) {
		ck_assert_msg(account_db_export(fixture.db, fixture.arena, 1, EMAIL, i, &t) == ERR_OK, "%s: %s", expected[i].table, db_error_text(fixture.db));
		ck_assert_str_eq(t.name, expected[i].table);
		ck_assert_msg(t.rows.n == expected[i].rows, "%s: %zu", t.name, t.rows.n);
		size_t columns = 0;
		while (t.columns[columns] != NULL)
			columns++;
		ck_assert_msg(columns == t.rows.columns, "%s: %zu names for %zu columns", t.name, columns, t.rows.columns);
	}
	ck_assert_err(account_db_export(fixture.db, fixture.arena, 1, EMAIL, i, &t), ERR_RANGE);
}
END_TEST

enum { THREADS = 4 };
struct race {
	atomic_int kept, purged;
};

static void race_body(int thread, void *ctx)
{
	struct race *race = ctx;
	struct db *db = db_test_open(&fixture.conf);
	struct arena *a = arena_new(1024 * 1024);
	int64_t n = 0;
	if (thread % 2 == 0 && account_db_keep(db, 1, NULL, now) == ERR_OK)
		atomic_fetch_add(&race->kept, 1);
	if (thread % 2 == 1 && account_db_purge(db, a, now, 10, &n) == ERR_OK)
		atomic_fetch_add(&race->purged, (int)n);
	arena_free(a);
	db_free(db);
}

START_TEST(kept_or_purged_never_both)
{
	struct race race = {.kept = 0};
	ck_assert_err(leave(1), ERR_OK);
	db_test_threads(THREADS, race_body, &race);
	ck_assert_int_eq(race.kept + race.purged, 1);
	ck_assert_int_eq(number("SELECT state FROM member WHERE id = 1"), race.kept == 1 ? MEMBER_ACTIVE : MEMBER_GONE);
	ck_assert_int_eq(traces() > 0, race.kept == 1);
}
END_TEST

Suite *suite_account_end(void)
{
	Suite *s = suite_create("account_end");
	TCase *t = tcase_create("account_end");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, leaving_withdraws_and_signs_out);
	tcase_add_test(t, it_is_taken_back_once);
	tcase_add_test(t, the_last_admin_stays);
	tcase_add_test(t, nothing_of_theirs_is_found_in_any_table);
	tcase_add_test(t, their_photos_go_by_the_outbox_and_their_picture_at_once);
	tcase_add_test(t, what_is_others_stays_with_them);
	tcase_add_test(t, the_export_has_every_table_and_no_one_else_s_rows);
	tcase_add_test(t, kept_or_purged_never_both);
	suite_add_tcase(s, t);
	return s;
}
