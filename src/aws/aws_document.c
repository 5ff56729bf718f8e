#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "aws/aws_curl.h"
#include "aws/aws_source.h"
#include "util/clock.h"
#include "util/json_pick.h"

/* Both places are on the machine or one hop away. */
enum { CONNECT_MS = 1000, TOTAL_MS = 3000 };

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct aws_document *d = ctx;
	n *= size;
	if (n >= sizeof d->body - d->n)
		return 0;
	memcpy(d->body + d->n, p, n);
	d->n += n;
	return n;
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct aws_document *d = ctx;
	char date[64];
	n *= size;
	if (n > 6 && n < sizeof date && strncasecmp(line, "Date: ", 6) == 0) {
		memcpy(date, line + 6, n - 6);
		date[n - 6] = '\0';
		int64_t t = (int64_t)curl_getdate(date, NULL);
		if (t > 0)
			d->date = t;
	}
	return n;
}

#define SET(option, value) good = good && curl_easy_setopt(curl, (option), (value)) == CURLE_OK

static bool set_up(CURL *curl, const struct aws_question *q, struct curl_slist *headers, struct aws_document *d, char *error)
{
	bool good = aws_curl_basics(curl, NULL, CONNECT_MS, TOTAL_MS);
	SET(CURLOPT_URL, q->url);
	SET(CURLOPT_CUSTOMREQUEST, q->method);
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, d);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, d);
	SET(CURLOPT_ERRORBUFFER, error);
	return good;
}

struct aws_document *aws_document_ask(const struct aws_question *q, char why[static AWS_WHY_MAX])
{
	char error[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = NULL;
	struct aws_document *d = sodium_malloc(sizeof *d);
	CURL *curl = curl_easy_init();
	bool good = d != NULL && curl != NULL;
	if (d != NULL)
		sodium_memzero(d, sizeof *d), d->date = clock_unix();
	for (int i = 0; good && i < AWS_SOURCE_HEADERS; i++)
		if (q->names[i] != NULL)
			good = aws_curl_header(&headers, q->names[i], q->values[i]);
	if (good && set_up(curl, q, headers, d, error)) {
		CURLcode code = curl_easy_perform(curl);
		long status = 0;
		curl_off_t connected = 0;
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
		d->status = code == CURLE_OK ? (int)status : 0;
		d->no_connection = connected == 0;
		if (code != CURLE_OK)
			snprintf(why, AWS_WHY_MAX, "%.200s", error[0] != '\0' ? error : curl_easy_strerror(code));
	} else {
		snprintf(why, AWS_WHY_MAX, "%s", err_text(ERR_NOMEM));
		aws_document_free(d);
		d = NULL;
	}
	aws_curl_headers_free(headers);
	curl_easy_cleanup(curl);
	return d;
}

void aws_document_free(struct aws_document *d)
{
	sodium_free(d);
}

/* They become headers: nothing but visible characters. */
static bool visible(const char *s)
{
	while (*s > ' ' && *s < 0x7f)
		s++;
	return *s == '\0';
}

enum err aws_document_read(const char *json, size_t n, int64_t now, struct aws_found *out, char why[static AWS_WHY_MAX])
{
	char code[64] = "", end[40] = "";
	struct aws_credentials *who = out->who;
	struct json_member members[] = {
		{.name = "Code", .to = code, .size = sizeof code},
		{.name = "AccessKeyId", .to = who->key_id, .size = sizeof who->key_id},
		{.name = "SecretAccessKey", .to = who->secret, .size = sizeof who->secret},
		{.name = "Token", .to = who->token, .size = sizeof who->token},
		{.name = "Expiration", .to = end, .size = sizeof end},
	};
	int64_t at = 0;
	enum err e = json_pick(json, n, members, sizeof members / sizeof *members);
	if (e == ERR_OK && members[0].given && strcmp(code, "Success") != 0) {
		aws_credentials_wipe(who);
		snprintf(why, AWS_WHY_MAX, "the answer is %s", visible(code) ? code : "an error");
		return ERR_IO;
	}
	if (e != ERR_OK || who->key_id[0] == '\0' || who->secret[0] == '\0' || !visible(who->key_id) || !visible(who->secret) || !visible(who->token) ||
	    (members[4].given && !clock_parse(end, &at))) {
		aws_credentials_wipe(who);
		snprintf(why, AWS_WHY_MAX, "the answer has no credentials in it");
		return ERR_IO;
	}
	out->lives = !members[4].given ? -1 : at > now ? at - now : 0;
	return ERR_OK;
}
