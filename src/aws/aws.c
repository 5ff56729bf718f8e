#include "aws/aws_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_curl.h"
#include "util/clock.h"

static const char *first_of(const char *a, const char *b, const char *c)
{
	if (a != NULL && *a != '\0')
		return a;
	if (b != NULL && *b != '\0')
		return b;
	return c != NULL ? c : "";
}

static enum err region_read(struct aws *aws, const char *region, char *why)
{
	const char *is = first_of(region, getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION"));
	size_t n = strlen(is);
	if (n == 0) {
		snprintf(why, AWS_WHY_MAX, "there is no region: say one in [aws] region, or in AWS_REGION");
		return ERR_INVALID;
	}
	if (n >= AWS_REGION_SIZE || strspn(is, "abcdefghijklmnopqrstuvwxyz0123456789-") != n) {
		snprintf(why, AWS_WHY_MAX, "the region \"%.40s\" is none: a region is like \"ca-central-1\"", is);
		return ERR_INVALID;
	}
	memcpy(aws->region, is, n + 1);
	return ERR_OK;
}

static enum err parts_make(struct aws *aws, char *why)
{
	const char *ca = getenv("AWS_CA_BUNDLE");
	enum err e = aws_identity_new(&aws->identity);
	for (int i = 0; e == ERR_OK && i < AWS_SERVICES; i++)
		e = aws_endpoint_read((enum aws_service)i, aws->region, &aws->endpoints[i], why);
	if (e == ERR_OK && ca != NULL && *ca != '\0')
		e = (aws->ca = strdup(ca)) != NULL ? ERR_OK : ERR_NOMEM;
	return e;
}

enum err aws_new(const char *region, struct aws **out, char why[static AWS_WHY_MAX])
{
	struct aws *aws = calloc(1, sizeof *aws);
	*out = NULL;
	snprintf(why, AWS_WHY_MAX, "%s", err_text(ERR_NOMEM));
	if (aws == NULL)
		return ERR_NOMEM;
	if (pthread_mutex_init(&aws->lock, NULL) != 0) {
		free(aws);
		return ERR_NOMEM;
	}
	if (!aws_curl_start()) {
		pthread_mutex_destroy(&aws->lock);
		free(aws);
		snprintf(why, AWS_WHY_MAX, "libcurl does not start");
		return ERR_INTERNAL;
	}
	enum err e = region_read(aws, region, why);
	if (e == ERR_OK)
		e = parts_make(aws, why);
	if (e != ERR_OK) {
		aws_free(aws);
		return e;
	}
	*out = aws;
	return ERR_OK;
}

void aws_free(struct aws *aws)
{
	if (aws == NULL)
		return;
	for (struct aws_line *next; aws->idle != NULL; aws->idle = next) {
		next = aws->idle->next;
		aws_line_free(aws->idle);
	}
	aws_identity_free(aws->identity);
	aws_curl_end();
	pthread_mutex_destroy(&aws->lock);
	free(aws->ca);
	free(aws);
}

const char *aws_region(const struct aws *aws)
{
	return aws->region;
}

const char *aws_source(const struct aws *aws)
{
	return aws_identity_source(aws->identity);
}

int64_t aws_now(struct aws *aws)
{
	return clock_unix() + atomic_load(&aws->skew);
}

enum err aws_line_take(struct aws *aws, struct aws_line **out)
{
	pthread_mutex_lock(&aws->lock);
	struct aws_line *line = aws->idle;
	if (line != NULL)
		aws->idle = line->next;
	pthread_mutex_unlock(&aws->lock);
	*out = line != NULL ? line : aws_line_new();
	return *out != NULL ? ERR_OK : ERR_NOMEM;
}

void aws_line_return(struct aws *aws, struct aws_line *line)
{
	aws_credentials_wipe(line->who);
	pthread_mutex_lock(&aws->lock);
	line->next = aws->idle;
	aws->idle = line;
	pthread_mutex_unlock(&aws->lock);
}
