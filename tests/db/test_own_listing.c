#include <check.h>
#include <stdatomic.h>
#include <string.h>

#include "app/view_counter.h"
#include "db/listing_expiry_db.h"
#include "db/own_listing_db.h"
#include "db/token_db.h"
#include "db_test.h"

Suite *suite_own_listing(void);

static struct db_fixture fixture;
enum { DAY = 86400, THREADS = 6 };
#define NOW INT64_C(1800000000)

static void set_up(void)
{
	db_fixture_make(&fixture, "op_own");
	db_fixture_catalog(&fixture, 2, 2);
	db_test_run(fixture.db, "INSERT INTO member (id, email, name, password_hash, lang, created_at) VALUES (7, 'seller1@example.org', 'Elsie', 'x', 'fr', NOW()), (8, 'other@example.org', 'Other', 'x', 'en', NOW())");
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

static int64_t number(const char *sql)
{
	return db_test_number(fixture.db, sql);
}

static struct listing sample(int n, enum listing_state state, int64_t member_id)
{
	struct listing l = db_fixture_listings(&fixture, n, 1)[0];
	l.state = state;
	l.published_at = state == LISTING_PUBLISHED ? NOW - 10 * DAY : 0;
	l.created_at = l.updated_at = NOW - 20 * DAY;
	l.member_id = member_id;
	l.contact_email = "Seller1@example.org";
	return l;
}

static int64_t add(int n, enum listing_state state, int64_t member_id)
{
	struct listing l = sample(n, state, member_id);
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &l), ERR_OK);
	return l.id;
}

static struct listing get(int64_t id)
{
	struct listing l;
	ck_assert_err(listing_db_get(fixture.db, fixture.arena, id, &l), ERR_OK);
	return l;
}

static enum err change(int64_t id, struct listing_change c)
{
	if (c.now == 0)
		c.now = NOW;
	return listing_db_change_state(fixture.db, fixture.arena, fixture.catalog, id, &c);
}

START_TEST(publishing_gives_an_end_and_renewing_moves_it)
{
	int64_t id = add(1, LISTING_PENDING, 7);
	ck_assert_int_eq(get(id).submitted_at, NOW - 20 * DAY);
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_PUBLISHED}), ERR_OK);
	struct listing l = get(id);
	ck_assert_int_eq(l.published_at, NOW);
	ck_assert_int_eq(l.expires_at, NOW + LISTING_DAYS * DAY);
	ck_assert_int_eq(l.version, 1);
	/* held and back: the end stays */
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_HELD, .reason = "three flags", .now = NOW + DAY}), ERR_OK);
	l = get(id);
	ck_assert_str_eq(l.held_reason, "three flags");
	ck_assert_int_eq(l.held_from, LISTING_PUBLISHED);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet"), 0);
	ck_assert_err(change(id, (struct listing_change){.back = true, .now = NOW + 2 * DAY}), ERR_OK);
	l = get(id);
	ck_assert_int_eq(l.state, LISTING_PUBLISHED);
	ck_assert_str_eq(l.held_reason, "");
	ck_assert_int_eq(l.expires_at, NOW + LISTING_DAYS * DAY);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet"), 9);
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_PUBLISHED, .renew = true, .now = NOW + 30 * DAY}), ERR_OK);
	l = get(id);
	ck_assert_int_eq(l.expires_at, NOW + (30 + LISTING_DAYS) * DAY);
	ck_assert_int_eq(l.published_at, NOW);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet"), 9);
}
END_TEST

START_TEST(what_was_imported_has_no_end)
{
	struct listing *l = db_fixture_listings(&fixture, 0, 1);
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, l, 1, NULL), ERR_OK);
	ck_assert_int_eq(get(l->id).expires_at, 0);
	ck_assert_err(change(l->id, (struct listing_change){.to = LISTING_HELD}), ERR_OK);
	ck_assert_err(change(l->id, (struct listing_change){.back = true}), ERR_OK);
	ck_assert_int_eq(get(l->id).expires_at, 0);
	struct listing_expiry_run run = {.site_url = "https://x.example", .now = NOW + 900 * DAY, .limit = 10};
	ck_assert_err(listing_expiry_db_expire(fixture.db, fixture.arena, &run), ERR_OK);
	ck_assert_uint_eq(run.looked_at, 0);
	ck_assert_err(change(l->id, (struct listing_change){.to = LISTING_PUBLISHED, .renew = true}), ERR_OK);
	ck_assert_int_eq(get(l->id).expires_at, NOW + LISTING_DAYS * DAY);
}
END_TEST

