#include <string.h>

#include "suites_model.h"
#include "model/cursor.h"

static const uint8_t secret[32] = "a key of thirty-two bytes, as it";
static const uint8_t other_secret[32] = "a key of thirty-two bytes, as he";

static const struct listing_query dories = {
	.q = "dory", .category_id = 3, .place_id = 12, .min_price = 1000, .max_price = -1, .sort = SORT_PRICE_ASC, .limit = 20,
};

static const struct {
	bool backward;
	int64_t key, id;
} positions[] = {
	{false, 1700000000, 42}, {true, 1700000000, 42}, {false, 0, 0}, {true, INT64_MAX, INT64_MAX}, {false, INT64_MIN, -1},
};

START_TEST(position_comes_back)
{
	char text[CURSOR_TEXT_MAX];
	struct listing_query q = dories;
	cursor_encode(secret, &dories, positions[_i].backward, positions[_i].key, positions[_i].id, text);
	ck_assert_uint_eq(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), strlen(text));
	q.limit = 100; /* is not part of the query */
	ck_assert_int_eq(cursor_decode(secret, text, &q), ERR_OK);
	ck_assert(q.has_cursor);
	ck_assert_int_eq(q.backward, positions[_i].backward);
	ck_assert_int_eq(q.cursor_key, positions[_i].key);
	ck_assert_int_eq(q.cursor_id, positions[_i].id);
}
END_TEST

static void refused(const uint8_t *key, const char *text, struct listing_query q)
{
	ck_assert_int_eq(cursor_decode(key, text, &q), ERR_INVALID);
	ck_assert(!q.has_cursor && !q.backward);
	ck_assert_int_eq(q.cursor_key, 0);
	ck_assert_int_eq(q.cursor_id, 0);
}

START_TEST(other_query_is_refused)
{
	struct listing_query others[] = {dories, dories, dories, dories, dories, dories, dories, dories};
	char text[CURSOR_TEXT_MAX];
	others[0].q = "dorys";
	others[1].q = NULL;
	others[2].category_id = 4;
	others[3].place_id = 0;
	others[4].min_price = -1;
	others[5].max_price = 1000;
	others[6].sort = SORT_PRICE_DESC;
	/* The same values in other places. */
	others[7].category_id = 12;
	others[7].place_id = 3;
	cursor_encode(secret, &dories, false, 5, 6, text);
	refused(secret, text, others[_i]);
}
END_TEST

START_TEST(no_search_is_one_query)
{
	struct listing_query none = dories, empty = dories;
	char text[CURSOR_TEXT_MAX];
	none.q = NULL;
	empty.q = "";
	cursor_encode(secret, &none, false, 5, 6, text);
	ck_assert_int_eq(cursor_decode(secret, text, &empty), ERR_OK);
}
END_TEST

START_TEST(other_key_is_refused)
{
	char text[CURSOR_TEXT_MAX];
	cursor_encode(secret, &dories, false, 5, 6, text);
	refused(other_secret, text, dories);
}
END_TEST

START_TEST(every_changed_bit_is_refused)
{
	char text[CURSOR_TEXT_MAX];
	cursor_encode(secret, &dories, true, 1700000000, 42, text);
	for (size_t i = 0; text[i] != '\0'; i++) {
		for (int bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ 1 << bit);
			refused(secret, text, dories);
			text[i] = (char)(text[i] ^ 1 << bit);
		}
	}
}
END_TEST

START_TEST(every_other_length_is_refused)
{
	char text[CURSOR_TEXT_MAX + 8];
	cursor_encode(secret, &dories, true, 1700000000, 42, text);
	size_t n = strlen(text);
	text[n] = 'A';
	text[n + 1] = '\0';
	refused(secret, text, dories);
	text[n] = '=';
	refused(secret, text, dories);
	for (; n > 0; n--) {
		text[n - 1] = '\0';
		refused(secret, text, dories);
	}
}
END_TEST

static const char *const inventions[] = {
	"", "x", "1", "null", "../..", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "____________________________________________",
	"AgAAAABlU_EAAAAAAAAAACoAAAAAAAAAAAAAAAAAAAAA", "éééééééééééééééééééééé",
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

START_TEST(invention_is_refused)
{
	refused(secret, inventions[_i], dories);
}
END_TEST

Suite *suite_cursor(void)
{
	Suite *s = suite_create("cursor");
	TCase *t = tcase_create("cursor");
	tcase_add_loop_test(t, position_comes_back, 0, sizeof positions / sizeof positions[0]);
	tcase_add_loop_test(t, other_query_is_refused, 0, 8);
	tcase_add_test(t, no_search_is_one_query);
	tcase_add_test(t, other_key_is_refused);
	tcase_add_test(t, every_changed_bit_is_refused);
	tcase_add_test(t, every_other_length_is_refused);
	tcase_add_loop_test(t, invention_is_refused, 0, sizeof inventions / sizeof inventions[0]);
	suite_add_tcase(s, t);
	return s;
}
