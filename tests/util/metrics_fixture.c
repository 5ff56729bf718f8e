#include "metrics_fixture.h"

#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

char metrics_dir[64];

void metrics_dir_make(void)
{
	snprintf(metrics_dir, sizeof metrics_dir, "/tmp/outport-metrics-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(metrics_dir));
}

void metrics_dir_remove(void)
{
	char path[400];
	DIR *d = opendir(metrics_dir);
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		snprintf(path, sizeof path, "%s/%s", metrics_dir, e->d_name);
		if (e->d_name[0] != '.' && unlink(path) != 0)
			rmdir(path);
	}
	if (d != NULL)
		closedir(d);
	rmdir(metrics_dir);
}

struct metrics *metrics_join(void)
{
	struct metrics *m;
	ck_assert_int_eq(metrics_open(metrics_dir, &m), ERR_OK);
	return m;
}

uint64_t metrics_value(struct metrics *m, const char *name)
{
	struct buf b;
	char line[100];
	buf_init(&b, 1 << 16);
	metrics_write(m, &b);
	snprintf(line, sizeof line, "\n%s ", name);
	const char *at = strstr(buf_str(&b), line);
	ck_assert_msg(at != NULL, "no %s in\n%s", name, buf_str(&b));
	uint64_t v = strtoull(at + strlen(line), NULL, 10);
	buf_free(&b);
	return v;
}

uint64_t metrics_searches(struct metrics *m)
{
	return metrics_value(m, "outport_searches_total");
}

int metrics_slots(void)
{
	int n = 0;
	DIR *d = opendir(metrics_dir);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += strncmp(e->d_name, "metrics-", 8) == 0;
	closedir(d);
	return n;
}

void metrics_live_and_die(uint64_t n)
{
	pid_t pid = fork();
	if (pid == 0) {
		struct metrics *m;
		if (metrics_open(metrics_dir, &m) != ERR_OK)
			_exit(1);
		metrics_add(m, METRIC_SEARCHES, n);
		raise(SIGKILL);
	}
	int status;
	waitpid(pid, &status, 0);
	ck_assert(WIFSIGNALED(status));
}
