#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "db/conversation_db.h"
#include "db/listing_db.h"
#include "db/moderation_db.h"
#include "db_test.h"

Suite *suite_conversation(void);

enum { NOW = 1700000000, THREADS = 8 };

static struct db_fixture fixture;
static int64_t listing;

static void set_up(void)
{
	db_fixture_make(&fixture, "op_conversation");
	db_test_run(fixture.db, "DELETE FROM conversation;\nDELETE FROM token;\nDELETE FROM session;\nDELETE FROM member;\nDELETE FROM listing");
	db_fixture_catalog(&fixture, 1, 1);
	struct listing *l = db_fixture_listings(&fixture, 0, 1);
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, l, 1, NULL), ERR_OK);
	listing = l->id;
}

static void tear_down(void)
{
	db_test_run(fixture.db, "DELETE FROM conversation;\nDELETE FROM token;\nDELETE FROM member");
	db_fixture_end(&fixture);
}

static const uint8_t *fresh_hash(void)
{
	char text[TOKEN_TEXT + 1];
	uint8_t *hash = arena_alloc(fixture.arena, TOKEN_HASH);
	ck_assert_ptr_nonnull(hash);
	token_make(text, hash);
	return hash;
}

static struct conversation_writing from_anna(const char *body, const uint8_t *hash)
{
	return (struct conversation_writing){
		.listing_id = listing, .from = SIDE_BUYER, .buyer_name = "Anna", .buyer_email = "anna@example.org", .buyer_lang = "fr", .body = body,
		.mail = "{}", .token_hash = hash, .now = NOW,
	};
}

static struct conversation_writing first(const char *body)
{
	return from_anna(body, fresh_hash());
}

static struct conversation_writing next(int64_t id, enum conversation_side from, const char *body)
{
	return (struct conversation_writing){
		.id = id, .listing_id = listing, .from = from, .body = body, .mail = "{}", .token_hash = fresh_hash(), .now = NOW + 10,
	};
}

static int64_t member(const char *email)
{
	char sql[256];
	snprintf(sql, sizeof sql, "INSERT INTO member (email, name, password_hash, created_at) VALUES ('%s', 'Elsie', 'x', UTC_TIMESTAMP())", email);
	db_test_run(fixture.db, sql);
	return db_test_number(fixture.db, "SELECT MAX(id) FROM member");
}

static int64_t begin(struct conversation_writing w)
{
	ck_assert_err(conversation_db_begin(fixture.db, fixture.arena, &w), ERR_OK);
	ck_assert_int_gt(w.message_id, 0);
	return w.id;
}

static struct conversation seen(const struct conversation_writing *w)
{
	struct conversation c;
	ck_assert_err(conversation_db_by_token(fixture.db, fixture.arena, w->token_hash, w->now, &c, NULL), ERR_OK);
	return c;
}

static int thread_length(int64_t id, enum conversation_side side)
{
	struct conversation_message *list;
	size_t n;
	ck_assert_err(conversation_db_messages(fixture.db, fixture.arena, id, side, 0, 100, &list, &n), ERR_OK);
	return (int)n;
}

START_TEST(a_message_comes_with_its_mail_and_the_link_in_it)
{
	struct conversation_writing w = first("Is it still there?");
	int64_t id = begin(w);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND payload = '{}'"), 1);
	struct conversation c = seen(&w);
	ck_assert_int_eq(c.id, id);
	ck_assert_int_eq(c.side, SIDE_SELLER);
	ck_assert(c.unread && !c.ended && c.listing_there);
	ck_assert_str_eq(c.buyer_name, "Anna");
	ck_assert_str_eq(c.excerpt, "Is it still there?");
	struct conversation_writing a = next(id, SIDE_SELLER, "It is.");
	ck_assert_err(conversation_db_answer(fixture.db, fixture.arena, &a), ERR_OK);
	c = seen(&a);
	ck_assert_int_eq(c.side, SIDE_BUYER);
	ck_assert(c.unread);
	c = seen(&w);
	ck_assert_msg(!c.unread, "whoever answers has read");
	ck_assert_int_eq(thread_length(id, SIDE_BUYER), 2);
	ck_assert_err(conversation_db_mark_read(fixture.db, id, SIDE_BUYER), ERR_OK);
	c = seen(&a);
	ck_assert(!c.unread);
}
END_TEST

