/* The text of a secret, read and written: the password itself, or a JSON object. */
#include "store/secret.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "util/json_pick.h"
#include "util/utf8.h"

enum { PORT_SIZE = 16 };

static bool read_port(const char *s, int64_t *out)
{
	int64_t v = 0;
	for (; *s >= '0' && *s <= '9' && v <= 65535; s++)
		v = v * 10 + (*s - '0');
	*out = v;
	return *s == '\0' && v >= 1 && v <= 65535;
}

/* Not of the password: a server takes any text for one. */
static bool is_plain(const char *s)
{
	return utf8_valid(s, strlen(s)) && !utf8_has_control(s, strlen(s), false);
}

static enum err say(char *why, enum err e, const char *text)
{
	snprintf(why, SECRET_WHY_MAX, "%s", text);
	return e;
}

static enum err read_object(const char *text, size_t n, struct secret *s, char *why)
{
	char port[PORT_SIZE], name[sizeof s->database];
	struct json_member m[] = {
		{.name = "username", .to = s->username, .size = sizeof s->username},
		{.name = "password", .to = s->password, .size = sizeof s->password},
		{.name = "host", .to = s->host, .size = sizeof s->host},
		{.name = "database", .to = s->database, .size = sizeof s->database},
		{.name = "dbname", .to = name, .size = sizeof name},
		{.name = "port", .to = port, .size = sizeof port},
	};
	enum err e = json_pick(text, n, m, sizeof m / sizeof *m);
	if (e == ERR_TOO_LARGE)
		return say(why, e, "username, password, host, port or database is too long");
	if (e != ERR_OK)
		return say(why, e, "it begins as a JSON object and is none with texts for username, password, host, port and database");
	if (s->database[0] == '\0')
		memcpy(s->database, name, strlen(name) + 1);
	if (port[0] != '\0' && !read_port(port, &s->port))
		return say(why, ERR_INVALID, "its port is no whole number from 1 to 65535");
	if (!is_plain(s->username) || !is_plain(s->host) || !is_plain(s->database))
		return say(why, ERR_INVALID, "its username, host or database holds control characters");
	for (size_t i = 0; i < sizeof m / sizeof *m; i++)
		if (m[i].to[0] != '\0')
			return ERR_OK;
	return say(why, ERR_INVALID, "its JSON object has none of username, password, host, port and database");
}

void secret_free(struct secret *s)
{
	sodium_free(s);
}

enum err secret_parse(const char *text, size_t n, struct secret **out, char why[static SECRET_WHY_MAX])
{
	*out = NULL;
	struct secret *s = sodium_init() >= 0 ? sodium_malloc(sizeof *s) : NULL;
	if (s == NULL)
		return say(why, ERR_NOMEM, err_text(ERR_NOMEM));
	sodium_memzero(s, sizeof *s);
	size_t space = 0;
	while (space < n && (text[space] == ' ' || text[space] == '\t' || text[space] == '\n' || text[space] == '\r'))
		space++;
	enum err e = ERR_OK;
	if (space < n && text[space] == '{')
		e = read_object(text, n, s, why);
	else if (n >= sizeof s->password)
		e = say(why, ERR_TOO_LARGE, "it is longer than any password");
	else if (memchr(text, '\0', n) != NULL)
		e = say(why, ERR_INVALID, "it holds a zero byte");
	else
		memcpy(s->password, text, n);
	if (e != ERR_OK) {
		secret_free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void secret_fields(const struct secret *s, char out[static SECRET_FIELDS_MAX])
{
	const char *const names[] = {
		s->username[0] != '\0' ? "username" : NULL, s->password[0] != '\0' ? "password" : NULL, s->host[0] != '\0' ? "host" : NULL,
		s->port != 0 ? "port" : NULL, s->database[0] != '\0' ? "database" : NULL,
	};
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i] != NULL)
			n += (size_t)snprintf(out + n, SECRET_FIELDS_MAX - n, "%s%s", n > 0 ? ", " : "", names[i]);
	if (n == 0)
		snprintf(out, SECRET_FIELDS_MAX, "nothing");
}

/* The text stays where it is, and is not copied. */
static bool add_text(cJSON *o, const char *name, const char *text)
{
	if (text[0] == '\0')
		return true;
	cJSON *s = cJSON_CreateStringReference(text);
	if (s != NULL && cJSON_AddItemToObject(o, name, s))
		return true;
	cJSON_Delete(s);
	return false;
}

enum err secret_write(const struct secret *s, char out[static SECRET_JSON_MAX + 1], size_t *n)
{
	const char *const texts[] = {s->username, s->password, s->host, s->database};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!utf8_valid(texts[i], strlen(texts[i])))
			return ERR_INVALID;
	cJSON *o = cJSON_CreateObject();
	bool good = o != NULL && add_text(o, "username", s->username) && add_text(o, "password", s->password) && add_text(o, "host", s->host) &&
	            (s->port == 0 || cJSON_AddNumberToObject(o, "port", (double)s->port) != NULL) && add_text(o, "database", s->database);
	enum err e = !good ? ERR_NOMEM : cJSON_PrintPreallocated(o, out, SECRET_JSON_MAX + 1, 0) ? ERR_OK : ERR_TOO_LARGE;
	*n = e == ERR_OK ? strlen(out) : 0;
	cJSON_Delete(o);
	return e;
}
