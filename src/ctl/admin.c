#include "ctl/admin.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "db/migrate.h"
#include "store/secret.h"

bool admin_given(const struct ctl *ctl)
{
	return args_has(&ctl->args, "admin-socket") || args_has(&ctl->args, "admin-host") || args_has(&ctl->args, "admin-user") ||
	       args_has(&ctl->args, "admin-password-file");
}

static int put_text(struct ctl *ctl, const char *option, char *out, size_t size)
{
	const char *value = args_value(&ctl->args, option);
	if (value == NULL)
		return CTL_OK;
	if (value[0] == '\0' || strlen(value) >= size)
		return ctl_usage(ctl, "--%s: a text of 1 to %zu bytes is needed", option, size - 1);
	memcpy(out, value, strlen(value) + 1);
	return CTL_OK;
}

static int read_password(struct ctl *ctl, char *out, size_t size)
{
	char reference[CONF_TEXT_MAX];
	const char *path = args_value(&ctl->args, "admin-password-file");
	out[0] = '\0';
	if (path == NULL)
		return CTL_OK;
	if (snprintf(reference, sizeof reference, "file:%s", path) >= (int)sizeof reference)
		return ctl_usage(ctl, "--admin-password-file: the path is too long");
	struct secret *s;
	char why[SECRET_WHY_MAX];
	if (secret_read(ctl->cloud, reference, &s, why) != ERR_OK)
		return ctl_fail(ctl, "--admin-password-file: %s cannot be read: %s", path, why);
	snprintf(out, size, "%s", s->password);
	secret_free(s);
	return CTL_OK;
}

/* Without a word of its own the administrator comes where the site comes: its secret may tell where. */
static int take_host(struct ctl *ctl, struct conf *conf)
{
	struct db_login_source source;
	char why[DB_WHY_MAX];
	if (args_has(&ctl->args, "admin-host") || args_has(&ctl->args, "admin-socket") || (conf->database.password[0] == '\0' && !secret_is_reference(conf->database.host)))
		return CTL_OK;
	struct db_login *login = sodium_malloc(sizeof *login);
	int status = login != NULL ? ctl_login(ctl, &source) : ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	if (status == CTL_OK && source.read(source.ctx, false, login, why) != ERR_OK)
		status = ctl_fail(ctl, "%s: %s", ctl->config_path, why);
	if (status == CTL_OK) {
		snprintf(conf->database.host, sizeof conf->database.host, "%s", login->host);
		conf->database.port = login->port;
	}
	sodium_free(login);
	return status;
}

int admin_connect(struct ctl *ctl, const char *database, struct conf *conf, struct db **out)
{
	char password[CONF_TEXT_MAX];
	*out = NULL;
	*conf = ctl->conf;
	int status = take_host(ctl, conf);
	if (status != CTL_OK)
		return status;
	long long port = conf->database.port;
	snprintf(conf->database.name, sizeof conf->database.name, "%s", database);
	snprintf(conf->database.user, sizeof conf->database.user, "root");
	if (args_has(&ctl->args, "admin-host") && args_has(&ctl->args, "admin-socket"))
		return ctl_usage(ctl, "--admin-host and --admin-socket: give one of them");
	if (args_has(&ctl->args, "admin-socket"))
		conf->database.host[0] = '\0';
	status = put_text(ctl, "admin-host", conf->database.host, sizeof conf->database.host);
	if (status == CTL_OK)
		status = put_text(ctl, "admin-socket", conf->database.socket, sizeof conf->database.socket);
	if (status == CTL_OK)
		status = put_text(ctl, "admin-user", conf->database.user, sizeof conf->database.user);
	if (status == CTL_OK)
		status = ctl_number(ctl, "admin-port", 1, 65535, &port);
	if (status == CTL_OK)
		status = read_password(ctl, password, sizeof password);
	if (status != CTL_OK)
		return status;
	conf->database.port = port;
	status = ctl_connect_as(ctl, conf, password, out);
	explicit_bzero(password, sizeof password);
	return status;
}

static void note(void *ctx, const char *name, bool applied)
{
	(void)ctx;
	printf("%s %s\n", applied ? "applied" : "pending", name);
}

int admin_migrate(struct ctl *ctl, struct db *db, bool dry_run)
{
	const char *dir = args_value(&ctl->args, "sql");
	struct migration_report report;
	enum err e = migrate_run(db, dir == NULL ? SQL_DIR : dir, dry_run, note, NULL, &report);
	if (e != ERR_OK && report.problem[0] != '\0')
		return ctl_fail(ctl, "the database cannot be migrated: %s", report.problem);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, db, e, "the database cannot be migrated");
	if (dry_run && report.pending > 0)
		printf("%d of %d migrations would be applied.\n", report.pending, report.known);
	else if (report.applied > 0)
		printf("%d of %d migrations applied; the schema is up to date.\n", report.applied, report.known);
	else
		printf("The schema is up to date (%d migrations).\n", report.known);
	return CTL_OK;
}
