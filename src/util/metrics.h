/* metrics: each worker maps a slot file in the shared runtime folder and counts there with atomics; any worker
 * sums them all. A dead worker's slot is folded into a base, so counters never fall. Prometheus text format 0.0.4. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

/* A new one goes to the end: the order is the slot files' layout, which releases share during an upgrade. */
enum metric {
	METRIC_REQUESTS_2XX, METRIC_REQUESTS_3XX, METRIC_REQUESTS_4XX, METRIC_REQUESTS_5XX,
	METRIC_REQUEST_US,      /* sum of request times */
	METRIC_DB_QUERIES, METRIC_DB_US, METRIC_DB_ERRORS, METRIC_DB_CONNECTS,
	METRIC_CLIENT_GONE, METRIC_BAD_REQUESTS, METRIC_RATE_LIMITED, METRIC_SPAM_REFUSED,
	METRIC_LISTINGS_SUBMITTED, METRIC_MESSAGES_RECEIVED, METRIC_SEARCHES, METRIC_SEARCH_TIMEOUTS,
	METRIC_CONNECTIONS_OPENED, METRIC_CONNECTIONS_REFUSED,
	METRIC_SIGN_INS, METRIC_SIGN_INS_FAILED, METRIC_MEMBERS_JOINED, METRIC_PASSWORD_HASHES,
	METRIC_PHOTOS_TAKEN,
	METRIC_PHOTOS_EMPTY, METRIC_PHOTOS_TOO_LARGE, METRIC_PHOTOS_NOT_KNOWN, METRIC_PHOTOS_NOT_AS_SAID, METRIC_PHOTOS_TOO_MANY_PIXELS, METRIC_PHOTOS_DAMAGED,
	METRIC_PHOTOS_TOO_HARD, METRIC_PHOTOS_ONE_TOO_MANY, METRIC_PHOTOS_NO_SPACE, METRIC_PHOTOS_AWAY,
	METRIC_PHOTO_CRASHES, METRIC_PHOTO_DECODES, METRIC_PHOTO_DECODE_US,
	METRIC_THREAD_US, METRIC_IDLE_US, /* of the site's threads: how long they were there, and waited for a request */
	METRIC_DB_REPLICA_READS,
	METRIC_COUNT
};
enum { METRIC_BUCKETS = 12 }; /* request time histogram: 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, +Inf ms */

/* A pool's numbers, of one moment. */
struct metrics_sum {
	uint64_t bucket[METRIC_BUCKETS]; /* requests by time, each in one bucket */
	uint64_t metric[METRIC_COUNT];
	uint64_t workers;                /* alive */
};

struct metrics;

/* dir must exist. Takes a free slot or makes one, folding dead ones. A NULL dir gives counters private to the process. */
MUST_CHECK enum err metrics_open(const char *dir, struct metrics **out);
/* For who reads a pool's numbers and is none of its workers: nothing may be added to what it gives. ERR_IO: there is no such folder. */
MUST_CHECK enum err metrics_watch(const char *dir, struct metrics **out);
void metrics_close(struct metrics *m);
void metrics_add(struct metrics *m, enum metric id, uint64_t n);
void metrics_observe_request(struct metrics *m, int status, uint64_t us);
/* The whole pool's numbers. ERR_IO, ERR_NOMEM: they cannot be read now. */
MUST_CHECK enum err metrics_read(struct metrics *m, struct metrics_sum *out);
/* What a bucket's requests took at most, in milliseconds; 0 for the last, which has no such bound. */
uint64_t metrics_bucket_ms(size_t bucket);
/* The same in Prometheus' words. */
void metrics_write(struct metrics *m, struct buf *out);