START_TEST(a_change_is_its_owners_and_of_the_version_seen)
{
	int64_t id = add(1, LISTING_PUBLISHED, 7);
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_SOLD, .member_id = 8}), ERR_NOT_FOUND);
	ck_assert_err(change(id + 99, (struct listing_change){.to = LISTING_SOLD, .member_id = 7}), ERR_NOT_FOUND);
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_SOLD, .member_id = 7, .versioned = true, .version = 1}), ERR_CONFLICT);
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_SOLD, .member_id = 7, .from = LISTING_IN(LISTING_EXPIRED)}), ERR_CONFLICT);
	ck_assert_err(change(id, (struct listing_change){.back = true}), ERR_CONFLICT);
	ck_assert_int_eq(get(id).state, LISTING_PUBLISHED);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet"), 9);
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_SOLD, .member_id = 7, .versioned = true, .version = 0, .mail = "{\"mail\":1}"}), ERR_OK);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet"), 0);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"), 1);
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_REMOVED, .reason = "spam"}), ERR_OK);
	ck_assert_str_eq(get(id).reject_reason, "spam");
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_PUBLISHED}), ERR_CONFLICT);
}
END_TEST

static enum err refuse(struct db *db, void *ctx, int64_t id)
{
	(void)db;
	(void)ctx;
	(void)id;
	return ERR_CONFLICT;
}

START_TEST(all_or_nothing)
{
	int64_t id = add(1, LISTING_PUBLISHED, 7);
	struct listing words = get(id);
	words.title = "Another title";
	ck_assert_err(change(id, (struct listing_change){.to = LISTING_PENDING, .content = &words, .mail = "{}", .also = refuse}), ERR_CONFLICT);
	ck_assert_str_ne(get(id).title, "Another title");
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet"), 9);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"), 0);
	struct listing l = sample(2, LISTING_UNCONFIRMED, 0);
	ck_assert_err(listing_db_submit_with(fixture.db, fixture.arena, fixture.catalog, &l, refuse, NULL), ERR_CONFLICT);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing"), 1);
}
END_TEST

