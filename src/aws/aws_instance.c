#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aws/aws_source.h"
#include "util/clock.h"

/* "Use IMDSv2", Amazon EC2 User Guide. */
#define TOKEN_SECONDS "21600"
#define ROLES "/latest/meta-data/iam/security-credentials/"
enum { TOKEN_LIVES = 21600, BASE_SIZE = 256, ROLE_SIZE = 129, URL_SIZE = BASE_SIZE + sizeof ROLES + ROLE_SIZE };

static enum err base_read(char base[static BASE_SIZE], char *why)
{
	const char *disabled = getenv("AWS_EC2_METADATA_DISABLED"), *endpoint = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	if (disabled != NULL && strcasecmp(disabled, "true") == 0) {
		snprintf(why, AWS_WHY_MAX, "the instance's metadata is not to be asked (AWS_EC2_METADATA_DISABLED)");
		return ERR_NOT_FOUND;
	}
	const char *is = endpoint != NULL && *endpoint != '\0' ? endpoint : "http://169.254.169.254";
	size_t n = strlen(is);
	while (n > 0 && is[n - 1] == '/')
		n--;
	if (n >= BASE_SIZE || strncmp(is, "http", 4) != 0) {
		snprintf(why, AWS_WHY_MAX, "AWS_EC2_METADATA_SERVICE_ENDPOINT is no address");
		return ERR_INVALID;
	}
	memcpy(base, is, n);
	base[n] = '\0';
	return ERR_OK;
}

/* A line of visible characters, or nothing. */
static bool line_copy(const struct aws_document *d, char *to, size_t size)
{
	size_t n = 0;
	while (n < d->n && d->body[n] > ' ' && d->body[n] < 0x7f)
		n++;
	if (n == 0 || n >= size)
		return false;
	memcpy(to, d->body, n);
	to[n] = '\0';
	return true;
}

static enum err complain(const struct aws_document *d, const char *what, const char *said, char *why)
{
	if (d != NULL && d->status != 0)
		snprintf(why, AWS_WHY_MAX, "the instance's metadata: %s: the answer is %d", what, d->status);
	else
		snprintf(why, AWS_WHY_MAX, "the instance's metadata: %s: %.180s", what, said);
	return d == NULL ? ERR_NOMEM : ERR_IO;
}

static enum err token_get(struct aws_imds *imds, const char *base, char *why)
{
	char url[URL_SIZE], said[AWS_WHY_MAX] = "";
	uint64_t now = clock_mono_us();
	if (imds->token[0] != '\0' && now < imds->end)
		return ERR_OK;
	snprintf(url, sizeof url, "%s/latest/api/token", base);
	struct aws_question q = {.method = "PUT", .url = url, .names = {"X-aws-ec2-metadata-token-ttl-seconds"}, .values = {TOKEN_SECONDS}};
	struct aws_document *d = aws_document_ask(&q, said);
	enum err e = ERR_OK;
	sodium_memzero(imds, sizeof *imds);
	if (d == NULL || d->status != 200)
		e = complain(d, "no token", said, why);
	else if (!line_copy(d, imds->token, sizeof imds->token))
		e = complain(NULL, "no token", "the answer is none", why), e = ERR_IO;
	/* where nobody is there is no instance, or its metadata is switched off */
	if (d != NULL && (d->no_connection || d->status == 403 || d->status == 404))
		e = ERR_NOT_FOUND;
	imds->end = now + TOKEN_LIVES * (uint64_t)1000000;
	aws_document_free(d);
	return e;
}

/* A document, by a token that is had for it when there is none; one that is no longer good is had anew once. */
static enum err ask(struct aws_imds *imds, const char *base, const char *path, struct aws_document **out, char *why)
{
	char url[URL_SIZE], said[AWS_WHY_MAX] = "";
	snprintf(url, sizeof url, "%s%s", base, path);
	*out = NULL;
	for (int i = 0; i < 2; i++) {
		enum err e = token_get(imds, base, why);
		if (e != ERR_OK)
			return e;
		struct aws_question q = {.method = "GET", .url = url, .names = {"X-aws-ec2-metadata-token"}, .values = {imds->token}};
		*out = aws_document_ask(&q, said);
		if (*out == NULL || (*out)->status != 401)
			break;
		sodium_memzero(imds, sizeof *imds);
		if (i == 0)
			aws_document_free(*out), *out = NULL;
	}
	return *out != NULL && (*out)->status == 200 ? ERR_OK : complain(*out, "no credentials", said, why);
}

static enum err role_get(struct aws_imds *imds, const char *base, char role[static ROLE_SIZE], char *why)
{
	struct aws_document *d;
	enum err e = ask(imds, base, ROLES, &d, why);
	if (d != NULL && d->status == 404) {
		snprintf(why, AWS_WHY_MAX, "the instance has no role");
		e = ERR_NOT_FOUND;
	}
	/* what a role's name may have in it, and a path need not encode */
	if (e == ERR_OK && (!line_copy(d, role, ROLE_SIZE) || strspn(role, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=,.@_-") != strlen(role))) {
		snprintf(why, AWS_WHY_MAX, "the instance's metadata: no name of a role");
		e = ERR_IO;
	}
	aws_document_free(d);
	return e;
}

enum err aws_instance_read(struct aws_found *out, char why[static AWS_WHY_MAX])
{
	char base[BASE_SIZE], role[ROLE_SIZE], path[sizeof ROLES + ROLE_SIZE], said[AWS_WHY_MAX] = "";
	struct aws_document *d = NULL;
	enum err e = base_read(base, why);
	if (e == ERR_OK)
		e = role_get(out->imds, base, role, why);
	if (e != ERR_OK)
		return e;
	snprintf(path, sizeof path, "%s%s", ROLES, role);
	e = ask(out->imds, base, path, &d, why);
	if (e == ERR_OK && (e = aws_document_read(d->body, d->n, d->date, out, said)) != ERR_OK)
		snprintf(why, AWS_WHY_MAX, "the instance's metadata: %.200s", said);
	aws_document_free(d);
	return e;
}
