/* aws_locked: a call whose answer is a secret: from the connection it goes into locked memory, which no core dump has and which is wiped. */
#pragma once

#include "aws/aws.h"
#include "util/json_pick.h"

struct cJSON;

enum { AWS_LOCKED_MAX = 128 * 1024, AWS_SAID_MAX = AWS_WHY_MAX + 256 };

/* POSTs body, which it takes and frees, to the service's action ("TrentService.Decrypt") and gives the members of its answer that are asked for. body NULL: ERR_NOMEM. Errors are
 * aws_call's; ERR_INVALID, ERR_TOO_LARGE: the answer is none. why: a sentence's end without a secret; code: the service's own word, or "". */
struct aws_locked {
	enum aws_service service;
	const char *action;
	struct cJSON *body;
	struct json_member *members;
	size_t n_members;
	char code[96];
	char why[AWS_SAID_MAX];
};
MUST_CHECK enum err aws_locked_call(struct aws *aws, struct aws_locked *l);
