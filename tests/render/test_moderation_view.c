#include "../support/suites.h"

#include "fixture.h"
#include "golden.h"
#include "render/moderation_view.h"

enum { PAGE_CAP = 1 << 20 };

static const struct field_errors none = {.n = 0};
static struct conversation_line lines[] = {{.from_seller = false, .body = "Send the money first\n" HOSTILE, .created_at = FIXTURE_NOW - 200}, {.from_seller = true, .body = "No.", .created_at = FIXTURE_NOW - 100}};
static struct flag flags[] = {
	{.id = 3, .listing_id = 13, .reporter = "m:7", .reason = FLAG_SPAM, .body = HOSTILE, .created_at = FIXTURE_NOW - 3600},
	{.id = 5, .listing_id = 13, .reporter = "a:192.0.2.1", .reason = FLAG_OTHER, .body = "", .created_at = FIXTURE_NOW - 60},
	{.id = 9, .listing_id = 13, .conversation_id = 4, .reporter = "m:8", .reason = FLAG_PROHIBITED, .body = "A fraud", .created_at = FIXTURE_NOW, .lines = lines, .line_count = 2},
};

/* One that is new, one that was reported, one that is held. */
static void entries_make(struct queue_entry out[static 3])
{
	for (int i = 0; i < 3; i++) {
		out[i] = (struct queue_entry){.listing = fixture_listings[i], .since = FIXTURE_NOW - 86400 * (3 - i), .last_entry = i};
		out[i].listing.reject_reason = out[i].listing.held_reason = "";
		out[i].listing.version = 7 + i;
	}
	out[0].listing.state = LISTING_PENDING;
	out[0].listing.published_at = 0;
	out[0].who = (struct queue_who){.name = "Marie Tremblay", .email = "marie@example.com", .member_id = 42, .member_since = FIXTURE_NOW - 86400 * 400, .before = 12};
	out[1].who = (struct queue_who){.name = HOSTILE, .email = "nobody@example.com"};
	out[1].flags = flags;
	out[1].flag_count = 3;
	out[1].rule = HOSTILE;
	out[2].listing.description = out[2].listing.summary;
	out[2].listing.state = LISTING_HELD;
	out[2].listing.held_from = LISTING_PUBLISHED;
	out[2].listing.held_reason = "Several people reported it.";
	out[2].who = (struct queue_who){.name = "Léo", .email = "leo@example.com", .member_id = 43, .member_since = FIXTURE_NOW - 60, .trust = TRUST_NEVER};
}

static struct page page_of(enum lang lang, const char *path, const char *title)
{
	struct page p = fixture_page(lang, path);
	p.title = title;
	p.signed_in = true;
	return p;
}

