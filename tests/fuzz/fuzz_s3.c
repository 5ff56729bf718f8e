/* What S3, or whoever answers for it, says to a request for a list or to one that removes: keys that are none never come through, nor does half a list. */
#include "fuzz.h"

#include <string.h>

#include "aws/aws_s3.h"

static bool take(void *ctx, const struct aws_s3_item *item)
{
	HOLDS(item->key[0] != '\0' && strlen(item->key) < AWS_S3_KEY_SIZE && item->bytes >= 0 && item->modified_at >= 0);
	return --*(int *)ctx > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int left = 100;
	struct aws_s3_page page = {.each = take, .ctx = &left};
	char why[AWS_S3_WHY_MAX] = "";
	enum err list = aws_s3_list_read(data, size, &page);
	HOLDS(strlen(page.token) < sizeof page.token && page.stopped == (left <= 0));
	enum err deleted = aws_s3_delete_read(data, size, why);
	HOLDS(deleted == ERR_OK || why[0] != '\0');
	/* what is the one is not the other */
	HOLDS(list != ERR_OK || page.stopped || deleted != ERR_OK);
	return 0;
}
