/* What AWS, or who stands where it should be, answers: errors in JSON and XML, elements of XML, credentials. The first byte says where the header ends. */
#include "aws/aws_error.h"
#include "aws/aws_source.h"
#include "aws/aws_xml.h"
#include "fuzz.h"
#include "util/utf8.h"

#include <string.h>

static bool element(void *ctx, const char *path, const char *text)
{
	size_t *n = ctx;
	HOLDS(strlen(path) > 0 && strlen(path) <= AWS_XML_PATH_MAX);
	HOLDS(strlen(text) <= AWS_XML_TEXT_MAX && utf8_valid(text, strlen(text)));
	return ++*n < 1000;
}

static void fault(const char *type, const uint8_t *data, size_t size)
{
	struct aws_fault f;
	aws_fault_read(type, data, size, &f);
	HOLDS(strspn(f.code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(f.code));
	HOLDS(utf8_valid(f.message, strlen(f.message)) && strpbrk(f.message, "\r\n\t\033") == NULL);
}

static void credentials(const uint8_t *data, size_t size)
{
	static struct aws_credentials who;
	struct aws_found found = {.who = &who, .lives = -1};
	char why[AWS_WHY_MAX] = "";
	aws_credentials_wipe(&who);
	enum err e = aws_document_read((const char *)data, size, 1000, &found, why);
	HOLDS(e == ERR_OK || e == ERR_IO);
	HOLDS((e == ERR_OK) == (who.key_id[0] != '\0'));
	HOLDS(e != ERR_OK || (strpbrk(who.token, "\r\n") == NULL && found.lives >= -1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char type[64] = "";
	size_t n = 0;
	if (size == 0 || size > 1 << 16)
		return 0;
	size_t header = data[0] < sizeof type && data[0] < size ? data[0] : 0;
	memcpy(type, data + 1, header);
	type[header] = '\0';
	fault(type, data + 1 + header, size - 1 - header);
	enum err e = aws_xml_read(data + 1 + header, size - 1 - header, element, &n);
	HOLDS(e == ERR_OK || e == ERR_INVALID || e == ERR_TOO_LARGE);
	credentials(data + 1 + header, size - 1 - header);
	return 0;
}