START_TEST(pages_of_ones_own)
{
	int64_t ids[7];
	for (int i = 0; i < 7; i++)
		ids[i] = add(i, i % 2 == 0 ? LISTING_DRAFT : LISTING_PUBLISHED, 7);
	add(8, LISTING_PUBLISHED, 8);
	db_test_run(fixture.db, "INSERT INTO listing_view SELECT id, 5 FROM listing WHERE state = 1");
	struct own_listing *list;
	size_t n;
	ck_assert_err(own_listing_db_page(fixture.db, fixture.arena, 7, 0, 4, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(list[0].listing.id, ids[6]);
	ck_assert_int_eq(list[0].views, 0);
	ck_assert_int_eq(list[1].views, 5);
	ck_assert_int_eq(list[1].listing.member_id, 7);
	ck_assert_err(own_listing_db_page(fixture.db, fixture.arena, 7, list[3].listing.id, 4, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(list[2].listing.id, ids[0]);
	struct own_listing one;
	ck_assert_err(own_listing_db_get(fixture.db, fixture.arena, ids[1], 7, &one), ERR_OK);
	ck_assert_int_eq(one.views, 5);
	ck_assert_err(own_listing_db_get(fixture.db, fixture.arena, ids[1], 8, &one), ERR_NOT_FOUND);
	ck_assert_err(own_listing_db_get(fixture.db, fixture.arena, ids[1], 0, &one), ERR_NOT_FOUND);
	ck_assert_err(own_listing_db_delete_draft(fixture.db, ids[0], 8), ERR_NOT_FOUND);
	ck_assert_err(own_listing_db_delete_draft(fixture.db, ids[1], 7), ERR_CONFLICT);
	ck_assert_err(own_listing_db_delete_draft(fixture.db, ids[0], 7), ERR_OK);
	ck_assert_err(own_listing_db_delete_draft(fixture.db, ids[0], 7), ERR_NOT_FOUND);
}
END_TEST

START_TEST(a_deep_page_reads_what_it_shows)
{
	struct listing *list = db_fixture_listings(&fixture, 0, 2000);
	for (int i = 0; i < 2000; i++)
		list[i].member_id = 7;
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, list, 2000, NULL), ERR_OK);
	struct own_listing *page;
	size_t n;
	db_test_reads_reset(fixture.db);
	ck_assert_err(own_listing_db_page(fixture.db, fixture.arena, 7, list[300].id, 21, &page, &n), ERR_OK);
	ck_assert_uint_eq(n, 21);
	ck_assert_int_le(db_test_reads(fixture.db), 500);
}
END_TEST

START_TEST(a_warning_goes_out_once_for_each_end)
{
	int64_t members = add(1, LISTING_PUBLISHED, 7), visitors = add(2, LISTING_PUBLISHED, 0);
	struct listing_expiry_run run = {.site_url = "https://x.example", .now = NOW + 42 * DAY, .limit = 10};
	ck_assert_err(listing_expiry_db_warn(fixture.db, fixture.arena, &run), ERR_OK);
	ck_assert_uint_eq(run.looked_at, 0);
	run.now = NOW + 44 * DAY;
	ck_assert_err(listing_expiry_db_warn(fixture.db, fixture.arena, &run), ERR_OK);
	ck_assert_uint_eq(run.done, 2);
	ck_assert_err(listing_expiry_db_warn(fixture.db, fixture.arena, &run), ERR_OK);
	ck_assert_uint_eq(run.looked_at, 0);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND payload LIKE '%\"2027-03-%listing-expiring%'"), 2);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE payload LIKE '%https://x.example/fr/account/listings/%/renew%seller1@example.org%Elsie%fr%'"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE payload LIKE '%https://x.example/manage/%Seller1@example.org%'"), 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM token WHERE kind = 5"), 1);
	ck_assert_err(change(members, (struct listing_change){.to = LISTING_PUBLISHED, .renew = true, .now = run.now}), ERR_OK);
	run.now = NOW + 51 * DAY;
	ck_assert_err(listing_expiry_db_expire(fixture.db, fixture.arena, &run), ERR_OK);
	ck_assert_uint_eq(run.done, 1);
	ck_assert_int_eq(get(visitors).state, LISTING_EXPIRED);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet"), 9);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE payload LIKE '%listing-expired%'"), 1);
	run.now += 50 * DAY;
	ck_assert_err(listing_expiry_db_warn(fixture.db, fixture.arena, &run), ERR_OK);
	ck_assert_uint_eq(run.done, 1);
}
END_TEST

START_TEST(what_was_not_confirmed_is_forgotten)
{
	int64_t old = add(1, LISTING_UNCONFIRMED, 0), kept = add(2, LISTING_PENDING, 0);
	uint8_t hash[TOKEN_HASH] = {1};
	ck_assert_err(token_db_add(fixture.db, TOKEN_LISTING_CONFIRM, hash, old, NULL, NOW), ERR_OK);
	struct listing fresh = sample(3, LISTING_UNCONFIRMED, 0);
	fresh.created_at = NOW - DAY;
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &fresh), ERR_OK);
	struct listing_expiry_run run = {.site_url = "https://x.example", .now = NOW, .limit = 10};
	ck_assert_err(listing_expiry_db_forget(fixture.db, fixture.arena, &run), ERR_OK);
	ck_assert_uint_eq(run.done, 1);
	struct listing gone;
	ck_assert_err(listing_db_get(fixture.db, fixture.arena, old, &gone), ERR_NOT_FOUND);
	ck_assert_int_eq(get(kept).state, LISTING_PENDING);
	ck_assert_int_eq(get(fresh.id).state, LISTING_UNCONFIRMED);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM token"), 0);
}
END_TEST

static enum err claim(struct db *db, void *ctx)
{
	(void)ctx;
	return own_listing_db_claim(db, fixture.arena, 7, "seller1@example.org");
}

START_TEST(an_address_claims_what_was_sent_under_it)
{
	int64_t mine = add(1, LISTING_PUBLISHED, 0), others = add(2, LISTING_PUBLISHED, 8), waiting = add(3, LISTING_UNCONFIRMED, 0);
	uint8_t hash[TOKEN_HASH] = {2};
	struct token t;
	ck_assert_err(token_db_add(fixture.db, TOKEN_LISTING_MANAGE, hash, mine, NULL, NOW), ERR_OK);
	ck_assert_err(db_transaction(fixture.db, claim, NULL), ERR_OK);
	ck_assert_int_eq(get(mine).member_id, 7);
	ck_assert_int_eq(get(others).member_id, 8);
	ck_assert_int_eq(get(waiting).member_id, 0);
	ck_assert_err(token_db_find(fixture.db, fixture.arena, TOKEN_LISTING_MANAGE, hash, NOW - 1, &t), ERR_NOT_FOUND);
	ck_assert_err(own_listing_db_adopt(fixture.db, waiting), ERR_OK);
	ck_assert_int_eq(get(waiting).member_id, 7);
	int64_t id = 0;
	enum member_trust trust = TRUST_NEVER;
	ck_assert_err(own_listing_db_member_of(fixture.db, fixture.arena, "Seller1@Example.org", &id, &trust), ERR_OK);
	ck_assert_int_eq(id, 7);
	ck_assert_err(own_listing_db_member_of(fixture.db, fixture.arena, "nobody@example.org", &id, &trust), ERR_NOT_FOUND);
}
END_TEST

