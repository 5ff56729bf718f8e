/* aws_internal: what the files of one call share. */
#pragma once

#include "aws/aws.h"

enum { AWS_REGION_SIZE = 32 };

struct aws {
	char region[AWS_REGION_SIZE];
};
