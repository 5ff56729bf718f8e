/* address in DynamoDB. */
#pragma once

#include "aws/aws_dynamodb.h"
#include "store/address.h"

_Static_assert((int)ADDRESS_WHY_MAX >= (int)DYNAMO_WHY_MAX, "a reason of DynamoDB's fits");

MUST_CHECK enum err address_dynamodb_add(const struct address_store *s, const char *ip, int64_t now);
MUST_CHECK enum err address_dynamodb_latest(const struct address_store *s, struct arena *a, unsigned limit, struct address_seen **items, size_t *n,
                                            char why[static ADDRESS_WHY_MAX]);
/* ERR_INVALID: it is no address of ours. */
MUST_CHECK enum err address_read(const struct dynamo_item *item, struct address_seen *out);