START_TEST(views_add_up)
{
	struct listing_views a[25], b[2] = {{3, 7}, {1, 2}};
	for (int i = 0; i < 25; i++)
		a[i] = (struct listing_views){25 - i, 1};
	ck_assert_err(own_listing_db_views_add(fixture.db, a, 25), ERR_OK);
	ck_assert_err(own_listing_db_views_add(fixture.db, b, 2), ERR_OK);
	ck_assert_int_eq(number("SELECT SUM(views) FROM listing_view"), 34);
	ck_assert_int_eq(number("SELECT views FROM listing_view WHERE listing_id = 3"), 8);
}
END_TEST

static struct view_counter *counter;

static void thread_counts(int n, void *ctx)
{
	(void)ctx;
	for (int i = 0; i < 1000; i++)
		view_counter_add(counter, i % 50 + n % 2 * 50 + 1);
}

START_TEST(threads_count_views_together)
{
	counter = view_counter_new();
	ck_assert(!view_counter_due(counter, NOW));
	db_test_threads(4, thread_counts, NULL);
	ck_assert(view_counter_due(counter, NOW));
	ck_assert(!view_counter_due(counter, NOW + VIEW_COUNTER_SECONDS - 1));
	ck_assert(view_counter_due(counter, NOW + VIEW_COUNTER_SECONDS));
	db_test_run(fixture.db, "RENAME TABLE listing_view TO elsewhere");
	ck_assert_int_ne((int)view_counter_write(counter, fixture.db), ERR_OK);
	db_test_run(fixture.db, "RENAME TABLE elsewhere TO listing_view");
	view_counter_add(counter, 1);
	ck_assert_err(view_counter_write(counter, fixture.db), ERR_OK);
	ck_assert_int_eq(number("SELECT SUM(views) FROM listing_view"), 4001);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_view"), 100);
	ck_assert(!view_counter_due(counter, NOW + 1000));
	/* bounded: the rest is left out */
	for (int i = 1; i <= 2 * VIEW_COUNTER_LISTINGS; i++)
		view_counter_add(counter, 1000 + i);
	view_counter_add(counter, 1001);
	ck_assert_err(view_counter_write(counter, fixture.db), ERR_OK);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_view WHERE listing_id > 1000"), VIEW_COUNTER_LISTINGS);
	ck_assert_int_eq(number("SELECT views FROM listing_view WHERE listing_id = 1001"), 2);
	view_counter_free(counter);
}
END_TEST

START_TEST(robots_tell)
{
	static const struct {
		const char *agent;
		bool robot;
	} agents[] = {
		{"Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", false}, {"w3m/0.5.3", false}, {"", true},
		{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true}, {"curl/8.5.0", true}, {"python-requests/2.31", true},
	};
	for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
		ck_assert_msg(view_by_robot(agents[i].agent) == agents[i].robot, "%s", agents[i].agent);
}
END_TEST

/* Races: every thread has its own connection and arena. */
static atomic_int outcome[ERR_COUNT], mails;
static int64_t raced;

static enum err act_sell(struct db *db, struct arena *a)
{
	struct listing_change c = {.from = LISTING_IN(LISTING_PUBLISHED), .to = LISTING_SOLD, .versioned = true, .version = 0, .now = NOW};
	return listing_db_change_state(db, a, fixture.catalog, raced, &c);
}

static enum err act_edit(struct db *db, struct arena *a)
{
	struct listing l = sample(1, LISTING_PUBLISHED, 7);
	l.price_minor = 99;
	struct listing_change c = {.from = LISTING_IN(LISTING_PUBLISHED), .keep_state = true, .content = &l, .versioned = true, .version = 0, .now = NOW};
	return listing_db_change_state(db, a, fixture.catalog, raced, &c);
}

