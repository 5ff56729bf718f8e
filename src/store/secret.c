#include "store/secret.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "aws/aws_secretsmanager.h"
#include "aws/aws_ssm.h"
#include "store/cloud_internal.h"
#include "store/secret_internal.h"

enum { TEXT_SIZE = AWS_SECRET_VALUE_MAX };

enum scheme { LOCAL, KMS, SSM, SECRETS_MANAGER };

static enum scheme scheme_of(const char *reference, const char **rest)
{
	static const struct {
		const char *name;
		enum scheme scheme;
	} names[] = {{"kms:", KMS}, {"ssm:", SSM}, {"secretsmanager:", SECRETS_MANAGER}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i].name);
		*rest = reference + n;
		if (strncmp(reference, names[i].name, n) == 0)
			return names[i].scheme;
	}
	*rest = reference;
	return LOCAL;
}

bool secret_is_reference(const char *s)
{
	return conf_is_reference(s);
}

bool secret_is_remote(const char *reference)
{
	const char *rest;
	return scheme_of(reference, &rest) != LOCAL;
}

bool secret_is_away(enum err e)
{
	return e == ERR_TIMEOUT || e == ERR_CLOSED || e == ERR_LIMITED;
}

static enum err say(char *why, enum err e, const char *text)
{
	snprintf(why, SECRET_WHY_MAX, "%s", text);
	return e;
}

static enum err read_local(const char *reference, char *text, size_t *n, char *why)
{
	enum err e = conf_secret(reference, text, TEXT_SIZE);
	*n = e == ERR_OK ? strlen(text) : 0;
	if (e == ERR_NOT_FOUND)
		return say(why, e, strncmp(reference, "env:", 4) == 0 ? "the environment has no such variable" : "there is no such file");
	return e == ERR_OK ? e : say(why, e, err_text(e));
}

/* A newline behind a value came with the file that it was put there from. */
static size_t without_newline(const char *text, size_t n)
{
	n -= n > 0 && text[n - 1] == '\n';
	n -= n > 0 && text[n - 1] == '\r';
	return n;
}

static enum err read_remote(struct cloud *cloud, const char *reference, char *text, size_t *n, char *why)
{
	struct aws *aws;
	const char *rest;
	enum scheme scheme = scheme_of(reference, &rest);
	enum err e = cloud_aws(cloud, &aws, why);
	if (e != ERR_OK)
		return e;
	if (scheme == KMS) {
		e = secret_kms_open(aws, rest, text, n, why);
	} else {
		e = scheme == SSM ? aws_ssm_get_parameter(aws, rest, text, TEXT_SIZE, why) : aws_secretsmanager_get(aws, rest, text, TEXT_SIZE, why);
		*n = e == ERR_OK ? strlen(text) : 0;
	}
	if (e == ERR_OK)
		*n = without_newline(text, *n);
	return e;
}

enum err secret_read(struct cloud *cloud, const char *reference, struct secret **out, char why[static SECRET_WHY_MAX])
{
	size_t n = 0;
	*out = NULL;
	why[0] = '\0';
	if (reference[0] != '\0' && !secret_is_reference(reference))
		return say(why, ERR_INVALID, "it is no reference to a secret");
	char *text = sodium_init() >= 0 ? sodium_malloc(TEXT_SIZE) : NULL;
	if (text == NULL)
		return say(why, ERR_NOMEM, err_text(ERR_NOMEM));
	enum err e = secret_is_remote(reference) ? read_remote(cloud, reference, text, &n, why) : read_local(reference, text, &n, why);
	if (e == ERR_OK)
		e = secret_parse(text, n, out, why);
	sodium_free(text);
	return e;
}

enum err secret_check(struct cloud *cloud, const char *reference, char why[static SECRET_WHY_MAX])
{
	struct secret *s;
	struct aws *aws;
	const char *rest;
	uint8_t blob[AWS_KMS_BLOB_MAX];
	size_t n;
	if (!secret_is_remote(reference)) {
		enum err e = secret_read(cloud, reference, &s, why);
		secret_free(s);
		return e;
	}
	why[0] = '\0';
	enum err e = scheme_of(reference, &rest) == KMS ? secret_kms_read(rest, blob, &n, why) : ERR_OK;
	return e == ERR_OK ? cloud_aws(cloud, &aws, why) : e;
}
