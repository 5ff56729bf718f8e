#include "ctl/ctl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/money.h"
#include "model/slug.h"
#include "store/secret.h"
#include "util/utf8.h"

__attribute__((format(printf, 1, 0)))
static void say(const char *format, va_list ap)
{
	fflush(stdout);
	fputs("outportctl: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
}

int ctl_fail(const struct ctl *ctl, const char *format, ...)
{
	(void)ctl;
	va_list ap;
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	return CTL_FAILED;
}

int ctl_usage(const struct ctl *ctl, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	if (ctl->command != NULL)
		fprintf(stderr, "See: outportctl %s --help\n", ctl->command->name);
	else
		fputs("See: outportctl --help\n", stderr);
	return CTL_USAGE;
}

int ctl_db_fail(const struct ctl *ctl, struct db *db, enum err e, const char *what)
{
	const char *text = db == NULL ? "" : db_error_text(db);
	bool server = e == ERR_DB || e == ERR_DB_AWAY || e == ERR_DB_READ_ONLY || e == ERR_DB_RETRY || e == ERR_TIMEOUT;
	if (server && text != NULL && text[0] != '\0')
		return ctl_fail(ctl, "%s: %s: %s", what, err_text(e), text);
	return ctl_fail(ctl, "%s: %s", what, err_text(e));
}

int ctl_login(struct ctl *ctl, struct db_login_source *out)
{
	char why[DB_WHY_MAX] = "";
	enum err e = ctl->login == NULL ? database_login_open(&ctl->conf, ctl->cloud, &ctl->login) : ERR_OK;
	if (e == ERR_OK)
		e = database_login_read(ctl->login, why);
	if (e != ERR_OK)
		return ctl_fail(ctl, "%s: %s", ctl->config_path, why[0] != '\0' ? why : err_text(e));
	*out = database_login_source(ctl->login);
	return CTL_OK;
}

static int connect(struct ctl *ctl, const struct conf *conf, const struct db_login_source *source, const char *password, struct db **out)
{
	const char *where = conf->database.host[0] != '\0' ? conf->database.host : conf->database.socket;
	*out = NULL;
	enum err e = db_new(conf, source, NULL, 0, out);
	if (e == ERR_OK)
		e = db_set_password(*out, password);
	if (e == ERR_OK)
		e = db_ping(*out);
	if (e == ERR_OK)
		return CTL_OK;
	int status = ctl_fail(ctl, "no connection to the database at %s as user %s: %s", where, conf->database.user,
	                      *out != NULL && db_error_text(*out) != NULL ? db_error_text(*out) : err_text(e));
	db_free(*out);
	*out = NULL;
	return status;
}

int ctl_connect(struct ctl *ctl, const struct conf *conf, const struct db_login_source *source, struct db **out)
{
	return connect(ctl, conf, source, "", out);
}

int ctl_connect_as(struct ctl *ctl, const struct conf *conf, const char *password, struct db **out)
{
	return connect(ctl, conf, NULL, password, out);
}

int ctl_check_secret(struct ctl *ctl, const char *key, const char *reference)
{
	char why[SECRET_WHY_MAX];
	if (!secret_is_reference(reference) || secret_check(ctl->cloud, reference, why) == ERR_OK)
		return CTL_OK;
	return ctl_fail(ctl, "%s: %s = %s cannot be read: %s", ctl->config_path, key, reference, why);
}

const char *ctl_field_text(struct arena *a, const struct field_error *e)
{
	struct buf b;
	buf_init(&b, 1024);
	const char *const args[] = {e->bound};
	tr_format(&b, LANG_EN, e->text, args, 1);
	const char *text = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return text == NULL ? "" : text;
}

static char *with_replaced(struct arena *a, const char *s, char from, char to)
{
	char *copy = arena_strdup(a, s);
	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if (*p == from)
			*p = to;
	return copy;
}

int ctl_form(struct ctl *ctl, const struct field *fields, size_t n, const struct http_params *present, void *out)
{
	struct http_params params = {.list = arena_array(ctl->arena, n, sizeof *params.list)};
	struct field_errors errors = {.n = 0};
	if (params.list == NULL)
		return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	for (size_t i = 0; i < n; i++) {
		char *option = with_replaced(ctl->arena, fields[i].name, '_', '-');
		if (option == NULL)
			return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
		const char *value = args_value(&ctl->args, option);
		if (value != NULL && !utf8_valid(value, strlen(value)))
			return ctl_usage(ctl, "--%s: the text is not UTF-8", option);
		if (value == NULL && present != NULL)
			value = http_param_get(present, fields[i].name);
		if (value != NULL)
			params.list[params.n++] = (struct http_param){fields[i].name, value};
	}
	form_decode(ctl->arena, fields, n, &params, money_digits(ctl->conf.site.currency), out, &errors);
	for (size_t i = 0; i < errors.n; i++)
		fprintf(stderr, "outportctl: --%s: %s\n", with_replaced(ctl->arena, errors.list[i].field, '_', '-'),
		        ctl_field_text(ctl->arena, &errors.list[i]));
	if (errors.n > 0)
		fprintf(stderr, "See: outportctl %s --help\n", ctl->command->name);
	return errors.n == 0 ? CTL_OK : CTL_USAGE;
}

int ctl_id(struct ctl *ctl, size_t i, int64_t *out)
{
	long long v;
	if (!args_number(ctl->args.positional[i], 1, INT64_MAX, &v))
		return ctl_usage(ctl, "%s: an id is a whole number from 1", ctl->args.positional[i]);
	*out = v;
	return CTL_OK;
}

int ctl_slug(struct ctl *ctl, const char *text, size_t max)
{
	if (slug_valid(text) && strlen(text) <= max)
		return CTL_OK;
	return ctl_usage(ctl, "\"%s\" is no slug: small letters, digits and single dashes, at most %zu", text, max);
}

int ctl_number(struct ctl *ctl, const char *option, long long min, long long max, long long *out)
{
	const char *value = args_value(&ctl->args, option);
	if (value != NULL && !args_number(value, min, max, out))
		return ctl_usage(ctl, "--%s: a whole number from %lld to %lld is needed", option, min, max);
	return CTL_OK;
}

int ctl_read_file(struct ctl *ctl, const char *path, size_t max, char **out)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *in = standard ? stdin : fopen(path, "rbe");
	if (in == NULL)
		return ctl_fail(ctl, "%s: %s", path, strerror(errno));
	int status = CTL_OK;
	char *text = arena_alloc(ctl->arena, max + 2);
	size_t n = text == NULL ? 0 : fread(text, 1, max + 1, in);
	if (text == NULL)
		status = ctl_fail(ctl, "%s: %s", path, err_text(ERR_NOMEM));
	else if (ferror(in))
		status = ctl_fail(ctl, "%s: %s", path, strerror(errno));
	else if (n > max)
		status = ctl_fail(ctl, "%s: longer than %zu bytes", path, max);
	else if (!utf8_valid(text, n) || memchr(text, '\0', n) != NULL)
		status = ctl_fail(ctl, "%s: not a text in UTF-8", path);
	else
		text[n] = '\0';
	if (!standard)
		fclose(in);
	*out = text;
	return status;
}
