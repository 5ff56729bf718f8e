/* A part's head, and the request's Content-Type. GMime takes a head for what a mail's might have been meant to say: so each value is held against the
 * grammar first, and GMime's reading of it against what the grammar found. */
#include "http/multipart_internal.h"

#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

#include "util/utf8.h"

enum { LINES_MAX = 16, PARAMS_MAX = 8, BOUNDARY_MAX = 70 };

static const char token_chars[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* A value of a header, "form-data; name=x", in the form that GMime is given. */
struct value {
	char *text;
	size_t params;
	bool extended; /* one of them is filename* */
};

static enum err refuse(const char **what, const char *why)
{
	*what = why;
	return ERR_INVALID;
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* "C:\path\a.jpg" as browsers write it: their backslash is one, but before a quote. */
static const char *copy_quoted(const char *s, char **out)
{
	*(*out)++ = *s++;
	while (*s != '"' && *s != '\0') {
		bool escape = *s == '\\';
		if (escape && s[1] != '"' && s[1] != '\\')
			*(*out)++ = '\\';
		*(*out)++ = *s++;
		if (escape && (*s == '"' || *s == '\\'))
			*(*out)++ = *s++;
	}
	if (*s != '"')
		return NULL;
	*(*out)++ = *s++;
	return s;
}

/* UTF-8''a%20b.jpg (RFC 8187, section 3.2.1), without NUL. */
static bool extended_good(const char *s, size_t n)
{
	static const char start[] = "utf-8''", hex[] = "0123456789abcdefABCDEF";
	if (n < sizeof start - 1 || strncasecmp(s, start, sizeof start - 1) != 0)
		return false;
	for (size_t i = sizeof start - 1; i < n; i++) {
		if (s[i] == '%' && (n - i < 3 || strchr(hex, s[i + 1]) == NULL || strchr(hex, s[i + 2]) == NULL || (s[i + 1] == '0' && s[i + 2] == '0')))
			return false;
		if (s[i] == '*' || s[i] == '\'')
			return false;
	}
	return true;
}

/* One "; name=value"; NULL when it is none. */
static const char *copy_param(const char *s, char **out, struct value *v)
{
	s = skip_blanks(s);
	size_t name = strspn(s, token_chars);
	bool extended = name == 9 && strncasecmp(s, "filename*", 9) == 0;
	if (name == 0 || s[name] != '=' || (!extended && memchr(s, '*', name) != NULL) || ++v->params > PARAMS_MAX)
		return NULL;
	*(*out)++ = ' ';
	memcpy(*out, s, name + 1);
	*out += name + 1;
	s += name + 1;
	if (*s == '"')
		return extended ? NULL : copy_quoted(s, out);
	size_t n = strspn(s, token_chars);
	if (n == 0 || (extended && !extended_good(s, n)))
		return NULL;
	memcpy(*out, s, n);
	*out += n;
	v->extended = v->extended || extended;
	return s + n;
}

/* first, then parameters. ERR_INVALID: it is not of that form. */
static enum err value_read(struct arena *a, const char *s, struct value *v)
{
	*v = (struct value){.text = arena_alloc(a, 2 * strlen(s) + 2)};
	if (v->text == NULL)
		return ERR_NOMEM;
	/* An encoded word would be decoded from whatever character set it names. */
	if (strstr(s, "=?") != NULL)
		return ERR_INVALID;
	char *out = v->text;
	size_t n = strspn(s, token_chars);
	size_t sub = s[n] == '/' ? 1 + strspn(s + n + 1, token_chars) : 0;
	if (n == 0 || sub == 1)
		return ERR_INVALID;
	memcpy(out, s, n + sub);
	out += n + sub;
	for (s = skip_blanks(s + n + sub); *s == ';'; s = skip_blanks(s)) {
		*out++ = ';';
		s = copy_param(s + 1, &out, v);
		if (s == NULL)
			return ERR_INVALID;
	}
	*out = '\0';
	return *s == '\0' ? ERR_OK : ERR_INVALID;
}

/* The parameter, in the arena: NULL in *out when it is not there. Given twice it is ERR_INVALID. */
static enum err param_take(struct arena *a, GMimeParamList *list, const char *name, bool extended, const char **out)
{
	int n = list != NULL ? g_mime_param_list_length(list) : 0;
	*out = NULL;
	for (int i = 0; i < n; i++) {
		GMimeParam *p = g_mime_param_list_get_parameter_at(list, i);
		if (strcasecmp(g_mime_param_get_name(p), name) != 0 || (g_mime_param_get_charset(p) != NULL) != extended)
			continue;
		const char *value = g_mime_param_get_value(p);
		if (*out != NULL || value == NULL || !utf8_valid(value, strlen(value)) || utf8_has_control(value, strlen(value), false))
			return ERR_INVALID;
		*out = arena_strdup(a, value);
		if (*out == NULL)
			return ERR_NOMEM;
	}
	return ERR_OK;
}

static GMimeParserOptions *strict_options(void)
{
	GMimeParserOptions *options = g_mime_parser_options_new();
	g_mime_parser_options_set_parameter_compliance_mode(options, GMIME_RFC_COMPLIANCE_STRICT);
	g_mime_parser_options_set_rfc2047_compliance_mode(options, GMIME_RFC_COMPLIANCE_STRICT);
	return options;
}

static bool all_read(GMimeParamList *list, const struct value *v)
{
	return (list != NULL ? (size_t)g_mime_param_list_length(list) : 0) == v->params;
}

/* "Image/JPEG; q=1": the type in lower case and the parameter called name. */
static enum err type_read(struct arena *a, const char *text, const char *name, const char **media, const char **param)
{
	struct value v;
	enum err e = value_read(a, text, &v);
	if (e != ERR_OK)
		return e;
	GMimeParserOptions *options = strict_options();
	GMimeContentType *t = g_mime_content_type_parse(options, v.text);
	char *type = t != NULL ? g_mime_content_type_get_mime_type(t) : NULL;
	size_t n = strcspn(v.text, ";");
	if (type == NULL || strlen(type) != n || strncmp(type, v.text, n) != 0 || !all_read(g_mime_content_type_get_parameters(t), &v))
		e = ERR_INVALID;
	if (e == ERR_OK)
		e = param_take(a, g_mime_content_type_get_parameters(t), name, false, param);
	char *lower = e == ERR_OK ? arena_strdup(a, type) : NULL;
	if (e == ERR_OK && lower == NULL)
		e = ERR_NOMEM;
	for (char *p = lower; p != NULL && *p != '\0'; p++)
		*p = (char)g_ascii_tolower(*p);
	*media = lower;
	g_free(type);
	if (t != NULL)
		g_object_unref(t);
	g_mime_parser_options_free(options);
	return e;
}

enum err multipart_boundary(struct arena *a, const char *content_type, const char **boundary, const char **what)
{
	const char *media = NULL;
	enum err e = type_read(a, content_type, "boundary", &media, boundary);
	if (e == ERR_INVALID)
		return refuse(what, "boundary");
	if (e != ERR_OK)
		return e;
	if (strcmp(media, "multipart/form-data") != 0)
		return refuse(what, "content type");
	size_t n = *boundary != NULL ? strlen(*boundary) : 0;
	if (n == 0 || n > BOUNDARY_MAX || strspn(*boundary, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=?") != n)
		return refuse(what, "boundary");
	return ERR_OK;
}

static const char *last_component(const char *path)
{
	const char *last = path;
	for (const char *s = path; *s != '\0'; s++)
		if (*s == '/' || *s == '\\')
			last = s + 1;
	return last;
}

static enum err disposition_read(struct arena *a, const char *text, struct multipart_part *out, const char **what)
{
	struct value v;
	const char *plain = NULL, *extended = NULL;
	enum err e = value_read(a, text, &v);
	if (e != ERR_OK)
		return e == ERR_INVALID ? refuse(what, "content disposition") : e;
	GMimeParserOptions *options = strict_options();
	GMimeContentDisposition *d = g_mime_content_disposition_parse(options, v.text);
	GMimeParamList *list = g_mime_content_disposition_get_parameters(d);
	if (strcasecmp(g_mime_content_disposition_get_disposition(d), "form-data") != 0 || !all_read(list, &v))
		e = ERR_INVALID;
	if (e == ERR_OK)
		e = param_take(a, list, "name", false, &out->name);
	if (e == ERR_OK)
		e = param_take(a, list, "filename", false, &plain);
	if (e == ERR_OK && v.extended)
		e = param_take(a, list, "filename", true, &extended);
	g_object_unref(d);
	g_mime_parser_options_free(options);
	if (e != ERR_OK)
		return e == ERR_INVALID ? refuse(what, "content disposition") : e;
	if (out->name == NULL || *out->name == '\0' || strlen(out->name) > MULTIPART_NAME_MAX)
		return refuse(what, "name");
	if (v.extended && extended == NULL)
		return refuse(what, "file name");
	const char *file = extended != NULL ? extended : plain;
	out->file_name = file != NULL ? last_component(file) : NULL;
	return file != NULL && strlen(out->file_name) > MULTIPART_FILE_NAME_MAX ? refuse(what, "file name") : ERR_OK;
}

/* What a part may say of its type: anything of a file but several in one, plain UTF-8 of a text. */
static enum err part_type_read(struct arena *a, const char *text, struct multipart_part *out, const char **what)
{
	const char *charset = NULL;
	out->media_type = "";
	enum err e = text != NULL ? type_read(a, text, "charset", &out->media_type, &charset) : ERR_OK;
	if (e == ERR_INVALID || (text != NULL && e == ERR_OK && strchr(out->media_type, '/') == NULL))
		return refuse(what, "content type");
	if (e != ERR_OK)
		return e;
	if (strncmp(out->media_type, "multipart/", 10) == 0 || strncmp(out->media_type, "message/", 8) == 0)
		return refuse(what, "nested");
	if (out->file_name != NULL)
		return ERR_OK;
	if (*out->media_type != '\0' && strcmp(out->media_type, "text/plain") != 0)
		return refuse(what, "content type");
	return charset != NULL && strcasecmp(charset, "utf-8") != 0 ? refuse(what, "charset") : ERR_OK;
}

/* One line's name and value; the three that mean something are kept. */
static enum err line_take(struct arena *a, const char *line, size_t n, const char *values[static 3], const char **what)
{
	static const char *const names[] = {"content-disposition", "content-type", "content-transfer-encoding"};
	size_t name = strspn(line, token_chars);
	/* RFC 822 knows folded lines; no program that sends forms does. */
	if (n == 0 || strchr(letters, *line) == NULL || name >= n || line[name] != ':')
		return refuse(what, "header");
	size_t from = name + 1;
	while (from < n && (line[from] == ' ' || line[from] == '\t'))
		from++;
	while (n > from && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	char *value = arena_strndup(a, line + from, n - from);
	if (value == NULL)
		return ERR_NOMEM;
	if (!utf8_valid(value, n - from) || utf8_has_control(value, n - from, false))
		return refuse(what, "header");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strlen(names[i]) != name || strncasecmp(names[i], line, name) != 0)
			continue;
		if (values[i] != NULL)
			return refuse(what, "header twice");
		values[i] = value;
	}
	return ERR_OK;
}

enum err multipart_head_read(struct arena *a, const char *head, size_t n, struct multipart_part *out, const char **what)
{
	const char *values[3] = {NULL, NULL, NULL};
	unsigned lines = 0;
	if (memchr(head, '\0', n) != NULL)
		return refuse(what, "header");
	for (const char *line = head, *end = head + n; line <= end;) {
		const char *cr = memmem(line, (size_t)(end - line), "\r\n", 2);
		size_t length = (size_t)((cr != NULL ? cr : end) - line);
		if (++lines > LINES_MAX)
			return refuse(what, "too many headers");
		enum err e = line_take(a, line, length, values, what);
		if (e != ERR_OK)
			return e;
		if (cr == NULL)
			break;
		line = cr + 2;
	}
	if (values[0] == NULL)
		return refuse(what, "content disposition");
	const char *encoding = values[2];
	if (encoding != NULL && strcasecmp(encoding, "7bit") != 0 && strcasecmp(encoding, "8bit") != 0 && strcasecmp(encoding, "binary") != 0)
		return refuse(what, "transfer encoding");
	enum err e = disposition_read(a, values[0], out, what);
	return e == ERR_OK ? part_type_read(a, values[1], out, what) : e;
}
