#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "store/mail.h"
#include "store/monitor.h"
#include "store/photo.h"
#include "store/secret.h"

static int check_secret(struct ctl *ctl, const char *key, const char *reference)
{
	int status = ctl_check_secret(ctl, key, reference);
	if (status == CTL_OK && secret_is_remote(reference))
		printf("%s = %s: AWS was not asked; \"outportctl secrets show-source\" asks.\n", key, reference);
	return status;
}

/* What the stores and the transports ask of the configuration beside each key's own rule. Nobody is asked. */
static int check_mail(struct ctl *ctl)
{
	struct mail_carrier *carrier = NULL;
	char why[MAIL_WHY_MAX] = "";
	enum err e = mail_open(&ctl->conf, &(struct mail_means){.cloud = ctl->cloud}, &carrier, why);
	mail_close(carrier);
	return e == ERR_OK ? CTL_OK : ctl_fail(ctl, "%s: %s", ctl->config_path, why[0] != '\0' ? why : err_text(e));
}

static int check_monitor(struct ctl *ctl)
{
	char why[MONITOR_WHY_MAX] = "";
	enum err e = monitor_check(ctl->cloud, &ctl->conf, why);
	return e == ERR_OK ? CTL_OK : ctl_fail(ctl, "%s: [monitor] cloudwatch_namespace: %s", ctl->config_path, why);
}

/* A folder is looked at by who writes there, when it starts. */
static int check_photos(struct ctl *ctl)
{
	struct photo_store *store = NULL;
	char why[PHOTO_WHY_MAX] = "";
	if (strcmp(ctl->conf.media.store, "s3") != 0)
		return CTL_OK;
	enum err e = photo_store_open(&ctl->conf, ctl->cloud, &store, why);
	photo_store_close(store);
	return e == ERR_OK ? CTL_OK : ctl_fail(ctl, "%s: %s", ctl->config_path, why[0] != '\0' ? why : err_text(e));
}

/* The libraries only say "no such file" of it, when a connection is made. */
static int check_authorities(struct ctl *ctl, const char *key, const char *path)
{
	if (path[0] == '\0' || access(path, R_OK) == 0)
		return CTL_OK;
	return ctl_fail(ctl, "%s: %s = %s: %s", ctl->config_path, key, path, strerrordesc_np(errno));
}

static int check_tables(struct ctl *ctl)
{
	const struct conf *c = &ctl->conf;
	if (strcmp(c->media.meta, "dynamodb") == 0 && c->media.meta_table[0] == '\0')
		return ctl_fail(ctl, "%s: [media] meta = dynamodb needs meta_table", ctl->config_path);
	if (strcmp(c->address.store, "dynamodb") == 0 && c->address.table[0] == '\0')
		return ctl_fail(ctl, "%s: [address] store = dynamodb needs table", ctl->config_path);
	return CTL_OK;
}

/* The file was read when the command began: what is left are the secrets, what one key asks of others, and a word. */
static int check_config(struct ctl *ctl)
{
	const struct conf *c = &ctl->conf;
	int status = check_secret(ctl, "[database] host", c->database.host);
	if (status == CTL_OK)
		status = check_secret(ctl, "[database] user", c->database.user);
	if (status == CTL_OK)
		status = check_secret(ctl, "[database] password", c->database.password);
	if (status == CTL_OK)
		status = check_secret(ctl, "[mail] smtp_password", c->mail.smtp_password);
	if (status == CTL_OK)
		status = check_authorities(ctl, "[database] tls_ca", c->database.tls_ca);
	if (status == CTL_OK)
		status = check_authorities(ctl, "[mail] smtp_tls_ca", c->mail.smtp_tls_ca);
	if (status == CTL_OK)
		status = check_photos(ctl);
	if (status == CTL_OK)
		status = check_mail(ctl);
	if (status == CTL_OK)
		status = check_monitor(ctl);
	if (status == CTL_OK)
		status = check_tables(ctl);
	if (status != CTL_OK)
		return status;
	printf("%s is good.\n", ctl->config_path);
	if (c->database.host[0] != '\0' && c->database.tls_ca[0] == '\0')
		puts("What goes to the database is not encrypted: [database] tls_ca is empty.");
	if (strcmp(c->mail.transport, "folder") == 0)
		puts("Mails only become files: [mail] transport is folder.");
	return CTL_OK;
}

static int config_schema(struct ctl *ctl)
{
	(void)ctl;
	conf_print_schema(stdout);
	return CTL_OK;
}

const struct command check_config_commands[] = {
	{"check-config", "", "Reads the configuration and says what is wrong with it, by file and line",
	 "Nothing is connected to and nothing is changed: run it before a restart.\n\n"
	 "Example\n  outportctl --config /etc/outport/outport.conf check-config\n",
	 NULL, 0, 0, CTL_NEEDS_CONF, check_config},
	{"config-schema", "", "Prints every setting with its type, range and default, as Markdown", NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, config_schema},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
