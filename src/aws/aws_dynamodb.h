/* aws_dynamodb: items of DynamoDB (API version 2012-08-10) with attributes that are texts (S) or whole numbers (N): put, deleted and queried, one call for
 * an item and one for a page. Expressions are ours, never made of data: what they need of it is bound as ":name". */
#pragma once

#include "aws/aws.h"

enum { DYNAMO_WHY_MAX = AWS_WHY_MAX + 256, DYNAMO_ATTRS_MAX = 16, DYNAMO_PAGES_MAX = 100000 };

/* An attribute, or (":name") what an expression is to have. */
struct dynamo_attr {
	const char *name;
	const char *text; /* UTF-8; NULL: number */
	int64_t number;
};

/* A list of them, at most DYNAMO_ATTRS_MAX. */
struct dynamo_attrs {
	const struct dynamo_attr *list;
	size_t n;
};
#define DYNAMO_ATTRS(...) {(const struct dynamo_attr[]){__VA_ARGS__}, sizeof((const struct dynamo_attr[]){__VA_ARGS__}) / sizeof(struct dynamo_attr)}

/* One item of a table, changed if condition holds (NULL: whatever there is). */
struct dynamo_change {
	const char *table;
	struct dynamo_attrs item;   /* all of it for a put, its key for a delete */
	const char *condition;      /* "attribute_not_exists(photo_id) OR created_at <= :created_at" */
	struct dynamo_attrs values; /* of the condition */
};

/* The items of one partition. */
struct dynamo_query {
	const char *table, *index;  /* index NULL: the table's own key */
	const char *condition;      /* on the key: "listing_id = :listing_id" */
	struct dynamo_attrs values;
	bool backwards;             /* by the sort key from its end */
	bool consistent;            /* sees all that was put before; not for an index */
	int page;                   /* items asked for at a time */
	int64_t within_ms;          /* of a page (struct aws_request) */
};

/* An item that was read; lives as long as the call of each. */
struct cJSON;
struct dynamo_item {
	const struct cJSON *attrs;
};
/* NULL: there is no text of this name, or it is not UTF-8. */
const char *dynamo_text(const struct dynamo_item *item, const char *name);
/* False: there is no whole number of this name that fits. */
bool dynamo_number(const struct dynamo_item *item, const char *name, int64_t *out);
/* each returns false to stop. */
struct dynamo_reader {
	bool (*each)(void *ctx, const struct dynamo_item *item);
	void *ctx;
};

/* All of them: aws_call's errors, among them ERR_CONFLICT (the condition does not hold) and ERR_NOT_FOUND (there is no such table), and ERR_INVALID for an answer
 * that is none; why is a sentence's end for the log. A put that got no answer is not sent again: it may have been done. */
MUST_CHECK enum err dynamo_put(struct aws *aws, const struct dynamo_change *c, char why[static DYNAMO_WHY_MAX]);
MUST_CHECK enum err dynamo_delete(struct aws *aws, const struct dynamo_change *c, char why[static DYNAMO_WHY_MAX]);
/* All items, a page at a time, in the sort key's order. */
MUST_CHECK enum err dynamo_query(struct aws *aws, const struct dynamo_query *q, const struct dynamo_reader *r, char why[static DYNAMO_WHY_MAX]);
