/* aws_cloudwatch: numbers for Amazon CloudWatch (PutMetricData). By its JSON protocol (X-Amz-Target: GraniteServiceVersion20100801.PutMetricData, JSON 1.0), which Amazon's
 * own SDKs and its API reference's examples use, and not by the older Query protocol: lists need no numbered parameters and errors come as all other services' do. Both are
 * served; a proxy that knows Query alone would be the only reason to go back. */
#pragma once

#include "aws/aws.h"

enum { AWS_CLOUDWATCH_CALL_MS = 5000, AWS_DATA_MAX = 1000, AWS_VALUES_MAX = 150 }; /* in one request; of one datum */

struct aws_dimension {
	const char *name, *value;
};

/* One metric at one time. With counts, values[i] came up counts[i] times, and CloudWatch works out any percentile; with counts NULL there is one value. */
struct aws_datum {
	const char *metric, *unit; /* "Count", "Milliseconds", "Percent", "Seconds" */
	int64_t at;                /* UTC seconds; CloudWatch takes what is at most two weeks old */
	const struct aws_dimension *dimensions;
	size_t n_dimensions;
	const double *values, *counts;
	size_t n;
};

/* The request's body. ERR_TOO_LARGE: more than CloudWatch takes at once; ERR_NOMEM. */
MUST_CHECK enum err aws_cloudwatch_write(const char *name_space, const struct aws_datum *data, size_t n, struct buf *out);
/* Numbers that are sent twice count twice: an attempt that may have come through is not made again. Errors as aws_call's; ERR_CLOSED also for an answer that is none of
 * CloudWatch's, so that ERR_INVALID is its own refusal. a is to be freed whatever is returned. */
MUST_CHECK enum err aws_cloudwatch_put(struct aws *aws, const char *name_space, const struct aws_datum *data, size_t n, struct aws_answer *a);
