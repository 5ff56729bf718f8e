#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/alloc_fault.h"
#include "../support/suites.h"
#include "suites_util.h"
#include "util/metrics.h"

static struct metrics *open_private(void)
{
	struct metrics *m;
	ck_assert_int_eq(metrics_open(NULL, &m), ERR_OK);
	return m;
}

/* Whether the text holds exactly this line. */
static bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);
	for (const char *p = text; (p = strstr(p, line)) != NULL; p++)
		if ((p == text || p[-1] == '\n') && p[n] == '\n')
			return true;
	return false;
}

static void check_line(struct metrics *m, const char *line)
{
	struct buf b;
	buf_init(&b, 1 << 16);
	metrics_write(m, &b);
	ck_assert_msg(has_line(buf_str(&b), line), "no line \"%s\" in\n%s", line, buf_str(&b));
	buf_free(&b);
}

static const struct {
	int status;
	const char *line;
} classes[] = {
	{200, "outport_requests_total{class=\"2xx\"} 1"},
	{299, "outport_requests_total{class=\"2xx\"} 1"},
	{301, "outport_requests_total{class=\"3xx\"} 1"},
	{304, "outport_requests_total{class=\"3xx\"} 1"},
	{400, "outport_requests_total{class=\"4xx\"} 1"},
	{499, "outport_requests_total{class=\"4xx\"} 1"},
	{500, "outport_requests_total{class=\"5xx\"} 1"},
	{503, "outport_requests_total{class=\"5xx\"} 1"},
};

START_TEST(a_request_is_counted_by_class)
{
	struct metrics *m = open_private();
	metrics_observe_request(m, classes[_i].status, 10);
	check_line(m, classes[_i].line);
	check_line(m, "outport_request_duration_seconds_count 1");
	metrics_close(m);
}
END_TEST

/* A bucket holds what took at most its bound; what is above goes to the next. */
static const struct {
	uint64_t us;
	const char *in, *above, *sum;
} times[] = {
	{0, "0.001", NULL, "0.000000"},
	{1000, "0.001", NULL, "0.001000"},
	{1001, "0.002", "0.001", "0.001001"},
	{2000, "0.002", "0.001", "0.002000"},
	{5000, "0.005", "0.002", "0.005000"},
	{10001, "0.02", "0.01", "0.010001"},
	{50000, "0.05", "0.02", "0.050000"},
	{100001, "0.2", "0.1", "0.100001"},
	{500000, "0.5", "0.2", "0.500000"},
	{1000000, "1", "0.5", "1.000000"},
	{2000000, "2", "1", "2.000000"},
	{2000001, "+Inf", "2", "2.000001"},
	{3600000000, "+Inf", "2", "3600.000000"},
};

START_TEST(a_request_is_counted_by_time)
{
	char line[100];
	struct metrics *m = open_private();
	metrics_observe_request(m, 200, times[_i].us);
	snprintf(line, sizeof line, "outport_request_duration_seconds_bucket{le=\"%s\"} 1", times[_i].in);
	check_line(m, line);
	if (times[_i].above != NULL) {
		snprintf(line, sizeof line, "outport_request_duration_seconds_bucket{le=\"%s\"} 0", times[_i].above);
		check_line(m, line);
	}
	check_line(m, "outport_request_duration_seconds_bucket{le=\"+Inf\"} 1");
	snprintf(line, sizeof line, "outport_request_duration_seconds_sum %s", times[_i].sum);
	check_line(m, line);
	metrics_close(m);
}
END_TEST

/* Every metric that is counted is shown: adding to it changes the text. */
START_TEST(every_metric_is_shown)
{
	struct metrics *m = open_private();
	struct buf before, after;
	buf_init(&before, 1 << 16);
	buf_init(&after, 1 << 16);
	metrics_write(m, &before);
	metrics_add(m, (enum metric)_i, 41);
	metrics_add(m, (enum metric)_i, 1);
	metrics_write(m, &after);
	ck_assert_str_ne(buf_str(&before), buf_str(&after));
	bool shown = strstr(buf_str(&after), " 42\n") != NULL || strstr(buf_str(&after), " 0.000042\n") != NULL;
	ck_assert_msg(shown, "%s", buf_str(&after));
	buf_free(&before);
	buf_free(&after);
	metrics_close(m);
}
END_TEST

/* The text format: HELP, TYPE, then the family's samples, each family once. */
START_TEST(the_text_is_prometheus)
{
	struct metrics *m = open_private();
	struct buf b;
	char family[100] = "", seen[4096] = " ";
	bool typed = false;
	buf_init(&b, 1 << 16);
	metrics_write(m, &b);
	ck_assert_int_eq(b.error, ERR_OK);
	ck_assert_int_eq(b.data[b.len - 1], '\n');
	char *rest = NULL;
	for (char *line = strtok_r(b.data, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		char name[100], type[20];
		if (sscanf(line, "# HELP %99s ", name) == 1) {
			char word[102];
			snprintf(word, sizeof word, " %s ", name);
			ck_assert_msg(strstr(seen, word) == NULL, "%s twice", name);
			snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s ", name);
			snprintf(family, sizeof family, "%s", name);
			typed = false;
		} else if (sscanf(line, "# TYPE %99s %19s", name, type) == 2) {
			ck_assert_str_eq(name, family);
			ck_assert(strcmp(type, "counter") == 0 || strcmp(type, "gauge") == 0 || strcmp(type, "histogram") == 0);
			ck_assert_int_eq(strcmp(type, "counter") == 0, strstr(name, "_total") != NULL);
			typed = true;
		} else {
			char *end;
			ck_assert_msg(typed && strncmp(line, family, strlen(family)) == 0, "%s", line);
			strtod(strrchr(line, ' ') + 1, &end);
			ck_assert_msg(*end == '\0', "%s", line);
		}
	}
	buf_free(&b);
	metrics_close(m);
}
END_TEST

START_TEST(out_of_memory_is_said)
{
	struct metrics *m = (struct metrics *)1;
	for (long nth = 1; nth <= 2; nth++) {
		alloc_fault_at(nth);
		enum err err = metrics_open(nth == 1 ? NULL : "/tmp", &m);
		alloc_fault_at(0);
		ck_assert_int_eq(err, ERR_NOMEM);
		ck_assert_ptr_null(m);
	}
	metrics_close(NULL);
}
END_TEST

Suite *suite_metrics(void)
{
	Suite *s = suite_create("metrics");
	TCase *t = tcase_create("metrics");
	tcase_add_loop_test(t, a_request_is_counted_by_class, 0, sizeof classes / sizeof *classes);
	tcase_add_loop_test(t, a_request_is_counted_by_time, 0, sizeof times / sizeof *times);
	tcase_add_loop_test(t, every_metric_is_shown, 0, METRIC_COUNT);
	tcase_add_test(t, the_text_is_prometheus);
	tcase_add_test(t, out_of_memory_is_said);
	suite_add_tcase(s, t);
	return s;
}
