#include "aws/aws_error.h"

#include <cJSON.h>
#include <string.h>

#include "aws/aws_xml.h"
#include "util/utf8.h"

enum { BODY_MAX = 64 << 10 };

void aws_word_copy(char *to, size_t size, const char *from, size_t n)
{
	size_t i = 0;
	for (; i < n && i + 1 < size && from[i] > ' ' && from[i] < 0x7f; i++)
		to[i] = from[i];
	to[i] = '\0';
}

/* "com.amazon.coral.service#ThrottlingException", "ThrottlingException:http://…" */
static void code_copy(struct aws_fault *f, const char *from)
{
	const char *hash = strchr(from, '#');
	if (hash != NULL)
		from = hash + 1;
	size_t n = strspn(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
	if (from[n] == '\0' || from[n] == ':')
		aws_word_copy(f->code, sizeof f->code, from, n);
}

/* The first line: below it a refused signature has all that was signed, and the session's token with it. */
static void message_copy(struct aws_fault *f, const char *from)
{
	size_t n = 0;
	while ((unsigned char)from[n] >= ' ' && from[n] != 0x7f)
		n++;
	if (n >= sizeof f->message)
		for (n = sizeof f->message - 1; n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80;)
			n--;
	if (!utf8_valid(from, n))
		return;
	memcpy(f->message, from, n);
	f->message[n] = '\0';
}

static void json_read(const char *body, size_t n, struct aws_fault *f)
{
	static const char *const codes[] = {"__type", "code", "Code"}, *const messages[] = {"message", "Message"};
	cJSON *o = cJSON_ParseWithLength(body, n);
	for (size_t i = 0; i < sizeof codes / sizeof *codes && f->code[0] == '\0'; i++) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, codes[i]);
		if (cJSON_IsString(item))
			code_copy(f, item->valuestring);
	}
	for (size_t i = 0; i < sizeof messages / sizeof *messages && f->message[0] == '\0'; i++) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, messages[i]);
		if (cJSON_IsString(item))
			message_copy(f, item->valuestring);
	}
	cJSON_Delete(o);
}

/* S3: <Error>; the query protocol: <ErrorResponse><Error>. */
static bool xml_element(void *ctx, const char *path, const char *text)
{
	struct aws_fault *f = ctx;
	if (strncmp(path, "ErrorResponse/", 14) == 0)
		path += 14;
	if (strcmp(path, "Error/Code") == 0 && f->code[0] == '\0')
		code_copy(f, text);
	else if (strcmp(path, "Error/Message") == 0 && f->message[0] == '\0')
		message_copy(f, text);
	return f->code[0] == '\0' || f->message[0] == '\0';
}

void aws_fault_read(const char *type, const void *body, size_t n, struct aws_fault *out)
{
	const char *at = body;
	*out = (struct aws_fault){.code = ""};
	code_copy(out, type);
	while (n > 0 && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
		at++, n--;
	if (n == 0 || n > BODY_MAX)
		return;
	if (*at == '{') {
		json_read(at, n, out);
	} else if (*at == '<') {
		/* what it says before it breaks off is good enough */
		enum err e = aws_xml_read(at, n, xml_element, out);
		(void)e;
	}
}
