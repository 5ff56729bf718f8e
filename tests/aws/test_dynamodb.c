#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "aws/aws_dynamodb_internal.h"
#include "suites_aws.h"

static void same_json(char *text, const char *expected)
{
	cJSON *is = cJSON_Parse(text), *wanted = cJSON_Parse(expected);
	ck_assert_ptr_nonnull(wanted);
	ck_assert_msg(is != NULL && cJSON_Compare(is, wanted, true), "%s is not %s", text != NULL ? text : "nothing", expected);
	cJSON_Delete(is);
	cJSON_Delete(wanted);
	cJSON_free(text);
}

START_TEST(dynamodb_changes_are_written)
{
	const struct dynamo_change c = {
		.table = "photos",
		.item = DYNAMO_ATTRS({.name = "id", .number = INT64_MIN}, {.name = "big", .number = INT64_MAX}, {.name = "zero", .number = 0}, {.name = "text", .text = "a \"b\" \\ é"},
		                     {.name = "none", .text = ""}),
		.condition = "attribute_not_exists(id) OR at <= :at",
		.values = DYNAMO_ATTRS({.name = ":at", .number = 12}),
	};
	same_json(dynamo_write_put(&c), "{\"TableName\":\"photos\",\"Item\":{\"id\":{\"N\":\"-9223372036854775808\"},\"big\":{\"N\":\"9223372036854775807\"},\"zero\":{\"N\":\"0\"},"
	          "\"text\":{\"S\":\"a \\\"b\\\" \\\\ é\"},\"none\":{\"S\":\"\"}},\"ConditionExpression\":\"attribute_not_exists(id) OR at <= :at\","
	          "\"ExpressionAttributeValues\":{\":at\":{\"N\":\"12\"}}}");
	const struct dynamo_change plain = {.table = "t", .item = DYNAMO_ATTRS({.name = "id", .number = 1})};
	same_json(dynamo_write_delete(&plain), "{\"TableName\":\"t\",\"Key\":{\"id\":{\"N\":\"1\"}}}");
	struct dynamo_attr many[DYNAMO_ATTRS_MAX + 1];
	for (size_t i = 0; i < sizeof many / sizeof *many; i++)
		many[i] = (struct dynamo_attr){.name = "a", .number = 1};
	const struct dynamo_change too_many = {.table = "t", .item = {many, sizeof many / sizeof *many}};
	ck_assert_ptr_null(dynamo_write_put(&too_many));
}
END_TEST

START_TEST(dynamodb_queries_are_written)
{
	struct dynamo_query q = {.table = "t", .condition = "id = :id", .values = DYNAMO_ATTRS({.name = ":id", .number = 7}), .consistent = true, .page = 100};
	same_json(dynamo_write_query(&q, NULL),
	          "{\"TableName\":\"t\",\"KeyConditionExpression\":\"id = :id\",\"ExpressionAttributeValues\":{\":id\":{\"N\":\"7\"}},\"ConsistentRead\":true,\"Limit\":100}");
	q.consistent = false;
	q.backwards = true;
	q.index = "owner";
	cJSON *start = cJSON_Parse("{\"id\":{\"N\":\"7\"},\"at\":{\"S\":\"x\"}}");
	same_json(dynamo_write_query(&q, start),
	          "{\"TableName\":\"t\",\"IndexName\":\"owner\",\"KeyConditionExpression\":\"id = :id\",\"ExpressionAttributeValues\":{\":id\":{\"N\":\"7\"}},"
	          "\"ScanIndexForward\":false,\"Limit\":100,\"ExclusiveStartKey\":{\"id\":{\"N\":\"7\"},\"at\":{\"S\":\"x\"}}}");
	cJSON_Delete(start);
}
END_TEST

struct seen {
	int n, most;
	int64_t number;
	bool good;
	char text[64];
};

static bool see(void *ctx, const struct dynamo_item *item)
{
	struct seen *s = ctx;
	const char *text = dynamo_text(item, "s");
	s->good = dynamo_number(item, "n", &s->number);
	snprintf(s->text, sizeof s->text, "%s", text != NULL ? text : "(none)");
	return ++s->n < s->most;
}

static enum err read_page(const char *body, struct seen *s, bool *next, bool *enough)
{
	cJSON *key;
	const struct dynamo_reader r = {see, s};
	enum err e = dynamo_read_page(body, strlen(body), &r, &key, enough);
	*next = key != NULL;
	cJSON_Delete(key);
	return e;
}

