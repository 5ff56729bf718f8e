/* aws_endpoint: where a service is, and the name it is signed for. */
#pragma once

#include "aws/aws.h"

enum { AWS_REGION_SIZE = 32, AWS_BASE_SIZE = 256, AWS_ORIGIN_MAX = AWS_BASE_SIZE + 64 };

struct aws_endpoint {
	char base[AWS_BASE_SIZE]; /* "https://kms.ca-central-1.amazonaws.com" */
	bool given;               /* by the environment */
};

/* "secretsmanager": for log lines. */
const char *aws_service_name(enum aws_service service);
/* "ses", "monitoring": in the scope of a signature. */
const char *aws_service_signed(enum aws_service service);

/* AWS_ENDPOINT_URL_S3, _KMS, _SSM, _SECRETS_MANAGER, _DYNAMODB, _SESV2, _CLOUDWATCH (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"), then AWS_ENDPOINT_URL,
 * then the region's. ERR_INVALID: what is given is not scheme://host[:port]. */
MUST_CHECK enum err aws_endpoint_read(enum aws_service service, const char *region, struct aws_endpoint *out, char why[static AWS_WHY_MAX]);
/* AWS_S3: its bucket's name, which is 3 to 63 of a-z, 0-9, '.', '-'. */
bool aws_bucket_valid(const char *bucket);
/* The two parts of an address: "https://host:port" and the path as it is signed. bucket NULL: none; path begins with '/'. ERR_INVALID: no such bucket can be. */
MUST_CHECK enum err aws_endpoint_address(const struct aws_endpoint *e, const char *bucket, const char *path, struct buf *origin, struct buf *whole_path);
/* "host:port" in an origin. */
const char *aws_origin_host(const char *origin);
