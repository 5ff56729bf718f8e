/* job: what outport-jobs does beside the mail, a file and a row of the table in jobs.c per job. Each is due on a clock of its own; of several
 * hosts one at a time runs a job of a name. A job does a bounded piece of work per statement and may be cut off between two of them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "store/cloud.h"

struct job_context {
	const struct conf *conf;
	struct cloud *cloud;
	struct db *db;          /* the job's own connection, with patience for long statements */
	struct arena *arena;    /* empty when a job begins, and its own to reset */
	int64_t now;
	/* Inside jobs.c only. */
	struct job_thread *thread;
};

struct job {
	const char *name;       /* also in the log: "cleanup" */
	int64_t every;          /* seconds from one end to the next beginning */
	/* *done: how many things it did, for the log. An error is logged, and the job tried again when it is next due. */
	enum err (*run)(struct job_context *c, int64_t *done);
	bool everywhere;        /* each process runs it, whatever others do: it minds that itself */
};

/* To be asked between pieces of work: false when the process is told to stop. Also tells the watchdog that the job is alive. */
bool job_go_on(struct job_context *c);

enum err job_alerts(struct job_context *c, int64_t *done);
enum err job_expiry(struct job_context *c, int64_t *done);
enum err job_purge(struct job_context *c, int64_t *done);
enum err job_cleanup(struct job_context *c, int64_t *done);
enum err job_photos(struct job_context *c, int64_t *done);
enum err job_reports(struct job_context *c, int64_t *done);
enum err job_metrics(struct job_context *c, int64_t *done);
