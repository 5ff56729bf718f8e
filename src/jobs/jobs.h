/* jobs: the process beside the workers: delivers the outbox in one thread and runs the table of jobs in another, until SIGTERM or SIGINT. */
#pragma once

#include "store/cloud.h"
#include "util/conf.h"
#include "util/err.h"

struct jobs_setup {
	const struct conf *conf;
	struct cloud *cloud;
	const char *db_password, *smtp_password; /* resolved; NULL or "": none */
};

struct jobs_tally {
	int64_t sent, later, dead; /* mails */
	int64_t failed;            /* jobs that ended with an error */
	bool away;                 /* mails could not be delivered at all: why */
	char why[512];
};

/* Returns when told to stop, the delivery at hand finished. ERR_INVALID: the mail configuration does not do; why says so. */
MUST_CHECK enum err jobs_run(const struct jobs_setup *s, char why[static 512]);
/* Every job once and every mail that is due, then returns. */
MUST_CHECK enum err jobs_once(const struct jobs_setup *s, struct jobs_tally *out);
