/* What stands behind a reference: a password, or a JSON object of a sign-in. Whatever comes, a secret is whole and within bounds, says no value of itself in words, and is the same
 * when it was written and read again. */
#include <sodium.h>
#include <string.h>

#include "fuzz.h"
#include "store/secret.h"
#include "util/utf8.h"

static void check_secret(const struct secret *s, const char *why)
{
	static char json[SECRET_JSON_MAX + 1];
	char fields[SECRET_FIELDS_MAX], again_why[SECRET_WHY_MAX];
	struct secret *again;
	size_t n;
	HOLDS(strlen(s->username) < sizeof s->username && strlen(s->password) < sizeof s->password && strlen(s->host) < sizeof s->host);
	HOLDS(strlen(s->database) < sizeof s->database && s->port >= 0 && s->port <= 65535 && why[0] == '\0');
	HOLDS(!utf8_has_control(s->username, strlen(s->username), false) && !utf8_has_control(s->host, strlen(s->host), false));
	secret_fields(s, fields);
	HOLDS((strstr(fields, "password") != NULL) == (s->password[0] != '\0'));
	enum err e = secret_write(s, json, &n);
	HOLDS(e == ERR_OK || e == ERR_TOO_LARGE || (e == ERR_INVALID && !utf8_valid(s->password, strlen(s->password))));
	if (e != ERR_OK || strcmp(fields, "nothing") == 0)
		return;
	HOLDS(secret_parse(json, n, &again, again_why) == ERR_OK);
	HOLDS(strcmp(s->username, again->username) == 0 && strcmp(s->password, again->password) == 0 && strcmp(s->host, again->host) == 0);
	HOLDS(strcmp(s->database, again->database) == 0 && s->port == again->port);
	secret_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[SECRET_WHY_MAX] = "";
	struct secret *s;
	if (size > 1 << 16)
		return 0;
	/* of its very size, so that a look behind its end is seen */
	char *text = malloc(size > 0 ? size : 1);
	HOLDS(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	enum err e = secret_parse(text, size, &s, why);
	free(text);
	HOLDS(e == ERR_OK || e == ERR_INVALID || e == ERR_TOO_LARGE);
	HOLDS((s != NULL) == (e == ERR_OK) && (why[0] != '\0') == (e != ERR_OK));
	if (s != NULL)
		check_secret(s, why);
	secret_free(s);
	return 0;
}
