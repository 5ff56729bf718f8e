/* What the stores see of cloud. */
#pragma once

#include "aws/aws.h"
#include "store/cloud.h"

/* Made by the first call; any thread. ERR_INVALID: the configuration, or the environment, does not do (no region); why says it in a sentence's end. */
MUST_CHECK enum err cloud_aws(struct cloud *c, struct aws **out, char why[static AWS_WHY_MAX]);