START_TEST(a_link_lives_as_long_as_the_conversation)
{
	struct conversation_writing w = first("Is it still there?");
	int64_t id = begin(w);
	struct conversation c;
	ck_assert_err(conversation_db_by_token(fixture.db, fixture.arena, w.token_hash, NOW + CONVERSATION_SECONDS - 1, &c, NULL), ERR_OK);
	ck_assert(!c.ended);
	ck_assert_err(conversation_db_by_token(fixture.db, fixture.arena, w.token_hash, NOW + CONVERSATION_SECONDS, &c, NULL), ERR_NOT_FOUND);
	ck_assert_err(conversation_db_by_token(fixture.db, fixture.arena, fresh_hash(), NOW, &c, NULL), ERR_NOT_FOUND);
	struct conversation_writing a = next(id, SIDE_SELLER, "It is.");
	a.now = NOW + CONVERSATION_SECONDS;
	ck_assert_err(conversation_db_answer(fixture.db, fixture.arena, &a), ERR_GONE);
	w = first("And now?");
	w.now = a.now;
	ck_assert_int_eq(begin(w), id);
	ck_assert_msg(!seen(&w).ended, "writing from the listing's page opens it again");
}
END_TEST

static const char *const endings[] = {
	"UPDATE listing SET state = 3", "UPDATE listing SET state = 5", "UPDATE listing SET state = 6", "UPDATE listing SET state = 7",
	"UPDATE listing SET state = 8", "UPDATE conversation SET state = 1",
};

START_TEST(it_ends_with_its_listing)
{
	struct conversation_writing w = first("Is it still there?");
	int64_t id = begin(w);
	db_test_run(fixture.db, endings[_i]);
	ck_assert(seen(&w).ended);
	struct conversation_writing a = next(id, SIDE_SELLER, "It is.");
	ck_assert_err(conversation_db_answer(fixture.db, fixture.arena, &a), ERR_GONE);
	ck_assert_int_eq(thread_length(id, SIDE_SELLER), 1);
	struct conversation_writing again = first("Hello?");
	enum err e = conversation_db_begin(fixture.db, fixture.arena, &again);
	ck_assert_int_eq(e, strstr(endings[_i], "listing") != NULL ? ERR_NOT_FOUND : ERR_GONE);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), 1);
}
END_TEST

START_TEST(the_same_words_are_refused_for_a_day)
{
	int64_t id = begin(first("Is it still there?"));
	struct conversation_writing w = first("Is it still there?");
	ck_assert_err(conversation_db_begin(fixture.db, fixture.arena, &w), ERR_EXISTS);
	w.now = NOW + 86400;
	ck_assert_int_eq(begin(w), id);
	struct conversation_writing a = next(id, SIDE_SELLER, "Is it still there?");
	ck_assert_err(conversation_db_answer(fixture.db, fixture.arena, &a), ERR_OK);
	ck_assert_err(conversation_db_answer(fixture.db, fixture.arena, &a), ERR_EXISTS);
}
END_TEST

START_TEST(an_address_that_was_proved_is_not_spoken_for_by_whoever_types_it)
{
	int64_t id = begin(first("Is it still there?"));
	ck_assert_int_eq(begin(first("I could come on Monday.")), id);
	struct conversation_writing a = next(id, SIDE_BUYER, "By the link in the mail.");
	ck_assert_err(conversation_db_answer(fixture.db, fixture.arena, &a), ERR_OK);
	int64_t other = begin(first("Send the money to my cousin."));
	ck_assert_int_ne(other, id);
	ck_assert_int_eq(thread_length(id, SIDE_SELLER), 3);
}
END_TEST

static const char *mail_make(void *ctx, const struct conversation_message *m, uint8_t hash[static TOKEN_HASH])
{
	char text[TOKEN_TEXT + 1];
	(void)ctx, (void)m;
	token_make(text, hash);
	return "{}";
}

