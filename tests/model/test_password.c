#include "model/password.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "model/second_step.h"
#include "suites_model.h"

static const char *const known[] = {"Elsie Wareham", "elsie.w@mail.example", "Outport", "", NULL};

static const struct {
	const char *password;
	enum password_fault fault;
} passwords[] = {
	{"a harbour full of dories", PASSWORD_GOOD},
	{"correct horse staple battery", PASSWORD_GOOD},
	{"trois petits chats gris", PASSWORD_GOOD},
	{"kX9!vq2@Lm#w", PASSWORD_GOOD},
	{"elsie rows out at five", PASSWORD_GOOD},
	{"outport of no return", PASSWORD_GOOD},
	{"\xf0\x9f\x9a\xa4\xf0\x9f\x9b\xb6\xe2\x9b\xb5\xf0\x9f\x9a\xa3\xf0\x9f\x90\x9f\xf0\x9f\xa6\x9e", PASSWORD_GOOD},
	/* on the list, as it is and as it is made longer */
	{"correcthorsebatterystaple", PASSWORD_COMMON},
	{"ManchesterUnited", PASSWORD_COMMON},
	{"password", PASSWORD_COMMON},
	{"password1234", PASSWORD_COMMON},
	{"PASSWORD!!!!", PASSWORD_COMMON},
	{"P@ssw0rd2024!", PASSWORD_COMMON},
	{"password password", PASSWORD_COMMON},
	{"iloveyou2024!", PASSWORD_COMMON},
	{"2024iloveyou", PASSWORD_COMMON},
	{"1)dragon(1234", PASSWORD_COMMON},
	{"dragonmonkey99", PASSWORD_COMMON},
	{"Newfoundland1", PASSWORD_COMMON},
	{"motdepasse123", PASSWORD_COMMON},
	{"M\xc3\xb4tDeP\xc3\xa0sse12", PASSWORD_COMMON},
	/* repeats, few characters */
	{"aaaaaaaaaaaa", PASSWORD_COMMON},
	{"abcabcabcabc", PASSWORD_COMMON},
	{"boatboatboatb", PASSWORD_COMMON},
	{"tugboattugboat", PASSWORD_COMMON},
	{"tugboattugboat99", PASSWORD_COMMON},
	{"abababcdcdcd", PASSWORD_COMMON},
	{"\xf0\x9f\x9a\xa4\xf0\x9f\x9a\xa4\xf0\x9f\x9a\xa4\xf0\x9f\x9a\xa4\xf0\x9f\x9a\xa4\xf0\x9f\x9a\xa4", PASSWORD_COMMON},
	/* sequences and walks over the keys */
	{"123456789012", PASSWORD_COMMON},
	{"987654321098", PASSWORD_COMMON},
	{"abcdefghijkl", PASSWORD_COMMON},
	{"zyxwvutsrqpo", PASSWORD_COMMON},
	{"qwertyuiop[]", PASSWORD_COMMON},
	{"qwertyuiop123456", PASSWORD_COMMON},
	{"1qaz2wsx3edc", PASSWORD_COMMON},
	{"1q2w3e4r5t6y", PASSWORD_COMMON},
	{"poiuytrewq09", PASSWORD_COMMON},
	{"asdfghjkl;'\\", PASSWORD_COMMON},
	/* of the person's own, and of the site's name */
	{"elsiewareham", PASSWORD_PERSONAL},
	{"Elsie Wareham 1!", PASSWORD_PERSONAL},
	{"WarehamElsie99", PASSWORD_PERSONAL},
	{"elsie.w@mail.example", PASSWORD_PERSONAL},
	{"outport-outport", PASSWORD_PERSONAL},
	{"OutportElsie1", PASSWORD_PERSONAL},
};

START_TEST(a_new_password_is_nobody_else_s)
{
	ck_assert_msg(password_check(passwords[_i].password, known) == passwords[_i].fault, "%s", passwords[_i].password);
}
END_TEST

