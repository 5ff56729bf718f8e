/* database_login: as whom, and where, this process comes to its database. [database] user, host and password may each be a reference (store/secret.h). What is told
 * where: a reference of user or host, else what the password's secret tells beside the password, else the plain value of the configuration. One per process,
 * any thread: what was read is kept in locked memory until the server refuses it, then read again by one thread, with growing pauses between. */
#pragma once

#include "db/db.h"
#include "store/cloud.h"

struct database_login;

/* Nothing is read yet. conf and cloud live as long as it. */
MUST_CHECK enum err database_login_open(const struct conf *conf, struct cloud *cloud, struct database_login **out);
void database_login_free(struct database_login *l);
/* Reads now, unless it has been read. why says which key and what is wrong. Errors: secret_read's; ERR_INVALID also where a value does not fit. */
MUST_CHECK enum err database_login_read(struct database_login *l, char why[static DB_WHY_MAX]);
/* The same for a service that starts: while what keeps the secret is away, or does not let us yet, it says so to the log and to systemd and reads again, with growing
 * pauses. Other errors are logged and returned. A signal ends the process, as nothing has begun. */
MUST_CHECK enum err database_login_await(struct database_login *l);
struct db_login_source database_login_source(struct database_login *l);
