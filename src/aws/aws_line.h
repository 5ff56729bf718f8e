/* aws_line: a libcurl handle, whose connections stay open between calls, and one attempt of a call over it. */
#pragma once

#include <curl/curl.h>

#include "aws/aws.h"

struct aws_line {
	CURL *curl;
	struct aws_credentials *who; /* in locked memory; wiped between calls */
	struct aws_line *next;
};
struct aws_line *aws_line_new(void); /* NULL: out of memory */
void aws_line_free(struct aws_line *line);

/* What is the same in each attempt of a call. */
struct aws_errand {
	const struct aws_request *r;
	const char *url, *host, *path;
	const char *scope; /* "aws:amz:REGION:SERVICE" */
	const char *region, *service;
	const char *payload;     /* hex SHA-256 of the body, where it is sent (S3); NULL */
	const char *ca;
	int64_t now;             /* to sign with: by the service's clock */
	int64_t timeout_ms;
	bool shifted;            /* which is not the machine's, by which libcurl signs */
};

/* Hex SHA-256 of the body. */
void aws_payload_hash(const struct aws_request *r, char hex[static AWS_HEX_SIZE]);

/* How one attempt ended. */
struct aws_attempt {
	int status;       /* 0: no whole answer */
	bool sent;        /* the service may have seen it */
	bool timed_out, too_large, enough, no_http;
	int64_t date;     /* the answer's; -1 */
	char type[128];   /* x-amzn-ErrorType */
	char error[CURL_ERROR_SIZE];
};
/* Signs and sends. a: body, request_id; r's wanted and take are served. ERR_NOMEM, ERR_INTERNAL: it could not be set up; nothing was sent. */
MUST_CHECK enum err aws_line_attempt(struct aws_line *line, const struct aws_errand *errand, struct aws_answer *a, struct aws_attempt *out);