static enum err dismiss(struct db *db, struct arena *a, int64_t id, const struct conversation_mail *mail)
{
	return moderation_db_decide_conversation(db, a, &(struct conversation_decision){.id = id, .moderator_id = 1, .now = NOW + 50, .mail = mail});
}

START_TEST(what_is_held_back_is_seen_by_its_writer_alone)
{
	struct conversation_writing w = first("Buy cheap pills.");
	w.held = true;
	w.held_by = "pills";
	w.mail = NULL;
	int64_t id = begin(w), seller = member("seller@example.org"), buyer = member("anna@example.org");
	char sql[128];
	snprintf(sql, sizeof sql, "UPDATE listing SET member_id = %d", (int)seller);
	db_test_run(fixture.db, sql);
	ck_assert_err(conversation_db_claim(fixture.db, seller, "seller@example.org"), ERR_OK);
	ck_assert_err(conversation_db_claim(fixture.db, buyer, "anna@example.org"), ERR_OK);
	struct conversation c;
	ck_assert_err(conversation_db_get(fixture.db, fixture.arena, seller, id, NOW, &c, NULL), ERR_NOT_FOUND);
	ck_assert_err(conversation_db_get(fixture.db, fixture.arena, buyer, id, NOW, &c, NULL), ERR_OK);
	ck_assert_int_eq(c.state, CONVERSATION_HELD);
	ck_assert_int_eq(thread_length(id, SIDE_BUYER), 1);
	ck_assert_int_eq(thread_length(id, SIDE_SELLER), 0);
	ck_assert_int_eq(thread_length(id, SIDE_BOTH), 1);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM flag WHERE conversation_id > 0 AND body = 'pills'"), 1);
	struct conversation_writing more = first("More pills.");
	more.buyer_member_id = buyer;
	ck_assert_int_eq(begin(more), id);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), 0);
	struct conversation_writing a = next(id, SIDE_BUYER, "And more.");
	ck_assert_err(conversation_db_answer(fixture.db, fixture.arena, &a), ERR_CONFLICT);

	const struct conversation_mail mail = {.make = mail_make, .scratch = arena_new(1 << 20)};
	ck_assert_err(dismiss(fixture.db, fixture.arena, id, &mail), ERR_OK);
	ck_assert_err(dismiss(fixture.db, fixture.arena, id, &mail), ERR_CONFLICT);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), 2);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM token WHERE kind = 8"), 2);
	ck_assert_err(conversation_db_get(fixture.db, fixture.arena, seller, id, NOW + 50, &c, NULL), ERR_OK);
	ck_assert_int_eq(c.state, CONVERSATION_OPEN);
	ck_assert(c.unread);
	ck_assert_str_eq(c.excerpt, "More pills.");
	ck_assert_int_eq(thread_length(id, SIDE_SELLER), 2);
	arena_free(mail.scratch);
}
END_TEST

START_TEST(however_much_is_held_all_of_it_goes_on_its_way)
{
	enum { HELD = 250 };
	struct conversation_writing w = first("Buy cheap pills.");
	w.held = true;
	w.held_by = "pills";
	int64_t id = begin(w);
	for (int i = 1; i < HELD; i++) {
		char body[32];
		snprintf(body, sizeof body, "More pills, number %d.", i);
		ck_assert_int_eq(begin(first(body)), id);
	}
	/* Much less than all of it takes. */
	const struct conversation_mail mail = {.make = mail_make, .scratch = arena_new(16 * 1024)};
	ck_assert_err(dismiss(fixture.db, fixture.arena, id, &mail), ERR_OK);
	arena_free(mail.scratch);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM conversation_message WHERE held = 1"), 0);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), HELD);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(DISTINCT token_hash) FROM token WHERE kind = 8"), HELD);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT state FROM conversation"), CONVERSATION_OPEN);
}
END_TEST

struct meeting {
	int64_t id;
	struct db *watch;
	atomic_int begun, written;
};

/* The first mail waits until somebody else's message is in, or seen to wait for this. The server's list of transactions is as old as its last
 * reader while it is read more often than every 100 ms. */