START_TEST(the_longest_of_everything_is_looked_at)
{
	char longest[4 * 200 + 1];
	for (size_t i = 0; i < sizeof longest - 1; i += 4)
		memcpy(longest + i, "\xf0\x9f\x9a\xa4", 4);
	longest[sizeof longest - 1] = '\0';
	ck_assert_int_eq(password_check(longest, known), PASSWORD_COMMON);
	memset(longest, 'q', sizeof longest - 1);
	ck_assert_int_eq(password_check(longest, known), PASSWORD_COMMON);
	ck_assert_int_eq(password_check("", known), PASSWORD_COMMON);
}
END_TEST

START_TEST(a_hash_is_argon2id_of_19_mib_and_2_passes)
{
	char hash[PASSWORD_HASH_TEXT], again[PASSWORD_HASH_TEXT];
	uint64_t before = password_work();
	ck_assert_int_eq(password_hash("a harbour full of dories", hash), ERR_OK);
	ck_assert_int_eq(password_hash("a harbour full of dories", again), ERR_OK);
	ck_assert(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
	ck_assert_str_ne(hash, again);
	ck_assert(password_verify(hash, "a harbour full of dories"));
	ck_assert(!password_verify(hash, "a harbour full of dorie"));
	ck_assert(!password_verify("", "x"));
	/* for nobody as much is done */
	ck_assert(!password_verify(NULL, "a harbour full of dories"));
	ck_assert_uint_eq(password_work() - before, 6);
}
END_TEST

enum { THREADS = 12 };

static void *hash_one(void *ctx)
{
	char hash[PASSWORD_HASH_TEXT];
	return password_hash("a harbour full of dories", hash) == ERR_OK ? ctx : NULL;
}

/* Twelve at once would take 228 MiB. */
START_TEST(however_many_at_once_the_memory_is_that_of_one)
{
	pthread_t threads[THREADS];
	struct rusage before, after;
	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, hash_one, threads), 0);
	for (int i = 0; i < THREADS; i++) {
		void *good = NULL;
		pthread_join(threads[i], &good);
		ck_assert_ptr_nonnull(good);
	}
	getrusage(RUSAGE_SELF, &after);
	ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 3L * PASSWORD_MEMORY_KIB);
}
END_TEST

START_TEST(a_second_step_is_of_one_member_for_five_minutes)
{
	const uint8_t key[32] = {1}, other[32] = {2};
	char text[SECOND_STEP_TEXT];
	int64_t id = 0;
	second_step_make(key, 77, 1000000, "$argon2id$1", text);
	ck_assert_uint_eq(strlen(text), SECOND_STEP_TEXT - 1);
	ck_assert(second_step_member(text, &id));
	ck_assert_int_eq(id, 77);
	ck_assert(second_step_check(key, text, 1000000, "$argon2id$1"));
	ck_assert(second_step_check(key, text, 1000000 + SECOND_STEP_SECONDS, "$argon2id$1"));
	ck_assert(!second_step_check(key, text, 1000001 + SECOND_STEP_SECONDS, "$argon2id$1"));
	ck_assert(!second_step_check(key, text, 999999, "$argon2id$1"));
	ck_assert(!second_step_check(other, text, 1000000, "$argon2id$1"));
	/* a new password ends it */
	ck_assert(!second_step_check(key, text, 1000000, "$argon2id$2"));
	for (size_t i = 0; i < SECOND_STEP_TEXT - 1; i++) {
		char bad[SECOND_STEP_TEXT];
		memcpy(bad, text, sizeof bad);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		ck_assert(!second_step_check(key, bad, 1000000, "$argon2id$1"));
	}
	static const char *const malformed[] = {"", "A", "0123456789012345678901234567890123456789012", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "!"};
	for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
		ck_assert(!second_step_check(key, malformed[i], 1000000, "$argon2id$1"));
	ck_assert(!second_step_member("", &id));
}
END_TEST

Suite *suite_password(void)
{
	Suite *s = suite_create("password");
	TCase *t = tcase_create("password");
	tcase_add_loop_test(t, a_new_password_is_nobody_else_s, 0, sizeof passwords / sizeof *passwords);
	tcase_add_test(t, the_longest_of_everything_is_looked_at);
	tcase_add_test(t, a_hash_is_argon2id_of_19_mib_and_2_passes);
	tcase_add_test(t, however_many_at_once_the_memory_is_that_of_one);
	tcase_add_test(t, a_second_step_is_of_one_member_for_five_minutes);
	suite_add_tcase(s, t);
	return s;
}
