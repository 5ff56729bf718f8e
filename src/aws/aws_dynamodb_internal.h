/* What a call of aws_dynamodb writes and reads, apart from the call: for its tests. */
#pragma once

#include <cjson/cJSON.h>

#include "aws/aws_dynamodb.h"

/* JSON, to be freed by cJSON_free; NULL: no memory, or too many attributes. */
char *dynamo_write_put(const struct dynamo_change *c);
char *dynamo_write_delete(const struct dynamo_change *c);
/* start: the key that the page before ended with; NULL: from the beginning. */
char *dynamo_write_query(const struct dynamo_query *q, const cJSON *start);

/* *next: the key to go on from, the caller's to delete; NULL: that was the last page, or each had enough (*enough). ERR_INVALID: it is no page. */
MUST_CHECK enum err dynamo_read_page(const char *body, size_t n, const struct dynamo_reader *r, cJSON **next, bool *enough);
