#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/aws_source.h"

enum { URL_SIZE = 512, TOKEN_MAX = 8192 };

bool aws_container_url_valid(const char *url)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
	if (strpbrk(url, " \t\r\n@\\#") != NULL)
		return false;
	if (strncmp(url, "https://", 8) == 0)
		return url[8] != '\0' && url[8] != '/';
	if (strncmp(url, "http://", 7) != 0)
		return false;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		size_t n = strlen(hosts[i]);
		if (strncmp(url + 7, hosts[i], n) == 0 && strchr(":/?", url[7 + n]) != NULL)
			return true;
	}
	return false;
}

static bool given(const char *name, const char **out)
{
	*out = getenv(name);
	return *out != NULL && **out != '\0';
}

static enum err url_read(char url[static URL_SIZE], char *why)
{
	const char *is;
	int n = 0;
	if (given("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", &is))
		n = snprintf(url, URL_SIZE, "http://169.254.170.2%s%s", *is == '/' ? "" : "/", is);
	else if (given("AWS_CONTAINER_CREDENTIALS_FULL_URI", &is))
		n = snprintf(url, URL_SIZE, "%s", is);
	else
		return ERR_NOT_FOUND;
	if (n < URL_SIZE && aws_container_url_valid(url))
		return ERR_OK;
	snprintf(why, AWS_WHY_MAX, "the container's endpoint is neither https nor an address of this machine, of ECS or of EKS");
	return ERR_INVALID;
}

/* The file is written anew from time to time; what of it is a line's end is none of the token's. */
static enum err token_file_read(const char *path, char token[static TOKEN_MAX], char *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, token, TOKEN_MAX - 1) : -1;
	if (fd >= 0)
		close(fd);
	if (n < 0) {
		snprintf(why, AWS_WHY_MAX, "the file in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read");
		return ERR_IO;
	}
	while (n > 0 && (token[n - 1] == '\n' || token[n - 1] == '\r'))
		n--;
	token[n] = '\0';
	return ERR_OK;
}

static enum err token_read(char token[static TOKEN_MAX], char *why)
{
	const char *is;
	enum err e = ERR_OK;
	token[0] = '\0';
	if (given("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &is))
		e = token_file_read(is, token, why);
	else if (given("AWS_CONTAINER_AUTHORIZATION_TOKEN", &is) && strlen(is) < TOKEN_MAX)
		memcpy(token, is, strlen(is) + 1);
	if (e == ERR_OK && strpbrk(token, "\r\n") != NULL) {
		snprintf(why, AWS_WHY_MAX, "the container's authorization token has a line's end in it");
		e = ERR_INVALID;
	}
	return e;
}

static enum err ask(const char *url, const char *token, struct aws_found *out, char *why)
{
	char said[AWS_WHY_MAX] = "";
	struct aws_question q = {.method = "GET", .url = url, .names = {*token != '\0' ? "Authorization" : NULL}, .values = {token}};
	struct aws_document *d = aws_document_ask(&q, said);
	enum err e = d == NULL ? ERR_NOMEM : ERR_IO;
	if (d != NULL && d->status == 200)
		e = aws_document_read(d->body, d->n, d->date, out, said);
	else if (d != NULL && d->status != 0)
		snprintf(said, sizeof said, "the answer is %d", d->status);
	if (e != ERR_OK)
		snprintf(why, AWS_WHY_MAX, "the container's endpoint: %.200s", said);
	aws_document_free(d);
	return e;
}

enum err aws_container_read(struct aws_found *out, char why[static AWS_WHY_MAX])
{
	char url[URL_SIZE];
	enum err e = url_read(url, why);
	if (e != ERR_OK)
		return e;
	char *token = sodium_malloc(TOKEN_MAX);
	if (token == NULL)
		return ERR_NOMEM;
	e = token_read(token, why);
	if (e == ERR_OK)
		e = ask(url, token, out, why);
	sodium_free(token);
	return e;
}
