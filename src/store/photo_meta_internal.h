/* photo_meta in DynamoDB. */
#pragma once

#include "aws/aws_dynamodb.h"
#include "store/photo_meta.h"

_Static_assert((int)PHOTO_META_WHY_MAX >= (int)DYNAMO_WHY_MAX, "a reason of DynamoDB's fits");

MUST_CHECK enum err photo_meta_dynamodb_of_listing(const struct photo_meta_store *s, int64_t listing_id, photo_meta_each *each, void *ctx, char why[static PHOTO_META_WHY_MAX]);
MUST_CHECK enum err photo_meta_dynamodb_of_owner(const struct photo_meta_store *s, int64_t owner_id, photo_meta_each *each, void *ctx, char why[static PHOTO_META_WHY_MAX]);
MUST_CHECK enum err photo_meta_dynamodb_settle(const struct photo_meta_store *s, struct arena *a, int64_t photo_id, const char *payload, char why[static PHOTO_META_WHY_MAX]);

/* What the database has. */
struct photo_meta photo_meta_of(const struct photo *p);
/* ERR_INVALID: it is no record of ours. */
MUST_CHECK enum err photo_meta_read(const struct dynamo_item *item, struct photo_meta *out);
