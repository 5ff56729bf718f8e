#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "jobs/jobs.h"
#include "util/log.h"

static enum log_level level_of(const char *name)
{
	static const char *const names[] = {"debug", "info", "warning", "error"};
	for (int i = 0; i < 4; i++)
		if (strcmp(names[i], name) == 0)
			return (enum log_level)i;
	return LOG_LEVEL_INFO;
}

static int once(struct ctl *ctl, struct jobs_setup *s)
{
	struct jobs_tally tally;
	int status = ctl_login(ctl, &s->login);
	if (status != CTL_OK)
		return status;
	enum err e = jobs_once(s, &tally);
	if (e != ERR_OK)
		return ctl_fail(ctl, "the jobs were not done: %s%s%s", err_text(e), tally.why[0] != '\0' ? ": " : "", tally.why);
	printf("%" PRId64 " sent, %" PRId64 " put off, %" PRId64 " given up.\n", tally.sent, tally.later, tally.dead);
	if (tally.away != NULL)
		return ctl_fail(ctl, "no %s can be delivered: %s", tally.away, tally.why);
	return tally.failed == 0 ? CTL_OK : ctl_fail(ctl, "%" PRId64 " jobs failed: the log above says why", tally.failed);
}

/* A service waits for a login that cannot be had yet. */
static int serve(struct ctl *ctl, struct jobs_setup *s)
{
	char why[512] = "";
	enum err e = database_login_open(&ctl->conf, ctl->cloud, &ctl->login);
	if (e == ERR_OK)
		e = database_login_await(ctl->login);
	if (e != ERR_OK)
		return ctl_fail(ctl, "the jobs do not run: the login of the database cannot be read: %s", err_text(e));
	s->login = database_login_source(ctl->login);
	e = jobs_run(s, why);
	return e == ERR_OK ? CTL_OK : ctl_fail(ctl, "the jobs do not run: %s%s%s", err_text(e), why[0] != '\0' ? ": " : "", why);
}

static int run(struct ctl *ctl)
{
	struct jobs_setup s = {.conf = &ctl->conf, .cloud = ctl->cloud};
	int status = ctl_check_secret(ctl, "[mail] smtp_password", ctl->conf.mail.smtp_password);
	if (status == CTL_OK) {
		/* a limit on the size of files is an error like a full disk, not the end */
		signal(SIGXFSZ, SIG_IGN);
		log_set_level(level_of(ctl->conf.log.level));
		status = args_has(&ctl->args, "once") ? once(ctl, &s) : serve(ctl, &s);
	}
	return status;
}

static const struct arg_option options[] = {
	{"once", NULL, "every job once and every mail that is due, then end"},
	{NULL, NULL, NULL},
};

const struct command jobs_commands[] = {
	{"jobs", "[--once]", "Delivers mail and does what is due, until SIGTERM",
	 "The service outport-jobs. Several may run, on one host or on many: none sends what\n"
	 "another is sending. The log goes to stderr, a JSON object per line.\n\n"
	 "Example\n  outportctl jobs --once\n",
	 options, 0, 0, CTL_NEEDS_CONF, run},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
