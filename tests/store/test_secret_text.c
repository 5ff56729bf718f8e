#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../support/suites.h"
#include "store/secret.h"

Suite *suite_secret_text(void);

#define BYTES(s) (s), sizeof(s) - 1
#define TEXT_100 "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
#define TEXT_500 TEXT_100 TEXT_100 TEXT_100 TEXT_100 TEXT_100

static const struct {
	const char *text;
	size_t n;
	const char *fields, *username, *password, *host, *database;
	int64_t port;
} good[] = {
	{BYTES(""), "nothing", "", "", "", "", 0},
	{BYTES("hunter2"), "password", "", "hunter2", "", "", 0},
	{BYTES("two words\n"), "password", "", "two words\n", "", "", 0},
	{BYTES("a { b }"), "password", "", "a { b }", "", "", 0},
	{BYTES("\"{}\""), "password", "", "\"{}\"", "", "", 0},
	{BYTES("[1]"), "password", "", "[1]", "", "", 0},
	{BYTES("\xff\xfe"), "password", "", "\xff\xfe", "", "", 0},
	{BYTES(TEXT_500 "12345678901"), "password", "", TEXT_500 "12345678901", "", "", 0},
	{BYTES("{\"password\":\"p\"}"), "password", "", "p", "", "", 0},
	{BYTES(" \n{\"username\":\"u\",\"password\":\"p{\\u00e9\",\"host\":\"h\",\"port\":3307,\"database\":\"d\"}\n"), "username, password, host, port, database", "u", "p{é", "h", "d", 3307},
	{BYTES("{\"username\":\"admin\",\"password\":\"p\",\"engine\":\"mysql\",\"host\":\"db.example\",\"port\":3306,\"dbname\":\"site\",\"dbInstanceIdentifier\":\"x\",\"tags\":[{\"a\":null}]}"),
		"username, password, host, port, database", "admin", "p", "db.example", "site", 3306},
	{BYTES("{\"host\":\"h\",\"port\":\"65535\"}"), "host, port", "", "", "h", "", 65535},
	{BYTES("{\"database\":\"d\",\"dbname\":\"e\",\"username\":null}"), "database", "", "", "", "d", 0},
	{BYTES("{\"password\":\"a\\nb\"}"), "password", "", "a\nb", "", "", 0},
};

START_TEST(a_secret_is_read_and_written)
{
	char why[SECRET_WHY_MAX] = "", fields[SECRET_FIELDS_MAX], json[SECRET_JSON_MAX + 1];
	struct secret *s = NULL, *again = NULL;
	size_t n = 0;
	ck_assert_msg(secret_parse(good[_i].text, good[_i].n, &s, why) == ERR_OK, "%s", why);
	for (int round = 0; round < 2; round++) {
		ck_assert_str_eq(s->username, good[_i].username);
		ck_assert_str_eq(s->password, good[_i].password);
		ck_assert_str_eq(s->host, good[_i].host);
		ck_assert_str_eq(s->database, good[_i].database);
		ck_assert_int_eq(s->port, good[_i].port);
		secret_fields(s, fields);
		ck_assert_str_eq(fields, good[_i].fields);
		if (strcmp(fields, "nothing") == 0 || (unsigned char)s->password[0] == 0xff)
			break;
		ck_assert_int_eq(secret_write(s, json, &n), ERR_OK);
		ck_assert_uint_eq(n, strlen(json));
		ck_assert_int_eq(secret_parse(json, n, &again, why), ERR_OK);
		secret_free(s);
		s = again;
	}
	secret_free(s);
}
END_TEST

