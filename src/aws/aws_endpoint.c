#include "aws/aws_endpoint.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name, *host, *signed_as, *variable;
} services[AWS_SERVICES] = {
	[AWS_S3] = {"s3", "s3", "s3", "AWS_ENDPOINT_URL_S3"},
	[AWS_KMS] = {"kms", "kms", "kms", "AWS_ENDPOINT_URL_KMS"},
	[AWS_SSM] = {"ssm", "ssm", "ssm", "AWS_ENDPOINT_URL_SSM"},
	[AWS_SECRETS_MANAGER] = {"secretsmanager", "secretsmanager", "secretsmanager", "AWS_ENDPOINT_URL_SECRETS_MANAGER"},
	[AWS_DYNAMODB] = {"dynamodb", "dynamodb", "dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"},
	[AWS_SES] = {"ses", "email", "ses", "AWS_ENDPOINT_URL_SESV2"},
	[AWS_CLOUDWATCH] = {"cloudwatch", "monitoring", "monitoring", "AWS_ENDPOINT_URL_CLOUDWATCH"},
};

const char *aws_service_name(enum aws_service service)
{
	return services[service].name;
}

const char *aws_service_signed(enum aws_service service)
{
	return services[service].signed_as;
}

/* Where the host begins: 0 when it is neither http nor https. */
static size_t scheme_length(const char *url)
{
	return strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
}

static enum err given_read(const char *variable, const char *url, struct aws_endpoint *out, char *why)
{
	size_t n = strlen(url), scheme = scheme_length(url);
	if (n > 0 && url[n - 1] == '/')
		n--;
	if (scheme == 0 || n <= scheme || n >= sizeof out->base ||
	    strspn(url + scheme, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") != n - scheme) {
		snprintf(why, AWS_WHY_MAX, "%s is no endpoint: one is like \"https://host:port\"", variable);
		return ERR_INVALID;
	}
	memcpy(out->base, url, n);
	out->base[n] = '\0';
	out->given = true;
	return ERR_OK;
}

enum err aws_endpoint_read(enum aws_service service, const char *region, struct aws_endpoint *out, char why[static AWS_WHY_MAX])
{
	const char *variables[] = {services[service].variable, "AWS_ENDPOINT_URL"};
	*out = (struct aws_endpoint){.given = false};
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		const char *url = getenv(variables[i]);
		if (url != NULL && *url != '\0')
			return given_read(variables[i], url, out, why);
	}
	const char *end = strncmp(region, "cn-", 3) == 0 ? "amazonaws.com.cn" : "amazonaws.com";
	snprintf(out->base, sizeof out->base, "https://%s.%s.%s", services[service].host, region, end);
	return ERR_OK;
}

bool aws_bucket_valid(const char *bucket)
{
	size_t n = strlen(bucket);
	return n >= 3 && n <= 63 && strspn(bucket, "abcdefghijklmnopqrstuvwxyz0123456789.-") == n && bucket[0] != '.' && bucket[0] != '-' &&
	       bucket[n - 1] != '.' && bucket[n - 1] != '-' && strstr(bucket, "..") == NULL;
}

enum err aws_endpoint_address(const struct aws_endpoint *e, const char *bucket, const char *path, struct buf *origin, struct buf *whole_path)
{
	size_t scheme = scheme_length(e->base);
	/* A certificate for *.s3.REGION.amazonaws.com holds for one label, and who stands in for S3 has one host. */
	bool in_host = bucket != NULL && !e->given && strchr(bucket, '.') == NULL;
	if (bucket != NULL && !aws_bucket_valid(bucket))
		return ERR_INVALID;
	buf_put(origin, e->base, scheme);
	if (in_host)
		buf_printf(origin, "%s.", bucket);
	buf_puts(origin, e->base + scheme);
	if (bucket != NULL && !in_host)
		buf_printf(whole_path, "/%s", bucket);
	buf_puts(whole_path, path);
	return origin->error != ERR_OK ? origin->error : whole_path->error;
}

const char *aws_origin_host(const char *origin)
{
	return origin + scheme_length(origin);
}
