#include "aws/aws_dynamodb_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

/* ---- What is written ---- */

static bool add_value(cJSON *map, const struct dynamo_attr *a)
{
	char number[I64_TEXT_SIZE];
	cJSON *value = cJSON_AddObjectToObject(map, a->name);
	if (value == NULL)
		return false;
	if (a->text != NULL)
		return cJSON_AddStringToObject(value, "S", a->text) != NULL;
	i64_text(a->number, number);
	return cJSON_AddStringToObject(value, "N", number) != NULL;
}

/* None: no member. */
static bool add_attrs(cJSON *o, const char *name, const struct dynamo_attrs *attrs)
{
	cJSON *map = attrs->n > 0 ? cJSON_AddObjectToObject(o, name) : NULL;
	bool good = attrs->n == 0 || (map != NULL && attrs->n <= DYNAMO_ATTRS_MAX);
	for (size_t i = 0; good && i < attrs->n; i++)
		good = add_value(map, &attrs->list[i]);
	return good;
}

static bool add_text(cJSON *o, const char *name, const char *text)
{
	return text == NULL || cJSON_AddStringToObject(o, name, text) != NULL;
}

static char *printed(cJSON *o, bool good)
{
	char *text = good ? cJSON_PrintUnformatted(o) : NULL;
	cJSON_Delete(o);
	return text;
}

static char *write_change(const struct dynamo_change *c, const char *what)
{
	cJSON *o = cJSON_CreateObject();
	return printed(o, o != NULL && add_text(o, "TableName", c->table) && add_attrs(o, what, &c->item) && add_text(o, "ConditionExpression", c->condition) &&
	                  add_attrs(o, "ExpressionAttributeValues", &c->values));
}

char *dynamo_write_put(const struct dynamo_change *c)
{
	return write_change(c, "Item");
}

char *dynamo_write_delete(const struct dynamo_change *c)
{
	return write_change(c, "Key");
}

static bool add_start(cJSON *o, const cJSON *start)
{
	cJSON *copy = start != NULL ? cJSON_Duplicate(start, true) : NULL;
	if (start == NULL)
		return true;
	if (copy != NULL && cJSON_AddItemToObject(o, "ExclusiveStartKey", copy))
		return true;
	cJSON_Delete(copy);
	return false;
}

char *dynamo_write_query(const struct dynamo_query *q, const cJSON *start)
{
	cJSON *o = cJSON_CreateObject();
	return printed(o, o != NULL && add_text(o, "TableName", q->table) && add_text(o, "IndexName", q->index) && add_text(o, "KeyConditionExpression", q->condition) &&
	                  add_attrs(o, "ExpressionAttributeValues", &q->values) && (!q->backwards || cJSON_AddFalseToObject(o, "ScanIndexForward") != NULL) &&
	                  (!q->consistent || cJSON_AddTrueToObject(o, "ConsistentRead") != NULL) && cJSON_AddNumberToObject(o, "Limit", q->page) != NULL && add_start(o, start));
}

/* ---- What is read ---- */

static const char *value_of(const struct dynamo_item *item, const char *name, const char *type)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(item->attrs, name), type));
}

const char *dynamo_text(const struct dynamo_item *item, const char *name)
{
	const char *s = value_of(item, name, "S");
	return s != NULL && utf8_valid(s, strlen(s)) ? s : NULL;
}

bool dynamo_number(const struct dynamo_item *item, const char *name, int64_t *out)
{
	const char *s = value_of(item, name, "N");
	char *end;
	if (s == NULL || *s == '\0' || strspn(s + (*s == '-'), "0123456789") != strlen(s + (*s == '-')))
		return false;
	errno = 0;
	*out = strtoll(s, &end, 10);
	return errno == 0 && end > s && *end == '\0';
}

/* cJSON takes what stands behind the object too. */
static cJSON *parse(const char *body, size_t n)
{
	const char *end;
	cJSON *o = cJSON_ParseWithLengthOpts(body, n, &end, false);
	if (o != NULL && (!cJSON_IsObject(o) || strspn(end, " \t\r\n") != (size_t)(body + n - end))) {
		cJSON_Delete(o);
		o = NULL;
	}
	return o;
}

static enum err read_items(const cJSON *items, const struct dynamo_reader *r, bool *enough)
{
	const cJSON *item;
	if (!cJSON_IsArray(items))
		return ERR_INVALID;
	cJSON_ArrayForEach(item, items) {
		if (!cJSON_IsObject(item))
			return ERR_INVALID;
		if (!r->each(r->ctx, &(struct dynamo_item){item})) {
			*enough = true;
			break;
		}
	}
	return ERR_OK;
}

/* The key of a table and of an index: no more attributes than that, each a text or a number. */
static bool key_valid(const cJSON *key)
{
	enum { KEY_ATTRS_MAX = 4 };
	const cJSON *value;
	int n = 0;
	cJSON_ArrayForEach(value, key) {
		const cJSON *is = value->child;
		if (++n > KEY_ATTRS_MAX || !cJSON_IsObject(value) || is == NULL || is->next != NULL || !cJSON_IsString(is))
			return false;
	}
	return n > 0 && cJSON_IsObject(key);
}

