#include <stdio.h>

#include "ctl/ctl.h"

/* The file was read when the command began: what is left are the secret and a word. */
static int check_config(struct ctl *ctl)
{
	char secret[CONF_TEXT_MAX];
	enum err e = conf_secret(ctl->conf.database.password, secret, sizeof secret);
	if (e != ERR_OK)
		return ctl_fail(ctl, "%s: [database] password = %s cannot be read: %s", ctl->config_path, ctl->conf.database.password, err_text(e));
	printf("%s is good.\n", ctl->config_path);
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
