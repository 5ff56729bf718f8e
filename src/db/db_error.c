/* What the server's and the client library's error numbers mean to the program. Numbers: mysqld_error.h and errmsg.h of
 * Connector/C, and MySQL 8's error reference for those that MariaDB does not have. */
#include "db/db_internal.h"

#include <errmsg.h>
#include <stdio.h>

#include "util/log.h"

struct error_class {
	unsigned number;
	enum err class;
	bool fatal; /* the connection is of no use any more */
};

static const struct error_class classes[] = {
	{188, ERR_TIMEOUT, false},       /* a full-text search that was cut short, or found more than its cache holds */
	{1020, ERR_DB_RETRY, false},     /* record changed since it was read (MariaDB, snapshot isolation) */
	{1040, ERR_DB_AWAY, true},       /* too many connections */
	{1045, ERR_DB_AWAY, true},       /* this user with this password is refused */
	{1053, ERR_DB_AWAY, true},       /* shutdown in progress */
	{1062, ERR_EXISTS, false},       /* duplicate key */
	{1129, ERR_DB_AWAY, true},       /* host is blocked */
	{1158, ERR_DB_AWAY, true},       /* the server could not read from the network */
	{1159, ERR_DB_AWAY, true},       /* … in time */
	{1160, ERR_DB_AWAY, true},       /* the server could not write to the network */
	{1161, ERR_DB_AWAY, true},       /* … in time */
	{1203, ERR_DB_AWAY, true},       /* too many connections of this user */
	{1205, ERR_DB_RETRY, false},     /* lock wait: the transaction stays open until it is rolled back */
	{1213, ERR_DB_RETRY, false},     /* deadlock */
	{1226, ERR_DB_AWAY, true},       /* the user's limit is used up */
	{1290, ERR_DB_READ_ONLY, true},  /* --read-only: a primary that was demoted */
	{1317, ERR_TIMEOUT, false},      /* interrupted */
	{1451, ERR_CONFLICT, false},     /* row is referenced */
	{1452, ERR_CONFLICT, false},     /* referenced row is gone */
	{1586, ERR_EXISTS, false},       /* duplicate key, with the key's name */
	{1698, ERR_DB_AWAY, true},       /* this user is refused without a password */
	{1792, ERR_DB_READ_ONLY, true},  /* read-only transaction */
	{1836, ERR_DB_READ_ONLY, true},  /* read-only mode */
	{1927, ERR_DB_AWAY, true},       /* connection was killed (MariaDB) */
	{1969, ERR_TIMEOUT, false},      /* max_statement_time (MariaDB) */
	{3024, ERR_TIMEOUT, false},      /* max_execution_time (MySQL) */
	{3032, ERR_DB_AWAY, true},       /* offline mode (MySQL) */
	{3118, ERR_DB_AWAY, true},       /* the account is locked (MySQL) */
	{3168, ERR_DB_AWAY, true},       /* the server is not available (MySQL) */
	{3169, ERR_DB_AWAY, true},       /* the session was killed (MySQL) */
	{4031, ERR_DB_AWAY, true},       /* disconnected for inactivity (MySQL) */
	{4151, ERR_DB_AWAY, true},       /* the account is locked (MariaDB) */
	{CR_SOCKET_CREATE_ERROR, ERR_DB_AWAY, true},
	{CR_CONNECTION_ERROR, ERR_DB_AWAY, true},
	{CR_CONN_HOST_ERROR, ERR_DB_AWAY, true},
	{CR_UNKNOWN_HOST, ERR_DB_AWAY, true},
	{CR_SERVER_GONE_ERROR, ERR_DB_AWAY, true},
	{CR_OUT_OF_MEMORY, ERR_NOMEM, true},
	{CR_SERVER_HANDSHAKE_ERR, ERR_DB_AWAY, true},
	{CR_SERVER_LOST, ERR_DB_AWAY, true},
	{CR_COMMANDS_OUT_OF_SYNC, ERR_DB, true},
	{CR_SSL_CONNECTION_ERROR, ERR_DB_AWAY, true},
	{CR_MALFORMED_PACKET, ERR_DB_AWAY, true},
	{2055, ERR_DB_AWAY, true},       /* CR_SERVER_LOST_EXTENDED */
};

static const struct error_class *find(unsigned number)
{
	static const struct error_class unknown = {0, ERR_DB, false};
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
		if (classes[i].number == number)
			return &classes[i];
	return &unknown;
}

enum err db_error_class(unsigned number)
{
	return find(number)->class;
}

bool db_error_is_fatal(unsigned number)
{
	return find(number)->fatal;
}

bool db_error_is_refusal(unsigned number)
{
	/* 1044: another user may not use the database, when it was the user that changed. */
	static const unsigned refusals[] = {1044, 1045, 1698, 3118, 4151};
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
		if (refusals[i] == number)
			return true;
	return false;
}

enum err db_error_take(struct db *db, unsigned number, const char *text, const char *sql)
{
	const struct error_class *c = find(number);
	db->error_number = number;
	snprintf(db->error_text, sizeof db->error_text, "%s", text);
	/* A key that is taken is an answer, not a failure; where the replica fails the primary is asked. */
	if (db->metrics != NULL && c->class != ERR_EXISTS && c->class != ERR_CONFLICT && !db->is_replica)
		metrics_add(db->metrics, METRIC_DB_ERRORS, 1);
	if (db->is_replica)
		LOG_WARN("db_replica", LOG_I("number", number), LOG_S("text", db->error_text));
	else if (c->class == ERR_DB)
		LOG_ERROR("db_error", LOG_I("number", number), LOG_S("text", db->error_text), LOG_S("sql", sql == NULL ? "" : sql));
	else if (c->fatal)
		LOG_WARN("db_lost", LOG_I("number", number), LOG_S("text", db->error_text));
	if (c->fatal)
		db_connection_close(db);
	return c->class;
}

enum err db_error_take_connection(struct db *db, const char *sql)
{
	return db_error_take(db, mysql_errno(&db->my), mysql_error(&db->my), sql);
}

const char *db_error_text(const struct db *db)
{
	return db->error_text;
}

unsigned db_error_number(const struct db *db)
{
	return db->error_number;
}
