#include <cJSON.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/suites.h"
#include "suites_util.h"
#include "util/log.h"

enum { CAPTURE_MAX = 64 * 1024 };

struct capture {
	int saved;
	FILE *file;
	char text[CAPTURE_MAX];
};

static void begin(struct capture *c)
{
	c->file = tmpfile();
	ck_assert_ptr_nonnull(c->file);
	c->saved = dup(STDERR_FILENO);
	dup2(fileno(c->file), STDERR_FILENO);
}

/* What was written since begin(). */
static const char *end(struct capture *c)
{
	dup2(c->saved, STDERR_FILENO);
	close(c->saved);
	rewind(c->file);
	size_t n = fread(c->text, 1, sizeof c->text - 1, c->file);
	c->text[n] = '\0';
	fclose(c->file);
	return c->text;
}

/* One line, one object. */
static cJSON *parse_line(const char *text)
{
	const char *stop = NULL;
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	cJSON *line = cJSON_ParseWithOpts(text, &stop, 0);
	ck_assert_msg(line != NULL && strcmp(stop, "\n") == 0, "%s", text);
	return line;
}

static const struct {
	const char *value, *raw;
} values[] = {
	{"plain", "\"plain\""},
	{"", "\"\""},
	{"say \"hi\" \\", "\"say \\\"hi\\\" \\\\\""},
	{"two\nlines\r\t", "\"two\\u000alines\\u000d\\u0009\""},
	{"\x1b[31m\x7f", "\"\\u001b[31m\\u007f\""},
	{"Qu\xc3\xa9" "bec \xf0\x9f\x9b\xb6", "\"Qu\xc3\xa9" "bec \xf0\x9f\x9b\xb6\""},
	{"\xff|\xc3|\xed\xa0\x80|\xc0\x80", "\"\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\""},
	{"cut\xe2\x82", "\"cut\xef\xbf\xbd\xef\xbf\xbd\""},
	{"\"},{\"event\":\"forged", "\"\\\"},{\\\"event\\\":\\\"forged\""},
};

START_TEST(values_are_escaped)
{
	struct capture c;
	char expected[256];
	begin(&c);
	LOG_INFO("test", LOG_S("v", values[_i].value), LOG_I("n", -5));
	const char *text = end(&c);
	snprintf(expected, sizeof expected, ",\"event\":\"test\",\"v\":%s,\"n\":-5}\n", values[_i].raw);
	const char *found = strstr(text, ",\"event\"");
	ck_assert_ptr_nonnull(found);
	ck_assert_str_eq(found, expected);
	cJSON_Delete(parse_line(text));
}
END_TEST

START_TEST(a_line_says_when_and_how_bad)
{
	struct capture c;
	begin(&c);
	LOG_WARN("odd", LOG_I("max", INT64_MAX), LOG_I("min", INT64_MIN));
	const char *text = end(&c);
	cJSON *line = parse_line(text);
	const char *time = cJSON_GetStringValue(cJSON_GetObjectItem(line, "time"));
	ck_assert_uint_eq(strlen(time), strlen("2026-01-31T12:00:00.000Z"));
	ck_assert_int_eq(time[19], '.');
	ck_assert_int_eq(time[23], 'Z');
	ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(line, "level")), "warning");
	ck_assert_ptr_nonnull(strstr(text, "\"max\":9223372036854775807,\"min\":-9223372036854775808"));
	cJSON_Delete(line);
}
END_TEST

/* A character's bytes stay together when a value is cut, whatever their number. */
START_TEST(long_values_are_cut_between_characters)
{
	static const char *const characters[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x9b\xb6"};
	const char *character = characters[_i];
	size_t n = strlen(character);
	char value[5001] = {0};
	for (size_t i = 0; i < 5000 / n; i++)
		memcpy(value + i * n, character, n);
	struct capture c;
	begin(&c);
	LOG_ERROR("long", LOG_S("v", value));
	cJSON *line = parse_line(end(&c));
	const char *got = cJSON_GetStringValue(cJSON_GetObjectItem(line, "v"));
	size_t kept = strlen(got) - strlen("\xe2\x80\xa6");
	ck_assert_uint_eq(kept, 1024 / n * n);
	ck_assert_mem_eq(got, value, kept);
	ck_assert_str_eq(got + kept, "\xe2\x80\xa6");
	cJSON_Delete(line);
}
END_TEST

START_TEST(too_many_fields_are_left_out_and_the_line_says_so)
{
	char value[1025];
	struct log_field fields[40];
	memset(value, '\1', 1024); /* six bytes each when escaped */
	value[1024] = '\0';
	for (size_t i = 0; i < 40; i++)
		fields[i] = LOG_S("v", value);
	struct capture c;
	begin(&c);
	log_write(LOG_LEVEL_ERROR, "wide", fields, 40);
	const char *text = end(&c);
	ck_assert_uint_lt(strlen(text), 20000);
	cJSON *line = parse_line(text);
	ck_assert_int_eq((int)cJSON_GetNumberValue(cJSON_GetObjectItem(line, "cut")), 1);
	cJSON_Delete(line);
}
END_TEST

START_TEST(lines_below_the_level_are_dropped)
{
	struct capture c;
	log_set_level((enum log_level)_i);
	begin(&c);
	for (int level = LOG_LEVEL_DEBUG; level <= LOG_LEVEL_ERROR; level++)
		log_write((enum log_level)level, "x", NULL, 0);
	const char *text = end(&c);
	log_set_level(LOG_LEVEL_INFO);
	int lines = 0;
	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	ck_assert_int_eq(lines, LOG_LEVEL_ERROR - _i + 1);
}
END_TEST

/* Many processes write to one pipe: lines up to PIPE_BUF must come whole, which takes a single write each. */
START_TEST(a_line_is_one_write)
{
	int ends[2];
	char text[8192];
	ck_assert_int_eq(pipe2(ends, O_DIRECT), 0); /* packets: a read returns one write */
	int saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	LOG_INFO("one", LOG_S("a", "1"), LOG_S("b", "2"), LOG_I("c", 3));
	dup2(saved, STDERR_FILENO);
	close(saved);
	ssize_t n = read(ends[0], text, sizeof text - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	cJSON_Delete(parse_line(text));
	close(ends[0]);
	close(ends[1]);
}
END_TEST

Suite *suite_log(void)
{
	Suite *s = suite_create("log");
	TCase *t = tcase_create("log");
	tcase_add_loop_test(t, values_are_escaped, 0, sizeof values / sizeof *values);
	tcase_add_test(t, a_line_says_when_and_how_bad);
	tcase_add_loop_test(t, long_values_are_cut_between_characters, 0, 4);
	tcase_add_test(t, too_many_fields_are_left_out_and_the_line_says_so);
	tcase_add_loop_test(t, lines_below_the_level_are_dropped, LOG_LEVEL_DEBUG, LOG_LEVEL_ERROR + 1);
	tcase_add_test(t, a_line_is_one_write);
	suite_add_tcase(s, t);
	return s;
}