enum err dynamo_read_page(const char *body, size_t n, const struct dynamo_reader *r, cJSON **next, bool *enough)
{
	cJSON *o = parse(body, n);
	*next = NULL;
	*enough = false;
	enum err e = o != NULL ? read_items(cJSON_GetObjectItemCaseSensitive(o, "Items"), r, enough) : ERR_INVALID;
	if (e == ERR_OK && !*enough)
		*next = cJSON_DetachItemFromObjectCaseSensitive(o, "LastEvaluatedKey");
	if (*next != NULL && !key_valid(*next)) {
		cJSON_Delete(*next);
		*next = NULL;
		e = ERR_INVALID;
	}
	cJSON_Delete(o);
	return e;
}

/* ---- The calls ---- */

/* body is freed. */
static enum err call(struct aws *aws, const char *target, const char *table, char *body, bool once, int64_t within_ms, struct aws_answer *a, char why[static DYNAMO_WHY_MAX])
{
	const struct aws_header headers[] = {{"content-type", "application/x-amz-json-1.0"}, {"x-amz-target", target}};
	*a = (struct aws_answer){.status = 0};
	why[0] = '\0';
	if (body == NULL)
		return ERR_NOMEM;
	/* a page is at most a megabyte of items, which is more as JSON */
	const struct aws_request r = {.service = AWS_DYNAMODB, .method = "POST", .headers = headers, .n_headers = sizeof headers / sizeof *headers, .body = body,
	                              .n = strlen(body), .answer_max = 4 * (size_t)AWS_ANSWER_MAX, .once = once, .within_ms = within_ms};
	enum err e = aws_call(aws, &r, a);
	cJSON_free(body);
	if (e == ERR_NOT_FOUND)
		snprintf(why, DYNAMO_WHY_MAX, "there is no table %.200s (%.250s)", table, a->why);
	else if (e != ERR_OK)
		snprintf(why, DYNAMO_WHY_MAX, "%s", a->why);
	return e;
}

static enum err said_invalid(enum err e, char why[static DYNAMO_WHY_MAX])
{
	if (e == ERR_INVALID)
		snprintf(why, DYNAMO_WHY_MAX, "DynamoDB's answer is none");
	return e;
}

/* What comes back is {}, or nothing that matters: but it comes from DynamoDB. */
static enum err change(struct aws *aws, const char *target, const char *table, char *body, bool once, char why[static DYNAMO_WHY_MAX])
{
	struct aws_answer a;
	enum err e = call(aws, target, table, body, once, 0, &a, why);
	if (e == ERR_OK) {
		cJSON *o = parse(buf_str(&a.body), a.body.len);
		e = said_invalid(o != NULL ? ERR_OK : ERR_INVALID, why);
		cJSON_Delete(o);
	}
	aws_answer_free(&a);
	return e;
}

enum err dynamo_put(struct aws *aws, const struct dynamo_change *c, char why[static DYNAMO_WHY_MAX])
{
	return change(aws, "DynamoDB_20120810.PutItem", c->table, dynamo_write_put(c), true, why);
}

enum err dynamo_delete(struct aws *aws, const struct dynamo_change *c, char why[static DYNAMO_WHY_MAX])
{
	return change(aws, "DynamoDB_20120810.DeleteItem", c->table, dynamo_write_delete(c), false, why);
}

/* *start: the key to begin from, then the one to go on from. */
static enum err query_page(struct aws *aws, const struct dynamo_query *q, const struct dynamo_reader *r, cJSON **start, bool *enough, char why[static DYNAMO_WHY_MAX])
{
	struct aws_answer a;
	cJSON *next = NULL;
	enum err e = call(aws, "DynamoDB_20120810.Query", q->table, dynamo_write_query(q, *start), false, q->within_ms, &a, why);
	if (e == ERR_OK)
		e = said_invalid(dynamo_read_page(buf_str(&a.body), a.body.len, r, &next, enough), why);
	/* one that ends where it began would go on for ever */
	if (next != NULL && *start != NULL && cJSON_Compare(next, *start, true))
		e = said_invalid(ERR_INVALID, why);
	aws_answer_free(&a);
	cJSON_Delete(*start);
	*start = next;
	return e;
}

enum err dynamo_query(struct aws *aws, const struct dynamo_query *q, const struct dynamo_reader *r, char why[static DYNAMO_WHY_MAX])
{
	cJSON *start = NULL;
	bool enough = false;
	enum err e = query_page(aws, q, r, &start, &enough, why);
	for (int pages = 1; e == ERR_OK && !enough && start != NULL; pages++)
		e = pages < DYNAMO_PAGES_MAX ? query_page(aws, q, r, &start, &enough, why) : ERR_TOO_LARGE;
	cJSON_Delete(start);
	return e;
}