static enum err act_renew(struct db *db, struct arena *a)
{
	struct listing_change c = {.from = LISTING_IN(LISTING_PUBLISHED) | LISTING_IN(LISTING_EXPIRED), .to = LISTING_PUBLISHED, .renew = true, .now = NOW + 90 * DAY};
	return listing_db_change_state(db, a, fixture.catalog, raced, &c);
}

static enum err act_expire(struct db *db, struct arena *a)
{
	struct listing_expiry_run run = {.site_url = "https://x.example", .now = NOW + 90 * DAY, .limit = 10};
	enum err e = listing_expiry_db_expire(db, a, &run);
	atomic_fetch_add(&mails, (int)run.done);
	return e;
}

static enum err act_warn(struct db *db, struct arena *a)
{
	struct listing_expiry_run run = {.site_url = "https://x.example", .now = NOW + 45 * DAY, .limit = 10};
	enum err e = listing_expiry_db_warn(db, a, &run);
	atomic_fetch_add(&mails, (int)run.done);
	return e;
}

static void run_act(enum err (*act)(struct db *, struct arena *))
{
	struct db *own = db_test_open(&fixture.conf);
	struct arena *a = arena_new(4 << 20);
	atomic_fetch_add(&outcome[act(own, a)], 1);
	db_free(own);
	arena_free(a);
}

static void thread_sells_or_edits(int n, void *ctx)
{
	(void)ctx;
	run_act(n % 2 == 0 ? act_sell : act_edit);
}

static void thread_renews_or_expires(int n, void *ctx)
{
	(void)ctx;
	run_act(n == 0 ? act_renew : act_expire);
}

static void thread_warns(int n, void *ctx)
{
	(void)n;
	(void)ctx;
	run_act(act_warn);
}

START_TEST(sold_and_edited_at_once_one_learns_of_the_other)
{
	raced = add(1, LISTING_PUBLISHED, 7);
	db_test_threads(THREADS, thread_sells_or_edits, NULL);
	ck_assert_int_eq(outcome[ERR_OK], 1);
	ck_assert_int_eq(outcome[ERR_CONFLICT], THREADS - 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet"), get(raced).state == LISTING_SOLD ? 0 : 9);
}
END_TEST

START_TEST(renewed_and_expired_at_once_it_is_there)
{
	raced = add(1, LISTING_PUBLISHED, 7);
	db_test_threads(THREADS, thread_renews_or_expires, NULL);
	ck_assert_int_eq(outcome[ERR_OK], THREADS);
	ck_assert_int_eq(get(raced).state, LISTING_PUBLISHED);
	ck_assert_int_eq(get(raced).expires_at, NOW + (90 + LISTING_DAYS) * DAY);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM listing_facet"), 9);
	ck_assert_int_le(mails, 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"), mails);
}
END_TEST

START_TEST(two_runners_send_one_warning)
{
	raced = add(1, LISTING_PUBLISHED, 7);
	db_test_threads(THREADS, thread_warns, NULL);
	ck_assert_int_eq(outcome[ERR_OK], THREADS);
	ck_assert_int_eq(mails, 1);
	ck_assert_int_eq(number("SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"), 1);
}
END_TEST

Suite *suite_own_listing(void)
{
	Suite *s = suite_create("own_listing");
	TCase *t = tcase_create("own_listing");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, publishing_gives_an_end_and_renewing_moves_it);
	tcase_add_test(t, what_was_imported_has_no_end);
	tcase_add_test(t, a_change_is_its_owners_and_of_the_version_seen);
	tcase_add_test(t, all_or_nothing);
	tcase_add_test(t, pages_of_ones_own);
	tcase_add_test(t, a_deep_page_reads_what_it_shows);
	tcase_add_test(t, a_warning_goes_out_once_for_each_end);
	tcase_add_test(t, what_was_not_confirmed_is_forgotten);
	tcase_add_test(t, an_address_claims_what_was_sent_under_it);
	tcase_add_test(t, views_add_up);
	tcase_add_test(t, threads_count_views_together);
	tcase_add_test(t, robots_tell);
	tcase_add_test(t, sold_and_edited_at_once_one_learns_of_the_other);
	tcase_add_test(t, renewed_and_expired_at_once_it_is_there);
	tcase_add_test(t, two_runners_send_one_warning);
	suite_add_tcase(s, t);
	return s;
}
