/* aws_ses: a finished mail handed to Amazon SES (API v2, SendEmail with raw content), its headers as they stand. */
#pragma once

#include "aws/aws.h"

enum { AWS_SES_CALL_MS = 20000, AWS_SES_ID_SIZE = 128 };

struct aws_ses_mail {
	const char *from, *to; /* addresses: the mail's own, and who gets it */
	const void *bytes;
	size_t n;
	const char *configuration_set; /* NULL or "": none */
};

/* message_id: what SES calls it. Sending is not idempotent: an attempt that may have come through is not made again. Errors as aws_call's; ERR_CLOSED also for an answer that
 * is none of SES's, so that ERR_INVALID is SES's own refusal. a is to be freed whatever is returned. */
MUST_CHECK enum err aws_ses_send(struct aws *aws, const struct aws_ses_mail *m, char message_id[static AWS_SES_ID_SIZE], struct aws_answer *a);
