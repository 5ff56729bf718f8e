#include "../support/suites.h"

#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "render/conversation_view.h"

Suite *suite_conversation_view(void);

enum { PAGE_CAP = 1 << 18 };

static const struct conversation conversations[] = {
	{.id = 7, .listing_id = 12, .side = SIDE_BUYER, .unread = true, .listing_there = true, .title = "Cedar dory, 16 feet", .slug = "cedar-dory-16-feet",
	 .buyer_name = "Ann Blake", .seller_name = "Leo Pike", .excerpt = "It is.\nCome on Monday.", .last_message_at = FIXTURE_NOW - 3600},
	{.id = 8, .listing_id = 13, .side = SIDE_SELLER, .state = CONVERSATION_HELD, .listing_there = true, .title = HOSTILE, .slug = "script",
	 .buyer_name = HOSTILE, .seller_name = HOSTILE, .excerpt = HOSTILE, .last_message_at = FIXTURE_NOW - 86400},
	{.id = 9, .listing_id = 14, .side = SIDE_SELLER, .ended = true, .title = "Moteur hors-bord", .slug = "moteur-hors-bord", .buyer_name = "", .seller_name = "Leo Pike",
	 .excerpt = "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé", .last_message_at = FIXTURE_NOW - 40 * 86400},
};

static const struct conversation_message messages[] = {
	{.id = 21, .from = SIDE_BUYER, .body = "Is it still there?\n\nI have a trailer.", .created_at = FIXTURE_NOW - 7200},
	{.id = 22, .from = SIDE_SELLER, .body = HOSTILE, .created_at = FIXTURE_NOW - 3600},
	{.id = 23, .from = SIDE_BUYER, .held = true, .body = "I pay by wire.", .created_at = FIXTURE_NOW - 60},
};

static void check(const char *name, const struct conversation_view *v)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	conversation_view(&b, v);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check(name, &b);
	buf_free(&b);
}

static struct conversation_view view(enum lang lang, const char *path, const struct conversation *c)
{
	struct conversation_view v = {
		.form = {.page = fixture_page(lang, path), .form_age = "token"}, .conversation = c, .messages = messages, .count = 3, .now = FIXTURE_NOW,
	};
	v.form.page.title = c->title;
	v.form.page.noindex = true;
	return v;
}

START_TEST(a_conversation_of_a_member)
{
	struct conversation_view v = view(LANG_EN, "/account/messages/7", &conversations[0]);
	v.own = v.sent = true;
	v.older = 21;
	check("conversation.html", &v);
}
END_TEST

START_TEST(an_answer_comes_back_with_its_mistake)
{
	const struct typed_value values[] = {{"message", "Oui"}};
	struct field_errors errors = {.n = 0};
	field_errors_add(&errors, "message", MSG_FIELD_TOO_SHORT, "10");
	struct conversation_view v = view(LANG_FR, "/conversations/t/abc", &conversations[0]);
	v.form.values = values;
	v.form.value_count = 1;
	v.form.errors = &errors;
	check("conversation-errors-fr.html", &v);
}
END_TEST

START_TEST(held_and_ended_ones_take_no_answer)
{
	struct conversation_view v = view(LANG_EN, "/conversations/t/abc", &conversations[1]);
	v.flagged = true;
	v.count = 2;
	check("conversation-held.html", &v);
	v = view(LANG_FR, "/conversations/t/abc", &conversations[2]);
	v.count = 1;
	check("conversation-ended-fr.html", &v);
}
END_TEST

START_TEST(the_inbox)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	struct inbox_view v = {
		.page = fixture_page(LANG_EN, "/account/messages"), .list = conversations, .count = 3, .next_href = "/account/messages?cursor=abc", .later = true, .now = FIXTURE_NOW,
	};
	v.page.title = "Your messages";
	v.page.noindex = true;
	inbox_view(&b, &v);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check("inbox.html", &b);
	buf_reset(&b);
	v = (struct inbox_view){.page = fixture_page(LANG_FR, "/account/messages"), .now = FIXTURE_NOW};
	v.page.title = "Vos messages";
	inbox_view(&b, &v);
	golden_check("inbox-empty-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(its_report)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	struct form_view v = {.page = fixture_page(LANG_FR, "/account/messages/7/flag"), .form_age = "token", .arg = HOSTILE};
	conversation_flag_view(&b, &v, "/account/messages/7");
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check("conversation-flag-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(who_is_signed_in_is_not_asked_for_a_name)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	struct form_view v = {.page = fixture_page(LANG_EN, "/listings/12/contact"), .form_age = "token", .listing = &fixture_listings[0]};
	v.page.signed_in = true;
	listing_contact_view(&b, &v);
	ck_assert_ptr_null(strstr(buf_str(&b), "name=\"email\""));
	golden_check("listing-contact-member.html", &b);
	buf_free(&b);
}
END_TEST

Suite *suite_conversation_view(void)
{
	Suite *s = suite_create("conversation_view");
	TCase *t = tcase_create("conversation_view");
	tcase_add_test(t, a_conversation_of_a_member);
	tcase_add_test(t, an_answer_comes_back_with_its_mistake);
	tcase_add_test(t, held_and_ended_ones_take_no_answer);
	tcase_add_test(t, the_inbox);
	tcase_add_test(t, its_report);
	tcase_add_test(t, who_is_signed_in_is_not_asked_for_a_name);
	suite_add_tcase(s, t);
	return s;
}
