/* What DynamoDB, or whoever answers for it, says to a query: its items as records of photos and as addresses, and the key to go on from. */
#include "fuzz.h"

#include <string.h>

#include "aws/aws_dynamodb_internal.h"
#include "store/address_internal.h"
#include "store/photo_meta_internal.h"

static bool take(void *ctx, const struct dynamo_item *item)
{
	struct photo_meta m;
	struct address_seen seen;
	char reversed[ADDRESS_REVERSED_SIZE];
	if (photo_meta_read(item, &m) == ERR_OK)
		HOLDS(photo_key_valid(m.key) && m.type != PHOTO_UNKNOWN && m.width >= 0 && m.height >= 0);
	if (address_read(item, &seen) == ERR_OK)
		HOLDS(address_reverse(seen.ip, reversed));
	return --*(int *)ctx > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int left = 100;
	const struct dynamo_reader r = {take, &left};
	bool enough;
	cJSON *next;
	if (size > 1 << 16)
		return 0;
	char *body = malloc(size + 1);
	HOLDS(body != NULL);
	memcpy(body, data, size);
	body[size] = '\0';
	enum err e = dynamo_read_page(body, size, &r, &next, &enough);
	HOLDS(e == ERR_OK || e == ERR_INVALID);
	HOLDS(next == NULL || (e == ERR_OK && !enough));
	if (next != NULL) {
		const struct dynamo_query q = {.table = "t", .condition = "id = :id", .page = 1};
		char *text = dynamo_write_query(&q, next);
		HOLDS(text != NULL);
		cJSON_free(text);
		HOLDS(cJSON_Compare(next, next, true));
	}
	cJSON_Delete(next);
	free(body);
	return 0;
}
