#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "ctl/admin.h"
#include "ctl/ctl.h"
#include "ctl/secret_file.h"
#include "db/setup_db.h"
#include "store/secret.h"

struct setup {
	struct db_login *login; /* in locked memory */
	struct setup_account account;
};

/* The sign-in as the workers will have it; the file of its password is made first, where there is none. */
static int prepare_secret(struct ctl *ctl, struct setup *s)
{
	const char *reference = ctl->conf.database.password, *group = args_value(&ctl->args, "secret-group");
	bool made = false;
	struct db_login_source source;
	char why[DB_WHY_MAX];
	if (reference[0] == '\0' && ctl->conf.database.host[0] != '\0')
		return ctl_fail(ctl, "%s: [database] password: a server elsewhere needs one, such as file:/etc/outport/database-password", ctl->config_path);
	bool file = strncmp(reference, "file:", 5) == 0;
	int status = file ? secret_file_prepare(ctl, reference + 5, group, &made) : CTL_OK;
	if (status == CTL_OK)
		status = ctl_login(ctl, &source);
	if (status != CTL_OK)
		return status;
	if (source.read(source.ctx, false, s->login, why) != ERR_OK)
		return ctl_fail(ctl, "%s: %s", ctl->config_path, why);
	if (reference[0] == '\0')
		printf("Secret: none; the server asks the operating system who connects to its socket.\n");
	else if (file)
		printf("Secret: %s %s (mode %s).\n", reference + 5, made ? "made, with a new password" : "was there and is kept", group == NULL ? "0600" : "0640");
	else
		printf("Secret: taken from %s.\n", reference);
	return CTL_OK;
}

static int make_account(struct ctl *ctl, const struct setup *s)
{
	const struct setup_account *a = &s->account;
	struct setup_report report;
	struct conf conf;
	struct db *admin;
	int status = admin_connect(ctl, "", &conf, &admin);
	if (status != CTL_OK)
		return status;
	enum err e = setup_db_apply(admin, ctl->arena, a, &report);
	if (e != ERR_OK)
		status = ctl_db_fail(ctl, admin, e, "the database and its user cannot be made");
	db_free(admin);
	if (status != CTL_OK)
		return status;
	printf("Database: %s %s.\n", a->database, report.database_made ? "made" : "was there");
	printf("User: %s from %s %s; may select, insert, update and delete in %s, nothing else.\n", a->user, a->host,
	       report.user_made ? "made" : "was there, its password set", a->database);
	return CTL_OK;
}

static int migrate(struct ctl *ctl, const struct setup *s)
{
	struct conf conf;
	struct db *admin;
	int status = admin_connect(ctl, s->account.database, &conf, &admin);
	if (status != CTL_OK)
		return status;
	status = admin_migrate(ctl, admin, false);
	db_free(admin);
	return status;
}

/* The proof: the site's own user, as the workers will come. */
static int try_user(struct ctl *ctl, const struct setup *s)
{
	struct db_login_source source;
	struct db *db = NULL;
	if (s->account.password[0] == '\0') {
		printf("Done. The site's programs must run as the system's user %s.\n", s->account.user);
		return CTL_OK;
	}
	int status = ctl_login(ctl, &source);
	if (status == CTL_OK)
		status = ctl_connect(ctl, &ctl->conf, &source, &db);
	db_free(db);
	if (status == CTL_OK)
		printf("Done: user %s can connect.\n", s->account.user);
	return status;
}

/* What would be refused in the end is refused before anything is made. */
static int check_account(struct ctl *ctl, const struct setup *s)
{
	const char *problem = setup_db_problem(&s->account), *admin = args_value(&ctl->args, "admin-user");
	if (problem == NULL && admin != NULL && strcmp(admin, s->account.user) == 0)
		problem = "[database] user: the site needs a user of its own, not the administrator";
	return problem == NULL ? CTL_OK : ctl_fail(ctl, "%s: %s", ctl->config_path, problem);
}

static int set_up(struct ctl *ctl, struct setup *s)
{
	const char *host = args_value(&ctl->args, "user-host");
	const struct conf *c = &ctl->conf;
	s->account = (struct setup_account){
		.database = c->database.name,
		.user = secret_is_reference(c->database.user) ? "to_be_read" : c->database.user,
		.host = host != NULL ? host : c->database.host[0] == '\0' ? "localhost" : "%",
		.password = "",
	};
	int status = check_account(ctl, s);
	if (status == CTL_OK)
		status = prepare_secret(ctl, s);
	if (status != CTL_OK)
		return status;
	s->account.database = s->login->name;
	s->account.user = s->login->user;
	s->account.password = s->login->password;
	if (host == NULL)
		s->account.host = s->login->host[0] == '\0' ? "localhost" : "%";
	status = check_account(ctl, s);
	if (status == CTL_OK)
		status = make_account(ctl, s);
	if (status == CTL_OK)
		status = migrate(ctl, s);
	return status == CTL_OK ? try_user(ctl, s) : status;
}

static int setup(struct ctl *ctl)
{
	struct setup s = {.login = sodium_malloc(sizeof *s.login)};
	int status = s.login != NULL ? set_up(ctl, &s) : ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	sodium_free(s.login);
	return status;
}

static const struct arg_option options[] = {
	ADMIN_OPTIONS,
	{"user-host", "HOST", "where the site's user may come from; localhost for a socket, % for a server elsewhere"},
	{"secret-group", "GROUP", "let this group read the password's file (mode 0640)"},
	{"sql", "DIR", "the folder of migrations; else " SQL_DIR},
	{NULL, NULL, NULL},
};

const struct command setup_commands[] = {
	{"setup", "[--admin-socket PATH | --admin-host HOST ...] [--secret-group GROUP]", "Makes the database, its user, the secret's file and the tables",
	 "Reads [database] in the configuration: its name, user, and the password's file, which is\n"
	 "made with a new password unless it is there. The site's user may read and write rows of\n"
	 "its own database and nothing else. An administrator's connection does the making: by the\n"
	 "server's socket as root, or as --admin-user with a password from a file. It says what it\n"
	 "did, and may be run again: what is there is kept.\n\n"
	 "Examples\n"
	 "  sudo outportctl setup --secret-group outport\n"
	 "  sudo outportctl setup --admin-host db.example.com --admin-user admin \\\n"
	 "      --admin-password-file /root/db-admin --user-host '10.0.%'\n",
	 options, 0, 0, CTL_NEEDS_CONF, setup},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
