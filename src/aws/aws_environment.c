#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_source.h"

static bool copy(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);
	if (n >= size || strspn(from, "\r\n\t ") > 0)
		return false;
	memcpy(to, from, n + 1);
	return true;
}

enum err aws_environment_read(struct aws_found *out, char why[static AWS_WHY_MAX])
{
	const char *id = getenv("AWS_ACCESS_KEY_ID"), *secret = getenv("AWS_SECRET_ACCESS_KEY"), *token = getenv("AWS_SESSION_TOKEN");
	bool has_id = id != NULL && *id != '\0', has_secret = secret != NULL && *secret != '\0';
	if (!has_id && !has_secret)
		return ERR_NOT_FOUND;
	if (!has_id || !has_secret) {
		snprintf(why, AWS_WHY_MAX, "the environment has %s and no %s", has_id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
		         has_id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
		return ERR_INVALID;
	}
	if (!copy(out->who->key_id, sizeof out->who->key_id, id) || !copy(out->who->secret, sizeof out->who->secret, secret) ||
	    !copy(out->who->token, sizeof out->who->token, token != NULL ? token : "")) {
		snprintf(why, AWS_WHY_MAX, "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or AWS_SESSION_TOKEN in the environment is none");
		return ERR_INVALID;
	}
	out->lives = -1;
	return ERR_OK;
}
