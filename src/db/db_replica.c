/* Late reads on the replica: a connection of its own behind that of the primary, left alone for a while after it failed. */
#include "db/db_internal.h"

#include <sodium.h>

#include "util/clock.h"

enum { AWAY_FIRST_US = 1000 * 1000, AWAY_MAX_US = 30 * 1000 * 1000 };

bool db_may_lag(struct db *db, bool yes)
{
	bool could = db->may_lag;
	db->may_lag = yes && db->conf->database.replica_host[0] != '\0';
	return could;
}

static bool replica_make(struct db *db)
{
	if (db->replica != NULL)
		return true;
	const struct db_login_source *source = db->source.read != NULL ? &db->source : NULL;
	if (db_new(db->conf, source, db->metrics, db->statement_ms, &db->replica) != ERR_OK)
		return false;
	db->replica->is_replica = true;
	db->replica->tool = db->tool;
	/* Of no use to a source. */
	*db->replica->login = *db->login;
	return true;
}

struct db *db_replica_for(struct db *db, const struct db_sql *sql)
{
	bool wanted = sql->read == DB_READS_LATE && db->may_lag && !db->in_transaction;
	return wanted && clock_mono_us() >= db->replica_at_us && replica_make(db) ? db->replica : NULL;
}

bool db_replica_answered(struct db *db, enum err e)
{
	/* A statement that is too much for the replica is too much for the primary. */
	if (e == ERR_OK || e == ERR_TIMEOUT || e == ERR_NOMEM || e == ERR_TOO_LARGE) {
		db->replica_failures = 0;
		if (db->metrics != NULL)
			metrics_add(db->metrics, METRIC_DB_REPLICA_READS, 1);
		return true;
	}
	unsigned doublings = db->replica_failures < 10 ? db->replica_failures : 10;
	uint64_t delay = (uint64_t)AWAY_FIRST_US << doublings;
	if (delay > AWAY_MAX_US)
		delay = AWAY_MAX_US;
	db->replica_failures++;
	db->replica_at_us = clock_mono_us() + delay / 2 + randombytes_uniform((uint32_t)(delay / 2));
	return false;
}

enum err db_ping_replica(struct db *db)
{
	if (db->conf->database.replica_host[0] == '\0')
		return ERR_NOT_FOUND;
	return replica_make(db) ? db_ping(db->replica) : ERR_NOMEM;
}
