/* aws_retry: whether a call that failed is made again, and when: at most three attempts, waits that grow and are drawn by lot, and a bucket of tokens
 * that a whole process shares, so that retries do not multiply an outage (AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode). */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { AWS_ATTEMPTS_MAX = 3, AWS_TOKENS_MAX = 500, AWS_TOKENS_RETRY = 5, AWS_TOKENS_TIMEOUT = 10 };

enum aws_failure {
	AWS_FINE,
	AWS_REFUSED,   /* the same again would be refused again */
	AWS_TRANSIENT, /* 500, 502, 503, 504, a connection that broke */
	AWS_TIMED_OUT,
	AWS_THROTTLED,
	AWS_SKEWED,    /* our clock is not theirs */
	AWS_EXPIRED,   /* the credentials: others are to be had first */
};

/* What came of an attempt. status 0: no answer, and timed_out says why. code: the service's own word for the error ("ThrottlingException"), "" when there is none. */
enum aws_failure aws_failure_of(int status, const char *code, bool timed_out);

/* Zero-initialized it is full. */
struct aws_bucket {
	_Atomic int spent;
};
/* May attempt be followed by another (attempt counts from 1)? Takes what that costs. *taken goes to aws_bucket_return when the next one succeeds. */
bool aws_retry_take(struct aws_bucket *b, enum aws_failure failure, int attempt, int *taken);
/* After a success: what its own retry took, or 1 when it was the first attempt (taken 0). */
void aws_retry_return(struct aws_bucket *b, int taken);
/* Milliseconds before attempt + 1; random: 0 to UINT32_MAX. Up to 20 s. */
int64_t aws_retry_wait_ms(enum aws_failure failure, int attempt, uint32_t random);
