/* admin: the connection of the database's administrator, for what the site's own user may not do. */
#pragma once

#include "ctl/ctl.h"

#define ADMIN_OPTIONS \
	{"admin-socket", "PATH", "the server's socket; else the configuration's"}, \
	{"admin-host", "HOST", "a server elsewhere, instead of a socket"}, \
	{"admin-port", "N", "its port; 3306 unless said"}, \
	{"admin-user", "NAME", "the administrator's name; root unless said"}, \
	{"admin-password-file", "FILE", "a file that holds the administrator's password"}

/* What the folder of migrations is when --sql does not say. */
#define SQL_DIR OUTPORT_DATADIR "/sql"

/* Whether any of the options was given. */
bool admin_given(const struct ctl *ctl);
/* Connects as the administrator to the database called database ("": to none). conf must outlive *out. */
int admin_connect(struct ctl *ctl, const char *database, struct conf *conf, struct db **out);
/* Applies the migrations, naming each. */
int admin_migrate(struct ctl *ctl, struct db *db, bool dry_run);
