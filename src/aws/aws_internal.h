/* aws_internal: what the files of one call share. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "aws/aws.h"
#include "aws/aws_endpoint.h"
#include "aws/aws_line.h"
#include "aws/aws_retry.h"

struct aws {
	char region[AWS_REGION_SIZE];
	struct aws_endpoint endpoints[AWS_SERVICES];
	struct aws_identity *identity;
	struct aws_bucket bucket;
	_Atomic int64_t skew; /* seconds: our clock and this are the services' */
	char *ca;             /* AWS_CA_BUNDLE; NULL: the system's */
	pthread_mutex_t lock;
	struct aws_line *idle; /* handles that no call has at the moment */
};

/* Now, by the services' clock. */
int64_t aws_now(struct aws *aws);
/* ERR_NOMEM */
MUST_CHECK enum err aws_line_take(struct aws *aws, struct aws_line **out);
void aws_line_return(struct aws *aws, struct aws_line *line);
