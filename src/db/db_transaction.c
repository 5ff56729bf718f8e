#include "db/db_internal.h"

#include <sodium.h>
#include <time.h>

#include "util/log.h"

enum { ATTEMPTS = 4, PAUSE_MS = 20 };

#define SQL_BEGIN "START TRANSACTION"
#define SQL_COMMIT "COMMIT"
#define SQL_ROLLBACK "ROLLBACK"

static void pause_before(int attempt)
{
	uint32_t ms = (uint32_t)PAUSE_MS * (uint32_t)attempt;
	ms = ms / 2 + randombytes_uniform(ms);
	nanosleep(&(struct timespec){.tv_nsec = (long)ms * 1000 * 1000}, NULL);
}

static enum err begin(struct db *db)
{
	enum err e = db_connection_check(db);
	if (e != ERR_OK)
		return e;
	bool kept = db->used;
	e = db_statement_plain(db, SQL_BEGIN, sizeof SQL_BEGIN - 1);
	/* Nothing has been done yet: beginning again is safe. */
	if (e != ERR_OK && !db->open && kept) {
		e = db_connection_open(db);
		if (e == ERR_OK)
			e = db_statement_plain(db, SQL_BEGIN, sizeof SQL_BEGIN - 1);
	}
	return e;
}

static enum err finish(struct db *db, enum err e)
{
	if (!db->open)
		return e == ERR_OK ? ERR_DB_AWAY : e;
	if (e != ERR_OK) {
		/* Where this fails the connection is closed, which rolls back as well. */
		if (db_statement_plain(db, SQL_ROLLBACK, sizeof SQL_ROLLBACK - 1) != ERR_OK)
			db_connection_close(db);
		return e;
	}
	e = db_statement_plain(db, SQL_COMMIT, sizeof SQL_COMMIT - 1);
	if (e == ERR_DB_RETRY) {
		if (db_statement_plain(db, SQL_ROLLBACK, sizeof SQL_ROLLBACK - 1) != ERR_OK)
			db_connection_close(db);
		return e;
	}
	if (e != ERR_OK && e != ERR_DB_READ_ONLY) {
		LOG_ERROR("db_commit_unknown", LOG_I("number", db->error_number), LOG_S("text", db->error_text));
		db_connection_close(db);
		return ERR_DB;
	}
	return e;
}

enum err db_transaction(struct db *db, enum err (*body)(struct db *db, void *ctx), void *ctx)
{
	if (db->in_transaction)
		return db_error_take(db, 0, "a transaction inside a transaction", NULL);
	enum err e = ERR_DB_RETRY;
	for (int attempt = 0; e == ERR_DB_RETRY && attempt < ATTEMPTS; attempt++) {
		if (attempt > 0)
			pause_before(attempt);
		e = begin(db);
		if (e != ERR_OK)
			return e;
		db->in_transaction = true;
		e = body(db, ctx);
		e = finish(db, e);
		db->in_transaction = false;
	}
	return e;
}
