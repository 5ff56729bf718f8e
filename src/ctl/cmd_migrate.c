#include "ctl/admin.h"
#include "ctl/ctl.h"

static int migrate(struct ctl *ctl)
{
	struct db_login_source source;
	struct conf conf;
	struct db *db = NULL;
	int status;
	if (admin_given(ctl)) {
		status = admin_connect(ctl, ctl->conf.database.name, &conf, &db);
	} else {
		status = ctl_login(ctl, &source);
		if (status == CTL_OK)
			status = ctl_connect(ctl, &ctl->conf, &source, &db);
	}
	if (status == CTL_OK)
		status = admin_migrate(ctl, db, args_has(&ctl->args, "dry-run"));
	db_free(db);
	return status;
}

static const struct arg_option options[] = {
	{"dry-run", NULL, "say what would be applied, change nothing"},
	{"sql", "DIR", "the folder of migrations; else " SQL_DIR},
	ADMIN_OPTIONS,
	{NULL, NULL, NULL},
};

const struct command migrate_commands[] = {
	{"migrate", "[--dry-run]", "Brings the database's tables up to date",
	 "Applies the files of the migrations' folder that the database has not seen, in order.\n"
	 "It is safe to run twice, from several hosts at once, and again after it was killed.\n\n"
	 "The user that setup makes may not change tables: name an administrator with\n"
	 "--admin-user (or --admin-socket, as root on the database's own machine).\n\n"
	 "Examples\n"
	 "  outportctl migrate --dry-run\n"
	 "  outportctl migrate --admin-socket /run/mysqld/mysqld.sock\n"
	 "  outportctl migrate --admin-host db.example.com --admin-user admin \\\n"
	 "      --admin-password-file /root/db-admin\n",
	 options, 0, 0, CTL_NEEDS_CONF, migrate},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
