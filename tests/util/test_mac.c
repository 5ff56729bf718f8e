#include <string.h>

#include "../support/suites.h"
#include "suites_util.h"
#include "util/mac.h"

START_TEST(hmac_is_the_standards)
{
	/* RFC 4231, test case 2, with its key padded with zeros, which HMAC does anyway. */
	static const uint8_t key[MAC_KEY_BYTES] = "Jefe";
	static const uint8_t expected[MAC_BYTES] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e,
	                                            0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7};
	static const char data[] = "what do ya want for nothing?";
	uint8_t mac[MAC_BYTES];
	mac_make(key, data, sizeof data - 1, mac);
	ck_assert_mem_eq(mac, expected, sizeof mac);
	ck_assert(mac_equal(mac, expected));
	for (size_t i = 0; i < MAC_BYTES; i++) {
		mac[i] ^= 0x80;
		ck_assert(!mac_equal(mac, expected));
		mac[i] ^= 0x80;
	}
	mac_make(key, NULL, 0, mac);
	ck_assert(!mac_equal(mac, expected));
}
END_TEST

START_TEST(sha256_is_the_standards)
{
	/* FIPS 180-2, appendix B.1, and the empty message. */
	static const uint8_t abc[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
	                              0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
	static const uint8_t none[] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14};
	uint8_t out[32];
	mac_sha256("abc", 3, out);
	ck_assert_mem_eq(out, abc, 32);
	mac_sha256(NULL, 0, out);
	ck_assert_mem_eq(out, none, sizeof none);
}
END_TEST

/* The first two vectors of SipHash's reference implementation (vectors_sip128), whose key counts from 0. */
START_TEST(short_mac_vectors)
{
	static const uint8_t none[] = {0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93};
	static const uint8_t zero[] = {0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9b, 0x22, 0xfc, 0x45};
	uint8_t key[MAC_KEY_BYTES] = {0}, out[MAC_BYTES];
	for (uint8_t i = 0; i < MAC_KEY_BYTES / 2; i++)
		key[i] = i;
	mac_make_short(key, NULL, 0, out);
	ck_assert_mem_eq(out, none, sizeof out);
	mac_make_short(key, "", 1, out);
	ck_assert_mem_eq(out, zero, sizeof out);
}
END_TEST

/* What xxhsum -H2 says of nothing and of one NUL. */
START_TEST(fingerprint_vectors)
{
	static const uint8_t none[] = {0x99, 0xaa, 0x06, 0xd3, 0x01, 0x47, 0x98, 0xd8, 0x60, 0x01, 0xc3, 0x24, 0x46, 0x8d, 0x49, 0x7f};
	static const uint8_t zero[] = {0xa6, 0xcd, 0x5e, 0x93, 0x92, 0x00, 0x0f, 0x6a, 0xc4, 0x4b, 0xdf, 0xf4, 0x07, 0x4e, 0xec, 0xdb};
	uint8_t out[MAC_FINGERPRINT_BYTES];
	mac_fingerprint(NULL, 0, out);
	ck_assert_mem_eq(out, none, sizeof out);
	mac_fingerprint("", 1, out);
	ck_assert_mem_eq(out, zero, sizeof out);
}
END_TEST

static const struct {
	const char *bytes;
	size_t n;
	const char *text;
} pairs[] = {
	{"", 0, ""},
	{"f", 1, "Zg"}, /* RFC 4648, section 10, without the padding */
	{"fo", 2, "Zm8"},
	{"foo", 3, "Zm9v"},
	{"foob", 4, "Zm9vYg"},
	{"fooba", 5, "Zm9vYmE"},
	{"foobar", 6, "Zm9vYmFy"},
	{"\xfb\xff\xfe", 3, "-__-"},
	{"\0\0", 2, "AAA"},
};

START_TEST(base64url_both_ways)
{
	char text[64];
	uint8_t bytes[64];
	memset(text, 'x', sizeof text);
	base64url_encode((const uint8_t *)pairs[_i].bytes, pairs[_i].n, text);
	ck_assert_str_eq(text, pairs[_i].text);
	ck_assert_int_eq(base64url_decode(text, strlen(text), bytes, pairs[_i].n), (int)pairs[_i].n);
	ck_assert_mem_eq(bytes, pairs[_i].bytes, pairs[_i].n);
	if (pairs[_i].n > 0)
		ck_assert_int_eq(base64url_decode(text, strlen(text), bytes, pairs[_i].n - 1), -1);
}
END_TEST

static const char *const refused[] = {
	"Zg==", "Zg=", "Zh",  "Zm9", "Zm9vY", "+//-", "Zm9v ", " Zm9v", "Zm 9v", "Zm9v\n", "Z", "Zm9v*", "Zm\xc3\xa9v", "=", "====", "-_\xdf-",
};

START_TEST(only_the_canonical_text_is_taken)
{
	uint8_t bytes[64];
	ck_assert_msg(base64url_decode(refused[_i], strlen(refused[_i]), bytes, sizeof bytes) == -1, "%s", refused[_i]);
}
END_TEST

START_TEST(a_nul_byte_is_no_base64)
{
	uint8_t bytes[8];
	ck_assert_int_eq(base64url_decode("Zm\0v", 4, bytes, sizeof bytes), -1);
}
END_TEST

START_TEST(random_bytes_differ)
{
	uint8_t a[32] = {0}, b[32] = {0};
	mac_random(a, sizeof a);
	mac_random(b, sizeof b);
	ck_assert_mem_ne(a, b, sizeof a);
}
END_TEST

Suite *suite_mac(void)
{
	Suite *s = suite_create("mac");
	TCase *t = tcase_create("mac");
	tcase_add_test(t, hmac_is_the_standards);
	tcase_add_test(t, sha256_is_the_standards);
	tcase_add_test(t, fingerprint_vectors);
	tcase_add_test(t, short_mac_vectors);
	tcase_add_loop_test(t, base64url_both_ways, 0, sizeof pairs / sizeof *pairs);
	tcase_add_loop_test(t, only_the_canonical_text_is_taken, 0, sizeof refused / sizeof *refused);
	tcase_add_test(t, a_nul_byte_is_no_base64);
	tcase_add_test(t, random_bytes_differ);
	suite_add_tcase(s, t);
	return s;
}
