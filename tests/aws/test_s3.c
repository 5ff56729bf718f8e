#include <check.h>
#include <stdio.h>
#include <string.h>

#include "aws/aws_s3.h"
#include "../support/suites.h"
#include "suites_aws.h"

enum { SEEN_MAX = 8 };

#define ck_assert_err(call, expected) ck_assert_int_eq((int)(call), (int)(expected))

struct seen {
	char keys[SEEN_MAX][AWS_S3_KEY_SIZE];
	int64_t bytes[SEEN_MAX], times[SEEN_MAX];
	size_t n, stop_at;
};

static bool keep(void *ctx, const struct aws_s3_item *item)
{
	struct seen *s = ctx;
	ck_assert_uint_lt(s->n, SEEN_MAX);
	snprintf(s->keys[s->n], sizeof s->keys[0], "%s", item->key);
	s->bytes[s->n] = item->bytes;
	s->times[s->n++] = item->modified_at;
	return s->n != s->stop_at;
}

static enum err list(const char *xml, struct seen *s, struct aws_s3_page *page)
{
	size_t stop_at = s->stop_at;
	*s = (struct seen){.stop_at = stop_at};
	*page = (struct aws_s3_page){.each = keep, .ctx = s};
	return aws_s3_list_read(xml, strlen(xml), page);
}

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><EncodingType>url</EncodingType>"
#define ITEM(key, size) "<Contents><Key>" key "</Key><LastModified>2026-01-31T12:00:00.000Z</LastModified><ETag>&quot;x&quot;</ETag><Size>" size "</Size></Contents>"
#define TAIL "</ListBucketResult>"

START_TEST(a_page_of_a_list)
{
	struct seen s = {.n = 0};
	struct aws_s3_page page;
	ck_assert_err(list(HEAD "<IsTruncated>true</IsTruncated>" ITEM("photos/ab/x-320.webp", "12") ITEM("a+b%2Bc%25%20d/%C3%A9", "5000000000")
		"<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>" TAIL, &s, &page), ERR_OK);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_str_eq(s.keys[0], "photos/ab/x-320.webp");
	ck_assert_str_eq(s.keys[1], "a b+c% d/é");
	ck_assert_int_eq(s.bytes[0], 12);
	ck_assert_int_eq(s.bytes[1], 5000000000);
	ck_assert_int_eq(s.times[0], 1769860800);
	ck_assert_str_eq(page.token, "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=");
}
END_TEST

START_TEST(the_last_page_has_no_token)
{
	struct seen s = {.n = 0};
	struct aws_s3_page page;
	ck_assert_err(list(HEAD "<IsTruncated>false</IsTruncated>" TAIL, &s, &page), ERR_OK);
	ck_assert_uint_eq(s.n, 0);
	ck_assert_str_eq(page.token, "");
	ck_assert(!page.stopped);
}
END_TEST

START_TEST(who_has_enough_is_asked_no_more)
{
	struct seen s = {.stop_at = 1};
	struct aws_s3_page page;
	ck_assert_err(list(HEAD "<IsTruncated>false</IsTruncated>" ITEM("a", "1") ITEM("b", "2") TAIL, &s, &page), ERR_OK);
	ck_assert_uint_eq(s.n, 1);
	ck_assert(page.stopped);
}
END_TEST

/* Half a list must never pass for a whole one: what is not on it would be taken for lost. */
static const char *const no_lists[] = {
	"", "garbage", "<ListBucketResult>", "<Error><Code>AccessDenied</Code></Error>", HEAD "<IsTruncated>true</IsTruncated>" TAIL,
	HEAD "<IsTruncated>false</IsTruncated><NextContinuationToken>x</NextContinuationToken>" TAIL,
	HEAD "<Contents><Key>a</Key></Contents>" TAIL, HEAD ITEM("a", "-1") TAIL, HEAD ITEM("a", "") TAIL, HEAD ITEM("", "1") TAIL, HEAD ITEM("%zz", "1") TAIL, HEAD ITEM("%0", "1") TAIL,
	HEAD ITEM("a%00b", "1") TAIL, HEAD "<Contents><Key>a</Key><LastModified>yesterday</LastModified><Size>1</Size></Contents>" TAIL,
	"<!DOCTYPE a [<!ENTITY b \"c\">]><ListBucketResult/>",
};

START_TEST(what_is_no_list_is_refused)
{
	struct seen s = {.n = 0};
	struct aws_s3_page page;
	enum err e = list(no_lists[_i], &s, &page);
	ck_assert_msg(e == ERR_INVALID, "%s: %s", no_lists[_i], err_text(e));
}
END_TEST

static const struct {
	const char *xml;
	enum err e;
	const char *why;
} deletions[] = {
	{"<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>", ERR_OK, ""},
	{"<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>", ERR_OK, ""},
	{"<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>", ERR_DENIED, "s3: AccessDenied: Access Denied"},
	{"<DeleteResult><Error><Key>b</Key><Code>InternalError</Code><Message>Try again</Message></Error></DeleteResult>", ERR_CLOSED, "s3: InternalError: Try again"},
	{"<html>no</html>", ERR_INVALID, "s3: the answer"},
	{"", ERR_INVALID, "s3: the answer"},
};

START_TEST(what_could_not_be_deleted_is_told)
{
	char why[AWS_S3_WHY_MAX] = "";
	enum err e = aws_s3_delete_read(deletions[_i].xml, strlen(deletions[_i].xml), why);
	ck_assert_msg(e == deletions[_i].e, "%s: %s", deletions[_i].xml, err_text(e));
	ck_assert_msg(strncmp(why, deletions[_i].why, strlen(deletions[_i].why)) == 0, "%s", why);
}
END_TEST

Suite *suite_s3(void)
{
	Suite *s = suite_create("s3");
	TCase *t = tcase_create("answers");
	tcase_add_test(t, a_page_of_a_list);
	tcase_add_test(t, the_last_page_has_no_token);
	tcase_add_test(t, who_has_enough_is_asked_no_more);
	tcase_add_loop_test(t, what_is_no_list_is_refused, 0, sizeof no_lists / sizeof *no_lists);
	tcase_add_loop_test(t, what_could_not_be_deleted_is_told, 0, sizeof deletions / sizeof *deletions);
	suite_add_tcase(s, t);
	return s;
}
