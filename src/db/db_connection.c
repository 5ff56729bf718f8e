#include "db/db_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "util/log.h"

enum { BACKOFF_FIRST_US = 50 * 1000, BACKOFF_MAX_US = 5 * 1000 * 1000 };

#define SQL_SESSION \
	"SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION'," \
	" time_zone = '+00:00', innodb_lock_wait_timeout = 5, lock_wait_timeout = 10"
#define SQL_ISOLATION "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
#define SQL_LIMIT_MARIADB "SET SESSION max_statement_time = ? / 1000"
#define SQL_LIMIT_MYSQL "SET SESSION max_execution_time = ?"

enum err db_library_init(void)
{
	return mysql_library_init(0, NULL, NULL) == 0 && sodium_init() >= 0 ? ERR_OK : ERR_INTERNAL;
}

void db_library_end(void)
{
	mysql_library_end();
}

static void put(char *out, size_t size, const char *text)
{
	size_t n = strnlen(text, size - 1);
	memcpy(out, text, n);
	out[n] = '\0';
}

/* A plain value has room; a reference, which may be longer, is the source's. The password stays. */
static void login_plain(const struct conf *conf, struct db_login *out)
{
	out->port = conf->database.port;
	put(out->host, sizeof out->host, conf->database.host);
	put(out->user, sizeof out->user, conf->database.user);
	put(out->name, sizeof out->name, conf->database.name);
}

enum err db_new(const struct conf *conf, const struct db_login_source *source, struct metrics *m, int64_t statement_timeout_ms, struct db **out)
{
	struct db *db = calloc(1, sizeof *db);
	if (db == NULL)
		return ERR_NOMEM;
	db->conf = conf;
	db->metrics = m;
	db->tool = statement_timeout_ms == 0;
	db->statement_ms = statement_timeout_ms < 0 ? conf->database.statement_timeout_ms : statement_timeout_ms;
	if (source != NULL)
		db->source = *source;
	db->login = sodium_malloc(sizeof *db->login);
	if (db->login == NULL) {
		free(db);
		return ERR_NOMEM;
	}
	*db->login = (struct db_login){.port = 0};
	*out = db;
	return ERR_OK;
}

const struct conf *db_conf(const struct db *db)
{
	return db->conf;
}

enum err db_set_password(struct db *db, const char *password)
{
	size_t n = strlen(password);
	if (n >= sizeof db->login->password)
		return ERR_TOO_LARGE;
	memcpy(db->login->password, password, n + 1);
	return ERR_OK;
}

void db_free(struct db *db)
{
	if (db == NULL)
		return;
	db_free(db->replica);
	db_connection_close(db);
	sodium_free(db->login);
	free(db);
}

void db_connection_close(struct db *db)
{
	if (!db->open)
		return;
	db->open = false;
	db->used = false;
	/* The connection first: its statements then free themselves without a word to the server. */
	mysql_close(&db->my);
	db_statements_free(db);
}

/* The first retry comes at once: most losses are one connection, not the server. */
static void backoff(struct db *db)
{
	db->failures++;
	uint64_t delay = 0;
	if (db->failures > 1) {
		unsigned doublings = db->failures - 2 < 10 ? db->failures - 2 : 10;
		delay = (uint64_t)BACKOFF_FIRST_US << doublings;
		if (delay > BACKOFF_MAX_US)
			delay = BACKOFF_MAX_US;
		delay = delay / 2 + randombytes_uniform((uint32_t)(delay / 2));
	}
	db->retry_at_us = clock_mono_us() + delay;
}

static bool set_options(struct db *db, bool local)
{
	const struct conf *c = db->conf;
	unsigned connect_s = (unsigned)c->database.connect_timeout, io_s = db->tool ? 0 : (unsigned)c->database.read_timeout;
	my_bool yes = 1;
	unsigned no_files = 0, tcp = MYSQL_PROTOCOL_TCP;
	bool ok = mysql_options(&db->my, MYSQL_SET_CHARSET_NAME, "utf8mb4") == 0 &&
	          mysql_options(&db->my, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s) == 0 &&
	          mysql_options(&db->my, MYSQL_OPT_LOCAL_INFILE, &no_files) == 0;
	/* Else "localhost" would be the library's own socket, and neither the port nor TLS would be asked for. */
	if (ok && !local)
		ok = mysql_options(&db->my, MYSQL_OPT_PROTOCOL, &tcp) == 0;
	if (ok && io_s > 0)
		ok = mysql_options(&db->my, MYSQL_OPT_READ_TIMEOUT, &io_s) == 0 && mysql_options(&db->my, MYSQL_OPT_WRITE_TIMEOUT, &io_s) == 0;
	/* All three: with the authority alone, or enforcing alone, Connector/C talks in clear to a server without TLS. */
	if (ok && c->database.tls_ca[0] != '\0')
		ok = mysql_options(&db->my, MYSQL_OPT_SSL_CA, c->database.tls_ca) == 0 &&
		     mysql_options(&db->my, MYSQL_OPT_SSL_ENFORCE, &yes) == 0 &&
		     mysql_options(&db->my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes) == 0;
	return ok;
}

