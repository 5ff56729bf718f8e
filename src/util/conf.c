#include "util/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/conf_schema.h"

#if INI_HANDLER_LINENO
#error "inih is built with INI_HANDLER_LINENO: its handler takes one argument more than handle_pair() has"
#endif

enum { KEYS_MAX = 64 };

/* Debian builds inih without INI_HANDLER_LINENO, so its handler is not told the line; and inih skips over what
 * follows a section's "]", never reports a section without keys, and cuts a long line in two. The reader that hands
 * inih its lines sees all of that, and counts. */
struct reading {
	FILE *file;
	char *line;             /* getline's */
	size_t line_size;
	int number;             /* of the line inih is at */
	bool indented;          /* that line starts with a blank: inih takes it as more of the value before */
	bool failed;
	const struct conf_key *last;
	int seen[KEYS_MAX];     /* line that gave the schema's entry; 0: none */
	struct conf *conf;
	struct conf_error *error;
};

static void set_error(struct conf_error *e, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void set_error(struct conf_error *e, int line, const char *format, ...)
{
	va_list args;
	e->line = line;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
}

/* "[site] ; comment" is one, "[site] x" and "[ site ]" are none. */
static bool check_section(struct reading *r, const char *line)
{
	char name[32];
	const char *start = line + 1, *end = strchr(start, ']');
	if (end == NULL)
		return true; /* inih says so itself */
	const char *rest = end + 1 + strspn(end + 1, " \t\r\n");
	if (*rest != '\0' && *rest != ';') {
		set_error(r->error, r->number, "text follows the section's closing bracket");
		return false;
	}
	int n = (int)(end - start);
	if ((size_t)n < sizeof name) {
		memcpy(name, start, (size_t)n);
		name[n] = '\0';
		if (conf_schema_has_section(name))
			return true;
	}
	set_error(r->error, r->number, "unknown section [%.*s]", n < 60 ? n : 60, start);
	return false;
}

/* inih takes comments off every line but one that goes on from the line before. */
static void cut_comment(char *line)
{
	for (char *p = line; *p != '\0'; p++)
		if (*p == ';' && p > line && (p[-1] == ' ' || p[-1] == '\t')) {
			*p = '\0';
			return;
		}
}

static bool check_line(struct reading *r, size_t n, size_t room)
{
	const char *s = r->line;
	if (memchr(s, '\0', n) != NULL) {
		set_error(r->error, r->number, "the line holds a NUL byte");
		return false;
	}
	if (n >= room) {
		set_error(r->error, r->number, "the line is longer than %zu bytes%s", room - 2,
		          r->last != NULL && conf_type_is_list(r->last->type) ? "; a list may go on in a line that starts with a blank" : "");
		return false;
	}
	const char *text = s + strspn(s, " \t\r\n\v\f");
	if (*text == '\0' || *text == '#' || *text == ';')
		return true;
	r->indented = text != s;
	if (r->indented)
		cut_comment(r->line);
	if (r->indented && (r->last == NULL || !conf_type_is_list(r->last->type) || *text == '[')) {
		set_error(r->error, r->number, "the line starts with a blank");
		return false;
	}
	if (*text != '[')
		return true;
	r->last = NULL;
	return check_section(r, text);
}

/* fgets for inih: a line at a time, and the end of the file once something was refused. */
static char *read_line(char *to, int size, void *stream)
{
	struct reading *r = stream;
	r->indented = false;
	if (r->failed)
		return NULL;
	ssize_t n = getline(&r->line, &r->line_size, r->file);
	if (n < 0)
		return NULL;
	r->number++;
	if (!check_line(r, (size_t)n, (size_t)size)) {
		r->failed = true;
		return NULL;
	}
	memcpy(to, r->line, strlen(r->line) + 1);
	return to;
}

static const struct conf_key *find_key(const char *section, const char *name, size_t *index)
{
	size_t n;
	const struct conf_key *schema = conf_schema(&n);
	for (*index = 0; *index < n; (*index)++)
		if (strcmp(schema[*index].section, section) == 0 && strcmp(schema[*index].key, name) == 0)
			return &schema[*index];
	return NULL;
}

static bool take_pair(struct reading *r, const char *section, const char *name, const char *value)
{
	char why[CONF_WHY_MAX];
	size_t index;
	const struct conf_key *k = find_key(section, name, &index);
	if (k == NULL && *section == '\0') {
		set_error(r->error, r->number, "\"%s\" stands before any [section]", name);
		return false;
	}
	if (k == NULL) {
		set_error(r->error, r->number, "unknown key \"%s\" in [%s]", name, section);
		return false;
	}
	if (r->seen[index] > 0 && !r->indented) {
		set_error(r->error, r->number, "\"%s\" in [%s] is given twice, first in line %d", name, section, r->seen[index]);
		return false;
	}
	r->last = k;
	r->seen[index] = r->number;
	if (r->indented ? conf_value_append(k, value, r->conf, why) : conf_value_store(k, value, r->conf, why))
		return true;
	set_error(r->error, r->number, "\"%s\" in [%s] %s", name, section, why);
	return false;
}

static int handle_pair(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	if (r->failed)
		return 0;
	r->failed = !take_pair(r, section, name, value);
	return r->failed ? 0 : 1;
}

/* What no single line is to blame for. */
static bool check_whole(const struct reading *r)
{
	size_t n;
	const struct conf_key *schema = conf_schema(&n);
	for (size_t i = 0; i < n; i++)
		if (schema[i].required && *((const char *)r->conf + schema[i].offset) == '\0') {
			set_error(r->error, r->seen[i], "\"%s\" in [%s] is required", schema[i].key, schema[i].section);
			return false;
		}
	return true;
}

static enum err read_file(struct reading *r)
{
	int first_bad = ini_parse_stream(read_line, r, handle_pair, r);
	if (ferror(r->file)) {
		set_error(r->error, 0, "cannot be read: %s", strerror(errno));
		return ERR_IO;
	}
	if (first_bad < 0) {
		set_error(r->error, 0, "cannot be read: out of memory");
		return ERR_NOMEM;
	}
	if (first_bad > 0 && !(r->failed && r->error->line <= first_bad)) {
		set_error(r->error, first_bad, "neither \"key = value\" nor \"[section]\" nor a comment");
		return ERR_INVALID;
	}
	return r->failed || !check_whole(r) ? ERR_INVALID : ERR_OK;
}

enum err conf_load(const char *path, struct conf *c, struct conf_error *e)
{
	struct reading r = {.conf = c, .error = e};
	*e = (struct conf_error){0};
	snprintf(e->file, sizeof e->file, "%s", path);
	conf_defaults(c);
	r.file = fopen(path, "re");
	if (r.file == NULL) {
		set_error(e, 0, "cannot be opened: %s", strerror(errno));
		return ERR_IO;
	}
	enum err err = read_file(&r);
	fclose(r.file);
	free(r.line);
	if (err == ERR_OK && c->site.name_fr[0] == '\0')
		memcpy(c->site.name_fr, c->site.name, sizeof c->site.name_fr);
	return err;
}

/* read(2), not stdio: no copy of a secret stays in a buffer that was freed. */
static enum err read_secret_file(const char *path, char *out, size_t size)
{
	enum err err = ERR_IO;
	size_t len = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
	while (len < size) {
		ssize_t n = read(fd, out + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			goto out;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len > 0 && len < size && out[len - 1] == '\n')
		len--;
	if (len > 0 && len < size && out[len - 1] == '\r')
		len--;
	err = len >= size ? ERR_TOO_LARGE : memchr(out, '\0', len) != NULL ? ERR_INVALID : ERR_OK;
	if (err == ERR_OK)
		out[len] = '\0';
out:
	close(fd);
	return err;
}

enum err conf_secret(const char *reference, char *out, size_t size)
{
	enum err err = ERR_OK;
	out[0] = '\0';
	if (strncmp(reference, "file:", 5) == 0) {
		err = read_secret_file(reference + 5, out, size);
	} else if (strncmp(reference, "env:", 4) == 0) {
		const char *value = getenv(reference + 4);
		size_t n = value != NULL ? strlen(value) : 0;
		if (value == NULL)
			err = ERR_NOT_FOUND;
		else if (n >= size)
			err = ERR_TOO_LARGE;
		else
			memcpy(out, value, n + 1);
	} else if (*reference != '\0') {
		err = ERR_INVALID;
	}
	if (err != ERR_OK)
		explicit_bzero(out, size);
	return err;
}

void conf_site_host(const struct conf *c, char *out, size_t size)
{
	const char *s = strstr(c->site.url, "://");
	s = s != NULL ? s + 3 : c->site.url;
	s += *s == '[';
	size_t n = strcspn(s, s > c->site.url && s[-1] == '[' ? "]" : ":/");
	if (n >= size)
		n = size - 1;
	memcpy(out, s, n);
	out[n] = '\0';
}

enum err conf_mail_folder(const struct conf *c, char *out, size_t size)
{
	int n = c->mail.folder[0] != '\0' ? snprintf(out, size, "%s", c->mail.folder) : snprintf(out, size, "%s/mail", c->worker.runtime_dir);
	return n < 0 || (size_t)n >= size ? ERR_TOO_LARGE : ERR_OK;
}

enum err conf_photo_folder(const struct conf *c, char *out, size_t size)
{
	int n = c->media.photos[0] != '\0' ? snprintf(out, size, "%s", c->media.photos) : snprintf(out, size, "%s/photos", c->worker.runtime_dir);
	return n < 0 || (size_t)n >= size ? ERR_TOO_LARGE : ERR_OK;
}

enum err conf_spool_folder(const struct conf *c, char *out, size_t size)
{
	if (c->media.spool[0] == '\0')
		return conf_photo_folder(c, out, size);
	int n = snprintf(out, size, "%s", c->media.spool);
	return n < 0 || (size_t)n >= size ? ERR_TOO_LARGE : ERR_OK;
}