static const char *meeting_mail(void *ctx, const struct conversation_message *m, uint8_t hash[static TOKEN_HASH])
{
	struct meeting *x = ctx;
	atomic_store(&x->begun, 1);
	while (atomic_load(&x->written) == 0 && db_test_number(x->watch, "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'") == 0)
		nanosleep(&(struct timespec){.tv_nsec = 150 * 1000 * 1000}, NULL);
	return mail_make(NULL, m, hash);
}

static void thread_meets(int number, void *ctx)
{
	struct meeting *x = ctx;
	struct db *own = db_test_open(&fixture.conf);
	struct arena *a = arena_new(1 << 20), *scratch = arena_new(1 << 20);
	if (number == 0) {
		x->watch = db_test_open(&fixture.conf);
		ck_assert_err(dismiss(own, a, x->id, &(struct conversation_mail){.make = meeting_mail, .ctx = x, .scratch = scratch}), ERR_OK);
		db_free(x->watch);
	} else {
		char text[TOKEN_TEXT + 1];
		uint8_t hash[TOKEN_HASH];
		while (atomic_load(&x->begun) == 0)
			nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
		token_make(text, hash);
		struct conversation_writing w = from_anna("Even more pills.", hash);
		w.held = true;
		w.held_by = "pills";
		ck_assert_err(conversation_db_begin(own, a, &w), ERR_OK);
		atomic_store(&x->written, 1);
	}
	arena_free(scratch);
	arena_free(a);
	db_free(own);
}

START_TEST(what_comes_in_while_flags_are_dismissed_has_one_of_its_own)
{
	struct conversation_writing w = first("Buy cheap pills.");
	w.held = true;
	w.held_by = "pills";
	struct meeting x = {.id = begin(w)};
	db_test_threads(2, thread_meets, &x);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM conversation_message WHERE held = 0"), 1);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM conversation_message WHERE held = 1"), 1);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT state FROM conversation"), CONVERSATION_HELD);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM flag WHERE state = 0 AND conversation_id > 0"), 1);
}
END_TEST

START_TEST(members_have_an_inbox_of_both_sides)
{
	int64_t elsie = member("elsie@example.org"), anna = member("anna@example.org"), other = member("other@example.org");
	struct listing *l = db_fixture_listings(&fixture, 100, 12);
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, l, 12, NULL), ERR_OK);
	char sql[160];
	snprintf(sql, sizeof sql, "UPDATE listing SET member_id = IF(id %% 2 = 0, %d, %d)", (int)elsie, (int)other);
	db_test_run(fixture.db, sql);
	int64_t of_elsie = 0;
	for (int i = 0; i < 12; i++) {
		struct conversation_writing w = first("Is it still there?");
		w.listing_id = l[i].id;
		w.buyer_member_id = l[i].id % 2 == 0 ? anna : elsie;
		w.now = NOW + i / 3;
		of_elsie += l[i].id % 2 == 0;
		begin(w);
	}
	struct conversation *list;
	size_t n, total = 0;
	int64_t at = 0, id = 0, unread = -1;
	do {
		ck_assert_err(conversation_db_inbox(fixture.db, fixture.arena, elsie, at, id, NOW, 5, &list, &n), ERR_OK);
		for (size_t i = 0; i < n; i++) {
			ck_assert(at == 0 || list[i].last_message_at < at || (list[i].last_message_at == at && list[i].id < id));
			ck_assert_int_eq(list[i].side, list[i].listing_id % 2 == 0 ? SIDE_SELLER : SIDE_BUYER);
			at = list[i].last_message_at;
			id = list[i].id;
		}
		total += n;
	} while (n == 5);
	ck_assert_uint_eq(total, 12);
	ck_assert_err(conversation_db_unread(fixture.db, fixture.arena, elsie, &unread), ERR_OK);
	ck_assert_int_eq(unread, of_elsie);
	struct conversation c;
	ck_assert_err(conversation_db_get(fixture.db, fixture.arena, elsie, list[0].id, NOW, &c, NULL), ERR_OK);
	int64_t stranger = member("stranger@example.org");
	ck_assert_err(conversation_db_get(fixture.db, fixture.arena, stranger, list[0].id, NOW, &c, NULL), ERR_NOT_FOUND);
}
END_TEST

