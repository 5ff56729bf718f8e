/* monitor: a minute of the pool's numbers as Amazon CloudWatch has them, in [monitor] cloudwatch_namespace. docs/aws.md names the metrics. */
#pragma once

#include "store/cloud.h"
#include "util/metrics.h"

/* Of one host. Lies in a file as it is, between two releases too: see jobs/minutes.c. */
struct monitor_minute {
	int64_t at;                      /* its end, UTC seconds */
	uint64_t bucket[METRIC_BUCKETS]; /* what was counted in it */
	uint64_t metric[METRIC_COUNT];
	int64_t workers;                 /* alive at its end; -1: this host has no pool */
	int64_t waiting, dead, late;     /* of the outbox, the whole site's; waiting -1: another host tells them, or they are not known */
};

enum { MONITOR_MINUTES_MAX = 60, MONITOR_WHY_MAX = 512 };

/* Without asking anybody; true with no namespace. ERR_INVALID: the namespace, or what AWS needs (a region), does not do; why: a sentence's end. */
MUST_CHECK enum err monitor_check(struct cloud *cloud, const struct conf *conf, char why[static MONITOR_WHY_MAX]);
/* All in one call of at most some seconds. n: to MONITOR_MINUTES_MAX. ERR_INVALID, ERR_TOO_LARGE: CloudWatch refuses them for good; any other error: they may be sent later.
 * why: a sentence's end for the log. */
MUST_CHECK enum err monitor_publish(struct cloud *cloud, const struct conf *conf, const struct monitor_minute *minutes, size_t n, char why[static MONITOR_WHY_MAX]);
/* Percent of the threads' time in which they were busy; -1: no thread was there. */
double monitor_busy(const struct monitor_minute *m);
/* A minute's requests by time, in CloudWatch's two lists: what is in a bucket counts as its bound, so that a percentile is never shown too low, and what took more than the
 * last bound as MONITOR_SLOW_MS. Returns how many there are. */
enum { MONITOR_SLOW_MS = 5000 };
size_t monitor_latency(const struct monitor_minute *m, double values[static METRIC_BUCKETS], double counts[static METRIC_BUCKETS]);