static enum err set_session(struct db *db)
{
	int fd = (int)mysql_get_socket(&db->my);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		LOG_WARN("db_cloexec", LOG_I("errno", errno));
	enum err e = db_statement_plain(db, SQL_SESSION, sizeof SQL_SESSION - 1);
	if (e == ERR_OK)
		e = db_statement_plain(db, SQL_ISOLATION, sizeof SQL_ISOLATION - 1);
	if (e == ERR_OK && db->statement_ms > 0) {
		bool mariadb = strstr(mysql_get_server_info(&db->my), "MariaDB") != NULL;
		e = db_statement_set(db, mariadb ? SQL_LIMIT_MARIADB : SQL_LIMIT_MYSQL, db->statement_ms);
	}
	return e;
}

static enum err connect_now(struct db *db)
{
	const struct conf *c = db->conf;
	const struct db_login *l = db->login;
	const char *host = db->is_replica ? c->database.replica_host : l->host, *password = l->password[0] != '\0' ? l->password : NULL;
	int64_t port = db->is_replica ? c->database.replica_port : l->port;
	if (mysql_init(&db->my) == NULL)
		return ERR_NOMEM;
	bool local = host[0] == '\0';
	/* A name is looked up each time: after a failover it leads elsewhere. FOUND_ROWS: an update that changes nothing has still found its row. */
	if (!set_options(db, local) ||
	    mysql_real_connect(&db->my, local ? NULL : host, l->user, password, l->name,
	                       local ? 0 : (unsigned)port, local ? c->database.socket : NULL, CLIENT_FOUND_ROWS) == NULL) {
		db_error_take_connection(db, NULL);
		mysql_close(&db->my);
		return ERR_DB_AWAY;
	}
	/* The library keeps a copy for a reconnect of its own, which is off. */
	if (db->my.passwd != NULL)
		explicit_bzero(db->my.passwd, strlen(db->my.passwd));
	db->open = true;
	enum err e = set_session(db);
	if (e != ERR_OK) {
		db_connection_close(db);
		return e == ERR_NOMEM ? e : ERR_DB_AWAY;
	}
	return ERR_OK;
}

static enum err login_read(struct db *db, bool again)
{
	char why[DB_WHY_MAX] = "";
	if (db->source.read == NULL) {
		login_plain(db->conf, db->login);
		return again ? ERR_NOT_FOUND : ERR_OK;
	}
	enum err e = db->source.read(db->source.ctx, again, db->login, why);
	if (e != ERR_OK && !again)
		snprintf(db->error_text, sizeof db->error_text, "%s", why);
	return e;
}

/* A password that was changed is read again, and used at once. */
static enum err connect_as_told(struct db *db)
{
	if (login_read(db, false) != ERR_OK)
		return ERR_DB_AWAY;
	enum err e = connect_now(db);
	if (e == ERR_DB_AWAY && db_error_is_refusal(db->error_number) && login_read(db, true) == ERR_OK)
		e = connect_now(db);
	return e;
}

enum err db_connection_open(struct db *db)
{
	if (db->open)
		return ERR_OK;
	/* A new connection would carry on outside the transaction, one autocommit at a time. */
	if (db->in_transaction || clock_mono_us() < db->retry_at_us)
		return ERR_DB_AWAY;
	/* The statements that set the session up count themselves: what counts here is the whole, once. */
	uint64_t start = clock_mono_us(), before = db->stat_us;
	enum err e = connect_as_told(db);
	db->stat_us = before + (clock_mono_us() - start);
	if (e != ERR_OK) {
		backoff(db);
		return e;
	}
	db->failures = 0;
	db->retry_at_us = 0;
	if (db->metrics != NULL)
		metrics_add(db->metrics, METRIC_DB_CONNECTS, 1);
	return ERR_OK;
}

enum err db_connection_check(struct db *db)
{
	if (db->open && !db->in_transaction) {
		struct pollfd p = {.fd = (int)mysql_get_socket(&db->my), .events = POLLIN};
		/* An idle connection has nothing to say but good-bye; TLS may still have a ticket to hand over, so ask. */
		if (poll(&p, 1, 0) != 0 && mysql_ping(&db->my) != 0)
			db_error_take_connection(db, NULL);
	}
	return db_connection_open(db);
}

enum err db_ping(struct db *db)
{
	enum err e = db_connection_open(db);
	if (e != ERR_OK || mysql_ping(&db->my) == 0)
		return e;
	e = db_error_take_connection(db, NULL);
	if (db->open || db->in_transaction)
		return e;
	return db_connection_open(db);
}

void db_take_stats(struct db *db, uint64_t *us, unsigned *queries)
{
	*us = db->stat_us;
	*queries = db->stat_queries;
	db->stat_us = 0;
	db->stat_queries = 0;
	if (db->replica != NULL) {
		*us += db->replica->stat_us;
		*queries += db->replica->stat_queries;
		db->replica->stat_us = 0;
		db->replica->stat_queries = 0;
	}
}

void db_count(struct db *db, uint64_t since_us)
{
	uint64_t us = clock_mono_us() - since_us;
	db->stat_us += us;
	db->stat_queries++;
	if (db->metrics != NULL) {
		metrics_add(db->metrics, METRIC_DB_QUERIES, 1);
		metrics_add(db->metrics, METRIC_DB_US, us);
	}
}