START_TEST(the_queue)
{
	struct queue_entry entries[3];
	struct moderation_view v = {
		.page = page_of(LANG_EN, "/moderation", "Moderation queue"), .catalog = &fixture_catalog, .entries = entries, .count = 3, .form_age = "token",
		.done = "Listing 11: Published", .admin = true, .next_href = "/moderation?after=1-2", .now = FIXTURE_NOW,
	};
	struct buf b;
	entries_make(entries);
	buf_init(&b, PAGE_CAP);
	moderation_queue_view(&b, &v);
	golden_check("moderation-queue.html", &b);
	buf_reset(&b);
	v = (struct moderation_view){.page = page_of(LANG_FR, "/moderation", "File de modération"), .catalog = &fixture_catalog, .now = FIXTURE_NOW};
	moderation_queue_view(&b, &v);
	golden_check("moderation-queue-empty-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(one_listing_with_its_mistakes)
{
	struct queue_entry entries[3];
	const struct typed_value values[] = {{"reason", "spam"}, {"words", HOSTILE}};
	struct field_errors errors = {.n = 0};
	field_errors_add(&errors, "reason", MSG_DECISION_SAY_WHY, NULL);
	struct moderation_view v = {
		.page = page_of(LANG_FR, "/moderation/listings/12", "Annonce 12"), .catalog = &fixture_catalog, .entries = entries, .count = 1, .single = true,
		.values = values, .value_count = 2, .errors = &errors, .form_age = "token", .first_href = "/fr/moderation", .now = FIXTURE_NOW,
	};
	struct buf b;
	entries_make(entries);
	buf_init(&b, PAGE_CAP);
	moderation_queue_view(&b, &v);
	golden_check("moderation-listing-errors-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(the_public_log)
{
	const struct moderation_entry entries[] = {
		{.id = 9, .action = MODERATION_REJECT, .moderator_id = 4, .listing_id = 12, .code = REASON_UNCLEAR, .reason = HOSTILE, .created_at = FIXTURE_NOW - 60, .slug = "x"},
		{.id = 8, .action = MODERATION_APPROVE, .moderator_id = 4, .listing_id = 13, .reason = "", .created_at = FIXTURE_NOW - 3600, .is_public = true, .slug = "red-boat"},
		{.id = 7, .action = MODERATION_HOLD, .listing_id = 14, .code = REASON_FLAGS, .reason = "", .created_at = FIXTURE_NOW - 86400, .slug = ""},
		{.id = 6, .action = MODERATION_BAN, .moderator_id = 4, .member_id = 3, .reason = "", .created_at = FIXTURE_NOW - 86400 * 40, .slug = ""},
		{.id = 5, .action = MODERATION_BAN, .moderator_id = 4, .reason = "", .created_at = FIXTURE_NOW - 86400 * 50, .slug = ""},
		{.id = 4, .action = MODERATION_RULE_ADD, .moderator_id = 4, .reason = "", .created_at = FIXTURE_NOW - 86400 * 60, .slug = ""},
	};
	struct moderation_log_view v = {
		.page = page_of(LANG_EN, "/moderation-log", "Moderation log"), .entries = entries, .count = sizeof entries / sizeof *entries, .next_href = "/moderation-log?before=4", .now = FIXTURE_NOW,
	};
	struct buf b;
	buf_init(&b, PAGE_CAP);
	moderation_log_view(&b, &v);
	golden_check("moderation-log.html", &b);
	buf_reset(&b);
	v.page = page_of(LANG_FR, "/moderation-log", "Journal de modération");
	moderation_log_view(&b, &v);
	golden_check("moderation-log-fr.html", &b);
	buf_reset(&b);
	v.count = 0;
	v.next_href = NULL;
	moderation_log_view(&b, &v);
	golden_check("moderation-log-empty-fr.html", &b);
	buf_free(&b);
}
END_TEST

/* Every action and every reason has its words in both languages. */
START_TEST(everything_has_words)
{
	for (int a = MODERATION_APPROVE; a <= MODERATION_PICTURE; a++)
		for (enum lang lang = 0; lang < LANG_COUNT; lang++)
			ck_assert_str_ne(tr(lang, moderation_action_message((enum moderation_action)a)), "");
	for (int r = REASON_PROHIBITED; r < REASON_OTHER; r++)
		ck_assert_int_ne(moderation_reason_message((enum moderation_reason)r), MSG_COUNT);
	ck_assert_int_eq(moderation_reason_message(REASON_NONE), MSG_COUNT);
	ck_assert_int_eq(moderation_reason_message(REASON_OTHER), MSG_COUNT);
}
END_TEST

START_TEST(bans_rules_and_a_member)
{
	const struct ban bans[] = {
		{.id = 2, .kind = BAN_ADDRESS, .value = "192.0.2.1", .reason = "", .created_at = FIXTURE_NOW - 60, .expires_at = FIXTURE_NOW + 86400 * 30},
		{.id = 1, .kind = BAN_EMAIL, .value = HOSTILE, .reason = HOSTILE, .created_at = FIXTURE_NOW - 86400},
	};
	const struct content_rule rules[] = {
		{.id = 1, .kind = RULE_WORDS, .action = RULE_REFUSE, .pattern = "seal flipper", .note = HOSTILE}, {.id = 2, .kind = RULE_LINK, .action = RULE_HOLD, .pattern = "bad.example", .note = ""},
	};
	const struct photo_object no_picture = {.key = ""};
	const struct photo_object picture = {.key = "abcdef0123456789abcdef0123456789", .width = 800, .height = 600, .placeholder = "a0b0c0a0b0c0a0b0c0a0b0c0a0b0c0a0b0c0"};
	const struct member m = {.id = 42, .email = "marie@example.com", .name = HOSTILE, .state = MEMBER_ACTIVE, .trust = TRUST_TRUSTED, .created_at = FIXTURE_NOW - 86400};
	struct field_errors errors = {.n = 0};
	struct buf b;
	buf_init(&b, PAGE_CAP);
	field_errors_add(&errors, "value", MSG_BAN_BAD_VALUE, NULL);
	const struct typed_value values[] = {{"value", HOSTILE}, {"days", "7"}};
	const struct bans_view bans_page = {
		.form = {.page = page_of(LANG_EN, "/moderation/bans", "Bans"), .errors = &errors, .values = values, .value_count = 2, .form_age = "token"}, .bans = bans, .count = 2, .now = FIXTURE_NOW,
	};
	moderation_bans_view(&b, &bans_page);
	golden_check("moderation-bans.html", &b);
	buf_reset(&b);
	const struct rules_view rules_page = {
		.form = {.page = page_of(LANG_FR, "/moderation/rules", "Mots et liens"), .errors = &none, .form_age = "token"}, .rules = rules, .count = 2, .try_text = HOSTILE,
		.try_pattern = "script", .try_action = RULE_REFUSE,
	};
	moderation_rules_view(&b, &rules_page);
	golden_check("moderation-rules-fr.html", &b);
	buf_reset(&b);
	struct member_view member_page = {
		.form = {.page = page_of(LANG_EN, "/moderation/members/42", m.name), .errors = &none, .form_age = "token"}, .member = &m, .picture = &no_picture,
		.photo_base = {"/media", "/media"}, .may_ban = true, .now = FIXTURE_NOW,
	};
	moderation_member_view(&b, &member_page);
	golden_check("moderation-member.html", &b);
	buf_reset(&b);
	member_page.picture = &picture;
	member_page.form.page = page_of(LANG_FR, "/moderation/members/42", m.name);
	member_page.form.note = tr(LANG_FR, MSG_ACTION_PICTURE);
	moderation_member_view(&b, &member_page);
	golden_check("moderation-member-picture-fr.html", &b);
	buf_free(&b);
}
END_TEST

Suite *suite_moderation_view(void);
Suite *suite_moderation_view(void)
{
	Suite *s = suite_create("moderation_view");
	TCase *t = tcase_create("moderation_view");
	tcase_add_test(t, the_queue);
	tcase_add_test(t, one_listing_with_its_mistakes);
	tcase_add_test(t, the_public_log);
	tcase_add_test(t, everything_has_words);
	tcase_add_test(t, bans_rules_and_a_member);
	suite_add_tcase(s, t);
	return s;
}