START_TEST(who_leaves_is_forgotten_and_what_was_said_stays)
{
	int64_t anna = member("anna@example.org");
	struct conversation_writing w = first("Is it still there?");
	w.buyer_member_id = anna;
	int64_t id = begin(w);
	struct conversation_writing a = next(id, SIDE_SELLER, "It is.");
	ck_assert_err(conversation_db_answer(fixture.db, fixture.arena, &a), ERR_OK);
	struct conversation c = seen(&a);
	ck_assert_err(conversation_db_forget_member(fixture.db, anna, "anna@example.org"), ERR_OK);
	ck_assert_err(conversation_db_by_token(fixture.db, fixture.arena, a.token_hash, NOW, &c, NULL), ERR_NOT_FOUND);
	c = seen(&w);
	ck_assert_str_eq(c.buyer_name, "");
	ck_assert(c.ended);
	ck_assert_int_eq(thread_length(id, SIDE_SELLER), 2);
}
END_TEST

START_TEST(who_cannot_be_reached_is_not_written_to)
{
	int64_t seller = member("seller@example.org");
	char sql[96];
	snprintf(sql, sizeof sql, "UPDATE listing SET member_id = %d", (int)seller);
	db_test_run(fixture.db, sql);
	struct conversation_person p;
	const char *title;
	ck_assert_err(conversation_db_seller(fixture.db, fixture.arena, listing, &p, &title), ERR_OK);
	ck_assert_str_eq(p.email, "seller@example.org");
	struct conversation_writing w = first("Is it still there?");
	begin(w);
	db_test_run(fixture.db, "UPDATE member SET state = 3");
	ck_assert_msg(!seen(&w).ended, "until somebody who is leaving has left");
	db_test_run(fixture.db, "UPDATE member SET state = 2");
	ck_assert(seen(&w).ended);
	ck_assert_err(conversation_db_seller(fixture.db, fixture.arena, listing, &p, &title), ERR_OK);
	ck_assert_str_eq(p.email, "");
}
END_TEST

#define DIGITS "(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)"
/* 3,000 conversations of one member: a page of them reads no more, wherever it is. */
START_TEST(a_page_of_the_inbox_reads_what_it_shows)
{
	enum { MANY = 3000, PAGE = 20, ROWS_MOST = 300 };
	int64_t me = member("elsie@example.org");
	char sql[1200];
	snprintf(sql, sizeof sql,
	         "INSERT INTO conversation (listing_id, pair, seller_member_id, buyer_member_id, buyer_name, buyer_email, buyer_lang, created_at, last_message_at, expires_at, last_buyer_id)"
	         " SELECT %d, UNHEX(SHA2(i, 256)), IF(i %% 2, %d, NULL), IF(i %% 2, NULL, %d), 'Anna', '', 'en', UTC_TIMESTAMP(), FROM_UNIXTIME(%d + i), UTC_TIMESTAMP(), 1"
	         " FROM (SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 1 AS i FROM " DIGITS " a, " DIGITS " b, " DIGITS " c, " DIGITS " d) n WHERE i <= %d",
	         (int)listing, (int)me, (int)me, NOW, MANY);
	db_test_run(fixture.db, sql);
	db_test_run(fixture.db, "ANALYZE TABLE conversation");
	struct conversation *list;
	size_t n;
	int64_t at[] = {0, NOW + MANY / 2, NOW + 40}, unread = 0;
	for (size_t i = 0; i < 3; i++) {
		db_test_reads_reset(fixture.db);
		ck_assert_err(conversation_db_inbox(fixture.db, fixture.arena, me, at[i], 1, NOW, PAGE, &list, &n), ERR_OK);
		ck_assert_int_le(db_test_reads(fixture.db), ROWS_MOST);
		ck_assert_uint_eq(n, PAGE);
	}
	ck_assert_err(conversation_db_unread(fixture.db, fixture.arena, me, &unread), ERR_OK);
	ck_assert_int_eq(unread, 100);
}
END_TEST

static atomic_int outcome[ERR_COUNT];