static const struct {
	const char *text;
	size_t n;
	enum err err;
	const char *says;
} bad[] = {
	{BYTES("{"), ERR_INVALID, "begins as a JSON object and is none"},
	{BYTES("{secret}"), ERR_INVALID, "is none"},
	{BYTES("{\"password\":\"secret"), ERR_INVALID, "is none"},
	{BYTES("{\"password\":[\"secret\"]}"), ERR_INVALID, "is none"},
	{BYTES("{\"password\":\"secret\",\"password\":\"secret\"}"), ERR_INVALID, "is none"},
	{BYTES("{\"password\":true}"), ERR_INVALID, "is none"},
	{BYTES("{}"), ERR_INVALID, "none of username, password, host, port and database"},
	{BYTES("{\"pasword\":\"secret\"}"), ERR_INVALID, "none of username"},
	{BYTES("{\"password\":\"\"}"), ERR_INVALID, "none of username"},
	{BYTES("{\"port\":0,\"password\":\"secret\"}"), ERR_INVALID, "port is no whole number"},
	{BYTES("{\"port\":65536,\"password\":\"secret\"}"), ERR_INVALID, "port is no whole number"},
	{BYTES("{\"port\":3306.5,\"password\":\"secret\"}"), ERR_INVALID, "port is no whole number"},
	{BYTES("{\"port\":\"-1\",\"password\":\"secret\"}"), ERR_INVALID, "port is no whole number"},
	{BYTES("{\"port\":\"3306 \",\"password\":\"secret\"}"), ERR_INVALID, "port is no whole number"},
	{BYTES("{\"port\":99999999999999999999,\"password\":\"secret\"}"), ERR_TOO_LARGE, "too long"},
	{BYTES("{\"host\":\"a\\nb\",\"password\":\"secret\"}"), ERR_INVALID, "control characters"},
	{BYTES("{\"username\":\"a\\u0007\",\"password\":\"secret\"}"), ERR_INVALID, "control characters"},
	{BYTES("{\"username\":\"" TEXT_100 TEXT_100 "\",\"password\":\"secret\"}"), ERR_TOO_LARGE, "too long"},
	{BYTES("{\"password\":\"secret" TEXT_500 TEXT_100 "\"}"), ERR_TOO_LARGE, "too long"},
	{BYTES("secret" TEXT_500 TEXT_100), ERR_TOO_LARGE, "longer than any password"},
	{BYTES("secret\0more"), ERR_INVALID, "zero byte"},
};

START_TEST(what_is_no_secret_is_refused_without_saying_it)
{
	char why[SECRET_WHY_MAX] = "";
	struct secret *s = NULL;
	ck_assert_int_eq(secret_parse(bad[_i].text, bad[_i].n, &s, why), bad[_i].err);
	ck_assert_ptr_null(s);
	ck_assert_msg(strstr(why, bad[_i].says) != NULL, "%s", why);
	ck_assert_ptr_null(strstr(why, "secret"));
}
END_TEST

START_TEST(the_longest_secret_can_be_encrypted)
{
	char why[SECRET_WHY_MAX], json[SECRET_JSON_MAX + 1];
	struct secret *s, *again;
	size_t n;
	ck_assert_int_eq(secret_parse(BYTES("{\"port\":65535}"), &s, why), ERR_OK);
	/* an escape of two for each */
	memset(s->username, '"', sizeof s->username - 1);
	memset(s->password, '\\', sizeof s->password - 1);
	memset(s->host, '"', sizeof s->host - 1);
	memset(s->database, '"', sizeof s->database - 1);
	ck_assert_int_eq(secret_write(s, json, &n), ERR_OK);
	ck_assert_int_eq(secret_parse(json, n, &again, why), ERR_OK);
	ck_assert_int_eq(memcmp(s, again, sizeof *s), 0);
	secret_free(again);
	secret_free(s);
}
END_TEST

Suite *suite_secret_text(void)
{
	Suite *s = suite_create("secret text");
	TCase *t = tcase_create("text");
	tcase_add_loop_test(t, a_secret_is_read_and_written, 0, sizeof good / sizeof *good);
	tcase_add_loop_test(t, what_is_no_secret_is_refused_without_saying_it, 0, sizeof bad / sizeof *bad);
	tcase_add_test(t, the_longest_secret_can_be_encrypted);
	suite_add_tcase(s, t);
	return s;
}