START_TEST(dynamodb_attributes_are_read)
{
	static const struct {
		const char *item, *text;
		bool good;
		int64_t number;
	} cases[] = {
		{"{\"n\":{\"N\":\"12\"},\"s\":{\"S\":\"a\"}}", "a", true, 12},
		{"{\"n\":{\"N\":\"-9223372036854775808\"},\"s\":{\"S\":\"\"}}", "", true, INT64_MIN},
		{"{\"n\":{\"N\":\"9223372036854775807\"}}", "(none)", true, INT64_MAX},
		{"{\"n\":{\"N\":\"9223372036854775808\"}}", "(none)", false, 0},
		{"{\"n\":{\"N\":\"\"},\"s\":{\"N\":\"1\"}}", "(none)", false, 0},
		{"{\"n\":{\"N\":\"-\"},\"s\":{\"S\":1}}", "(none)", false, 0},
		{"{\"n\":{\"N\":\" 1\"},\"s\":\"a\"}", "(none)", false, 0},
		{"{\"n\":{\"N\":\"1.5\"},\"s\":[]}", "(none)", false, 0},
		{"{\"n\":{\"N\":\"1e3\"},\"s\":{\"S\":null}}", "(none)", false, 0},
		{"{\"n\":{\"N\":12},\"s\":{\"s\":\"a\"}}", "(none)", false, 0},
		{"{\"n\":{\"S\":\"12\"},\"s\":{\"S\":{\"S\":\"a\"}}}", "(none)", false, 0},
		{"{\"s\":{\"S\":\"\xff\"}}", "(none)", false, 0},
		{"{}", "(none)", false, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char body[256];
		struct seen s = {.most = 9};
		bool next, enough;
		snprintf(body, sizeof body, "{\"Items\":[%s],\"Count\":1}", cases[i].item);
		ck_assert_msg(read_page(body, &s, &next, &enough) == ERR_OK && s.n == 1 && !next && !enough, "%s", body);
		ck_assert_msg(s.good == cases[i].good && (!s.good || s.number == cases[i].number) && strcmp(s.text, cases[i].text) == 0, "%s", body);
	}
}
END_TEST

START_TEST(dynamodb_pages_are_read)
{
	static const char page[] = "{\"Items\":[{\"n\":{\"N\":\"1\"}},{\"n\":{\"N\":\"2\"}},{\"n\":{\"N\":\"3\"}}],\"LastEvaluatedKey\":{\"n\":{\"N\":\"3\"}}}\n";
	struct seen s = {.most = 9};
	bool next, enough;
	ck_assert_int_eq(read_page(page, &s, &next, &enough), ERR_OK);
	ck_assert(s.n == 3 && s.number == 3 && next && !enough);
	s = (struct seen){.most = 2};
	ck_assert_int_eq(read_page(page, &s, &next, &enough), ERR_OK);
	ck_assert(s.n == 2 && s.number == 2 && !next && enough);
	ck_assert_int_eq(read_page("{\"Items\":[]}", &s, &next, &enough), ERR_OK);
	ck_assert(!next && !enough);
}
END_TEST

START_TEST(dynamodb_hostile_pages)
{
	static const char *const bodies[] = {
		"", "null", "[]", "\"text\"", "12", "{", "{}", "{\"Items\":{}}", "{\"Items\":null}", "{\"Items\":[1]}", "{\"Items\":[[]]}", "{\"Items\":[{}]} x", "{\"Items\":[{}]}{}",
		"{\"Items\":[],\"LastEvaluatedKey\":null}", "{\"Items\":[],\"LastEvaluatedKey\":{}}", "{\"Items\":[],\"LastEvaluatedKey\":[1]}",
		"{\"Items\":[],\"LastEvaluatedKey\":{\"a\":1}}", "{\"Items\":[],\"LastEvaluatedKey\":{\"a\":{}}}", "{\"Items\":[],\"LastEvaluatedKey\":{\"a\":{\"M\":{}}}}",
		"{\"Items\":[],\"LastEvaluatedKey\":{\"a\":{\"S\":\"b\",\"N\":\"1\"}}}",
		"{\"Items\":[],\"LastEvaluatedKey\":{\"a\":{\"S\":\"\"},\"b\":{\"S\":\"\"},\"c\":{\"S\":\"\"},\"d\":{\"S\":\"\"},\"e\":{\"S\":\"\"}}}",
	};
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct seen s = {.most = 9};
		bool next, enough;
		ck_assert_msg(read_page(bodies[i], &s, &next, &enough) == ERR_INVALID && !next, "%s", bodies[i]);
	}
	char deep[20001];
	memset(deep, '[', sizeof deep - 1);
	deep[sizeof deep - 1] = '\0';
	struct seen s = {.most = 9};
	bool next, enough;
	ck_assert_int_eq(read_page(deep, &s, &next, &enough), ERR_INVALID);
}
END_TEST

Suite *suite_dynamodb(void)
{
	Suite *s = suite_create("aws_dynamodb");
	TCase *t = tcase_create("aws_dynamodb");
	tcase_add_test(t, dynamodb_changes_are_written);
	tcase_add_test(t, dynamodb_queries_are_written);
	tcase_add_test(t, dynamodb_attributes_are_read);
	tcase_add_test(t, dynamodb_pages_are_read);
	tcase_add_test(t, dynamodb_hostile_pages);
	suite_add_tcase(s, t);
	return s;
}
