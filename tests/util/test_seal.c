#include <string.h>

#include "suites_util.h"
#include "util/seal.h"

static const uint8_t key[SEAL_KEY_BYTES] = "a key of thirty-two bytes, as it";
static const uint8_t other_key[SEAL_KEY_BYTES] = "a key of thirty-two bytes, as he";
static const char secret[20] = "twenty bytes, secret";

START_TEST(what_is_sealed_opens_again_and_never_looks_the_same)
{
	uint8_t sealed[sizeof secret + SEAL_OVERHEAD], again[sizeof sealed];
	char out[sizeof secret];
	seal_make(key, 7, secret, sizeof secret, sealed);
	seal_make(key, 7, secret, sizeof secret, again);
	ck_assert_mem_ne(sealed, again, sizeof sealed);
	ck_assert_ptr_null(memmem(sealed, sizeof sealed, secret, sizeof secret));
	ck_assert_int_eq(seal_open(key, 7, sealed, sizeof sealed, out, sizeof out), ERR_OK);
	ck_assert_mem_eq(out, secret, sizeof out);
}
END_TEST

START_TEST(another_key_row_or_length_does_not_open_it)
{
	uint8_t sealed[sizeof secret + SEAL_OVERHEAD];
	char out[sizeof secret];
	seal_make(key, 7, secret, sizeof secret, sealed);
	ck_assert_int_eq(seal_open(other_key, 7, sealed, sizeof sealed, out, sizeof out), ERR_INVALID);
	ck_assert_int_eq(seal_open(key, 8, sealed, sizeof sealed, out, sizeof out), ERR_INVALID);
	ck_assert_int_eq(seal_open(key, 7, sealed, sizeof sealed - 1, out, sizeof out), ERR_INVALID);
	ck_assert_int_eq(seal_open(key, 7, sealed, 0, out, sizeof out), ERR_INVALID);
	for (size_t i = 0; i < sizeof sealed; i++) {
		sealed[i] ^= 1;
		ck_assert_int_eq(seal_open(key, 7, sealed, sizeof sealed, out, sizeof out), ERR_INVALID);
		sealed[i] ^= 1;
	}
}
END_TEST

Suite *suite_seal(void)
{
	Suite *s = suite_create("seal");
	TCase *t = tcase_create("seal");
	tcase_add_test(t, what_is_sealed_opens_again_and_never_looks_the_same);
	tcase_add_test(t, another_key_row_or_length_does_not_open_it);
	suite_add_tcase(s, t);
	return s;
}
