/* jobs: the process beside the workers: delivers the outbox in two threads, mail and the rest, and runs the table of jobs in another, until SIGTERM or SIGINT. */
#pragma once

#include "db/db.h"
#include "store/cloud.h"
#include "util/conf.h"
#include "util/err.h"

struct jobs_setup {
	const struct conf *conf;
	struct cloud *cloud;
	struct db_login_source login;
};

struct jobs_tally {
	int64_t sent, later, dead; /* mails */
	int64_t failed;            /* jobs that ended with an error */
	const char *away;          /* the kind of the outbox of which nothing could be delivered at all, "mail": why; NULL: none */
	char why[512];
};

/* Returns when told to stop, the deliveries at hand finished. ERR_INVALID: the mail configuration does not do; why says so. */
MUST_CHECK enum err jobs_run(const struct jobs_setup *s, char why[static 512]);
/* Every job once and all that is due in the outbox, then returns. */
MUST_CHECK enum err jobs_once(const struct jobs_setup *s, struct jobs_tally *out);
