/* aws_source: the places that credentials come from (aws_credentials.h). */
#pragma once

#include "aws/aws_credentials.h"

/* What a place told. */
struct aws_found {
	struct aws_credentials *who; /* locked memory, the asker's */
	int64_t lives;               /* seconds that they are good for; -1: for good */
};

/* Each: ERR_NOT_FOUND: it is not here that there are any, why unchanged; other errors: here they should be, and are not to be had: ERR_INVALID for what a person has to
 * put right, ERR_IO for what may pass. */
MUST_CHECK enum err aws_environment_read(struct aws_found *out, char why[static AWS_WHY_MAX]);
