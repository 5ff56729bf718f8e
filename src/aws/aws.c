#include "aws/aws_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *first_of(const char *a, const char *b, const char *c)
{
	if (a != NULL && *a != '\0')
		return a;
	if (b != NULL && *b != '\0')
		return b;
	return c != NULL ? c : "";
}

enum err aws_new(const char *region, struct aws **out, char why[static AWS_WHY_MAX])
{
	const char *is = first_of(region, getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION"));
	size_t n = strlen(is);
	*out = NULL;
	if (n == 0) {
		snprintf(why, AWS_WHY_MAX, "there is no region: say one in [aws] region, or in AWS_REGION");
		return ERR_INVALID;
	}
	if (n >= AWS_REGION_SIZE || strspn(is, "abcdefghijklmnopqrstuvwxyz0123456789-") != n) {
		snprintf(why, AWS_WHY_MAX, "the region \"%.40s\" is none: a region is like \"ca-central-1\"", is);
		return ERR_INVALID;
	}
	struct aws *aws = calloc(1, sizeof *aws);
	if (aws == NULL)
		return ERR_NOMEM;
	memcpy(aws->region, is, n + 1);
	*out = aws;
	return ERR_OK;
}

void aws_free(struct aws *aws)
{
	free(aws);
}

const char *aws_region(const struct aws *aws)
{
	return aws->region;
}
