#include "aws/aws_retry.h"

#include <stddef.h>
#include <string.h>

enum { BASE_MS = 50, BASE_THROTTLED_MS = 1000, WAIT_MAX_MS = 20000 };

static const struct {
	const char *code;
	enum aws_failure failure;
} codes[] = {
	/* The reference guide's lists, and the services' own words for the same. */
	{"BandwidthLimitExceeded", AWS_THROTTLED},
	{"EC2ThrottledException", AWS_THROTTLED},
	{"LimitExceededException", AWS_THROTTLED},
	{"PriorRequestNotComplete", AWS_THROTTLED},
	{"ProvisionedThroughputExceededException", AWS_THROTTLED},
	{"RequestLimitExceeded", AWS_THROTTLED},
	{"RequestThrottled", AWS_THROTTLED},
	{"RequestThrottledException", AWS_THROTTLED},
	{"SlowDown", AWS_THROTTLED},
	{"ThrottledException", AWS_THROTTLED},
	{"Throttling", AWS_THROTTLED},
	{"ThrottlingException", AWS_THROTTLED},
	{"TooManyRequestsException", AWS_THROTTLED},
	{"TransactionInProgressException", AWS_THROTTLED},
	{"InternalError", AWS_TRANSIENT},
	{"InternalFailure", AWS_TRANSIENT},
	{"InternalServerError", AWS_TRANSIENT},
	{"InternalServiceError", AWS_TRANSIENT},
	{"KMSInternalException", AWS_TRANSIENT},
	{"DependencyTimeoutException", AWS_TRANSIENT},
	{"RequestTimeout", AWS_TRANSIENT},
	{"RequestTimeoutException", AWS_TRANSIENT},
	{"ServiceUnavailable", AWS_TRANSIENT},
	{"IDPCommunicationError", AWS_TRANSIENT},
	{"RequestTimeTooSkewed", AWS_SKEWED},
	{"RequestExpired", AWS_SKEWED},
	{"RequestInTheFuture", AWS_SKEWED},
	{"InvalidSignatureException", AWS_SKEWED},
	{"SignatureDoesNotMatch", AWS_SKEWED},
	{"ExpiredToken", AWS_EXPIRED},
	{"ExpiredTokenException", AWS_EXPIRED},
	{"TokenRefreshRequired", AWS_EXPIRED},
};

enum aws_failure aws_failure_of(int status, const char *code, bool timed_out)
{
	if (status == 0)
		return timed_out ? AWS_TIMED_OUT : AWS_TRANSIENT;
	if (status < 400)
		return AWS_FINE;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(codes[i].code, code) == 0)
			return codes[i].failure;
	if (status == 429)
		return AWS_THROTTLED;
	return status == 500 || status == 502 || status == 503 || status == 504 ? AWS_TRANSIENT : AWS_REFUSED;
}

bool aws_retry_take(struct aws_bucket *b, enum aws_failure failure, int attempt, int *taken)
{
	int cost = failure == AWS_TIMED_OUT ? AWS_TOKENS_TIMEOUT : AWS_TOKENS_RETRY;
	*taken = 0;
	if (failure == AWS_FINE || failure == AWS_REFUSED || attempt >= AWS_ATTEMPTS_MAX)
		return false;
	int spent = atomic_load(&b->spent);
	do {
		if (spent + cost > AWS_TOKENS_MAX)
			return false;
	} while (!atomic_compare_exchange_weak(&b->spent, &spent, spent + cost));
	*taken = cost;
	return true;
}

void aws_retry_return(struct aws_bucket *b, int taken)
{
	int back = taken > 0 ? taken : 1, spent = atomic_load(&b->spent), left;
	do {
		left = spent > back ? spent - back : 0;
	} while (!atomic_compare_exchange_weak(&b->spent, &spent, left));
}

int64_t aws_retry_wait_ms(enum aws_failure failure, int attempt, uint32_t random)
{
	int64_t most = failure == AWS_THROTTLED ? BASE_THROTTLED_MS : BASE_MS;
	for (int i = 1; i < attempt && most < WAIT_MAX_MS; i++)
		most *= 2;
	if (most > WAIT_MAX_MS)
		most = WAIT_MAX_MS;
	/* with a right clock, or fresh credentials, nothing is in the way */
	return failure == AWS_SKEWED || failure == AWS_EXPIRED ? 0 : most * random / UINT32_MAX;
}