static void thread_begins(int number, void *ctx)
{
	struct db *own = NULL;
	struct arena *a = arena_new(1024 * 1024);
	char text[TOKEN_TEXT + 1], body[32];
	uint8_t hash[TOKEN_HASH];
	token_make(text, hash);
	snprintf(body, sizeof body, "message number %d", ctx == NULL ? number : 0);
	struct conversation_writing w = from_anna(body, hash);
	enum err e = db_new(&fixture.conf, NULL, NULL, -1, &own);
	if (e == ERR_OK)
		e = conversation_db_begin(own, a, &w);
	atomic_fetch_add(&outcome[e], 1);
	db_free(own);
	arena_free(a);
}

START_TEST(first_messages_at_once_make_one_conversation)
{
	db_test_threads(THREADS, thread_begins, NULL);
	ck_assert_int_eq(outcome[ERR_OK], THREADS);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM conversation"), 1);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM conversation_message"), THREADS);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), THREADS);
}
END_TEST

START_TEST(of_equal_first_messages_at_once_one_is_taken)
{
	db_test_threads(THREADS, thread_begins, &listing);
	ck_assert_int_eq(outcome[ERR_OK], 1);
	ck_assert_int_eq(outcome[ERR_EXISTS], THREADS - 1);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), 1);
}
END_TEST

static int64_t racing;
static atomic_int late;

/* Thread 0 withdraws the listing, the others answer for as long as they may. */
static void thread_answers(int number, void *ctx)
{
	struct db *own = NULL;
	struct arena *a = arena_new(16 * 1024 * 1024);
	(void)ctx;
	ck_assert_err(db_new(&fixture.conf, NULL, NULL, -1, &own), ERR_OK);
	if (number == 0) {
		ck_assert_err(db_fixture_decide(&fixture, own, a, listing, DECISION_REMOVE, NULL, NOW), ERR_OK);
		atomic_store(&late, 1);
	}
	for (int i = 0; number > 0 && i < 200; i++) {
		char text[TOKEN_TEXT + 1], body[48];
		uint8_t hash[TOKEN_HASH];
		token_make(text, hash);
		snprintf(body, sizeof body, "answer %d of %d", i, number);
		bool after = atomic_load(&late) != 0;
		struct conversation_writing w = {.id = racing, .listing_id = listing, .from = SIDE_SELLER, .body = body, .mail = "{}", .token_hash = hash, .now = NOW + 5};
		enum err e = conversation_db_answer(own, a, &w);
		if (e == ERR_GONE)
			break;
		ck_assert_msg(e != ERR_OK || !after, "an answer after the listing was removed");
	}
	db_free(own);
	arena_free(a);
}

START_TEST(no_answer_is_taken_once_the_listing_is_gone)
{
	racing = begin(first("Is it still there?"));
	db_test_threads(4, thread_answers, NULL);
	ck_assert_int_eq(late, 1);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM conversation_message"), db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"));
}
END_TEST

Suite *suite_conversation(void)
{
	Suite *s = suite_create("conversation");
	TCase *t = tcase_create("conversation");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_message_comes_with_its_mail_and_the_link_in_it);
	tcase_add_test(t, a_link_lives_as_long_as_the_conversation);
	tcase_add_loop_test(t, it_ends_with_its_listing, 0, sizeof endings / sizeof endings[0]);
	tcase_add_test(t, the_same_words_are_refused_for_a_day);
	tcase_add_test(t, an_address_that_was_proved_is_not_spoken_for_by_whoever_types_it);
	tcase_add_test(t, what_is_held_back_is_seen_by_its_writer_alone);
	tcase_add_test(t, however_much_is_held_all_of_it_goes_on_its_way);
	tcase_add_test(t, what_comes_in_while_flags_are_dismissed_has_one_of_its_own);
	tcase_add_test(t, members_have_an_inbox_of_both_sides);
	tcase_add_test(t, who_leaves_is_forgotten_and_what_was_said_stays);
	tcase_add_test(t, who_cannot_be_reached_is_not_written_to);
	tcase_add_test(t, a_page_of_the_inbox_reads_what_it_shows);
	tcase_add_test(t, first_messages_at_once_make_one_conversation);
	tcase_add_test(t, of_equal_first_messages_at_once_one_is_taken);
	tcase_add_test(t, no_answer_is_taken_once_the_listing_is_gone);
	suite_add_tcase(s, t);
	return s;
}
