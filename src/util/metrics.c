#include "util/metrics.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "util/log.h"
#include "util/metrics_pool.h"

/* Where a counter stands in a slot file. The histogram comes first; a new metric goes to the end of its enum, or a
 * pool that runs two releases at once would add up unlike things. */
enum { AT_METRICS = METRIC_BUCKETS };
_Static_assert(AT_METRICS + METRIC_COUNT <= METRICS_CAPACITY, "a slot file holds every counter");

static const uint64_t bucket_ms[METRIC_BUCKETS - 1] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000};

struct metrics {
	struct metrics_pool *pool;                /* NULL: private */
	_Atomic uint64_t *values;
	_Atomic uint64_t own[METRICS_CAPACITY];   /* used when private */
};

/* how: metrics_pool_join, metrics_pool_watch. */
static enum err open_pool(const char *dir, enum err (*how)(const char *dir, struct metrics_pool **out), struct metrics **out)
{
	*out = NULL;
	struct metrics *m = calloc(1, sizeof *m);
	if (m == NULL)
		return ERR_NOMEM;
	enum err err = dir != NULL ? how(dir, &m->pool) : ERR_OK;
	if (err != ERR_OK) {
		free(m);
		return err;
	}
	m->values = m->pool != NULL ? metrics_pool_values(m->pool) : m->own;
	*out = m;
	return ERR_OK;
}

enum err metrics_open(const char *dir, struct metrics **out)
{
	return open_pool(dir, metrics_pool_join, out);
}

enum err metrics_watch(const char *dir, struct metrics **out)
{
	return open_pool(dir, metrics_pool_watch, out);
}

void metrics_close(struct metrics *m)
{
	if (m == NULL)
		return;
	metrics_pool_leave(m->pool);
	free(m);
}

void metrics_add(struct metrics *m, enum metric id, uint64_t n)
{
	atomic_fetch_add_explicit(&m->values[AT_METRICS + id], n, memory_order_relaxed);
}

void metrics_observe_request(struct metrics *m, int status, uint64_t us)
{
	size_t bucket = 0;
	while (bucket < METRIC_BUCKETS - 1 && us > bucket_ms[bucket] * 1000)
		bucket++;
	atomic_fetch_add_explicit(&m->values[bucket], 1, memory_order_relaxed);
	metrics_add(m, METRIC_REQUEST_US, us);
	metrics_add(m,
	            status < 300   ? METRIC_REQUESTS_2XX
	            : status < 400 ? METRIC_REQUESTS_3XX
	            : status < 500 ? METRIC_REQUESTS_4XX
	                           : METRIC_REQUESTS_5XX,
	            1);
}

/* A counter and how it is shown. Requests and their times stand apart. */
struct counter {
	enum metric id;
	const char *name;
	const char *help;
	bool seconds; /* kept in microseconds */
};

static const struct counter counters[] = {
	{METRIC_DB_QUERIES, "outport_db_queries_total", "Statements sent to the database.", false},
	{METRIC_DB_US, "outport_db_seconds_total", "Time spent waiting for the database.", true},
	{METRIC_DB_ERRORS, "outport_db_errors_total", "Statements that failed.", false},
	{METRIC_DB_CONNECTS, "outport_db_connects_total", "Connections made to the database.", false},
	{METRIC_DB_REPLICA_READS, "outport_db_replica_reads_total", "Statements that the replica answered, of those sent to the database.", false},
	{METRIC_CLIENT_GONE, "outport_client_gone_total", "Requests whose client left before the answer.", false},
	{METRIC_BAD_REQUESTS, "outport_bad_requests_total", "Requests refused as malformed.", false},
	{METRIC_RATE_LIMITED, "outport_rate_limited_total", "Writes refused because their address made too many.", false},
	{METRIC_SPAM_REFUSED, "outport_spam_refused_total", "Forms refused as a robot's.", false},
	{METRIC_LISTINGS_SUBMITTED, "outport_listings_submitted_total", "Listings taken in.", false},
	{METRIC_MESSAGES_RECEIVED, "outport_messages_received_total", "Messages and reports taken in.", false},
	{METRIC_SEARCHES, "outport_searches_total", "Searches by words.", false},
	{METRIC_SEARCH_TIMEOUTS, "outport_search_timeouts_total", "Searches given up for taking too long.", false},
	{METRIC_CONNECTIONS_OPENED, "outport_connections_opened_total", "FastCGI connections taken.", false},
	{METRIC_CONNECTIONS_REFUSED, "outport_connections_refused_total", "FastCGI connections refused at the limit.", false},
	{METRIC_SIGN_INS, "outport_sign_ins_total", "Members signed in.", false},
	{METRIC_SIGN_INS_FAILED, "outport_sign_ins_failed_total", "Sign-ins with a wrong password or code.", false},
	{METRIC_MEMBERS_JOINED, "outport_members_joined_total", "Addresses that were confirmed and became members.", false},
	{METRIC_PHOTOS_TAKEN, "outport_photos_taken_total", "Photos taken in.", false},
	{METRIC_PHOTO_CRASHES, "outport_photo_crashes_total", "Processes that were to decode a photo and ended by a signal.", false},
	{METRIC_PHOTO_DECODES, "outport_photo_decodes_total", "Photos given to a process to decode.", false},
	{METRIC_PHOTO_DECODE_US, "outport_photo_decode_seconds_total", "Time spent on decoding photos, waiting for a turn included.", true},
	{METRIC_PASSWORD_HASHES, "outport_password_hashes_total", "Passwords hashed, each for 19 MiB and some 30 ms.", false},
	{METRIC_THREAD_US, "outport_thread_seconds_total", "Time that threads for requests were there, those of the photo workers aside.", true},
	{METRIC_IDLE_US, "outport_thread_idle_seconds_total", "The part of it in which they waited for a request.", true},
};

static void write_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_seconds(struct buf *out, uint64_t us)
{
	buf_printf(out, "%llu.%06llu\n", (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000));
}

static void write_requests(struct buf *out, const uint64_t *metric)
{
	static const char name[] = "outport_requests_total";
	write_head(out, name, "counter", "Requests answered, by class of status.");
	for (int i = METRIC_REQUESTS_2XX; i <= METRIC_REQUESTS_5XX; i++)
		buf_printf(out, "%s{class=\"%dxx\"} %llu\n", name, i - METRIC_REQUESTS_2XX + 2, (unsigned long long)metric[i]);
}

/* One name for all reasons. */
static void write_refused(struct buf *out, const uint64_t *metric)
{
	static const char name[] = "outport_photos_refused_total";
	static const struct {
		enum metric id;
		const char *reason;
	} reasons[] = {
		{METRIC_PHOTOS_EMPTY, "empty"}, {METRIC_PHOTOS_TOO_LARGE, "too_large"}, {METRIC_PHOTOS_NOT_KNOWN, "not_known"},
		{METRIC_PHOTOS_NOT_AS_SAID, "not_as_said"}, {METRIC_PHOTOS_TOO_MANY_PIXELS, "too_many_pixels"}, {METRIC_PHOTOS_DAMAGED, "damaged"},
		{METRIC_PHOTOS_TOO_HARD, "too_hard"}, {METRIC_PHOTOS_ONE_TOO_MANY, "one_too_many"}, {METRIC_PHOTOS_NO_SPACE, "no_space"}, {METRIC_PHOTOS_AWAY, "away"},
	};
	write_head(out, name, "counter", "Photos not taken in, by reason.");
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		buf_printf(out, "%s{reason=\"%s\"} %llu\n", name, reasons[i].reason, (unsigned long long)metric[reasons[i].id]);
}

static void write_histogram(struct buf *out, const uint64_t *buckets, uint64_t sum_us)
{
	static const char name[] = "outport_request_duration_seconds";
	unsigned long long count = 0;
	write_head(out, name, "histogram", "Time from a request's last byte in to its answer's last byte out.");
	for (size_t i = 0; i < METRIC_BUCKETS - 1; i++) {
		count += buckets[i];
		buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name, (double)bucket_ms[i] / 1000, count);
	}
	count += buckets[METRIC_BUCKETS - 1];
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n", name, count);
	buf_printf(out, "%s_sum ", name);
	write_seconds(out, sum_us);
	buf_printf(out, "%s_count %llu\n", name, count);
}

enum err metrics_read(struct metrics *m, struct metrics_sum *out)
{
	uint64_t total[METRICS_CAPACITY];
	out->workers = 1;
	if (m->pool != NULL) {
		enum err err = metrics_pool_sum(m->pool, total, &out->workers);
		if (err != ERR_OK)
			return err;
	} else {
		for (size_t i = 0; i < METRICS_CAPACITY; i++)
			total[i] = atomic_load_explicit(&m->own[i], memory_order_relaxed);
	}
	memcpy(out->bucket, total, sizeof out->bucket);
	memcpy(out->metric, total + AT_METRICS, sizeof out->metric);
	return ERR_OK;
}

uint64_t metrics_bucket_ms(size_t bucket)
{
	return bucket < METRIC_BUCKETS - 1 ? bucket_ms[bucket] : 0;
}

void metrics_write(struct metrics *m, struct buf *out)
{
	struct metrics_sum sum;
	enum err err = metrics_read(m, &sum);
	if (err != ERR_OK) {
		/* No numbers are better than wrong ones: a counter that seems to fall reads as a restart. */
		LOG_WARN("metrics_unreadable", LOG_S("error", err_text(err)));
		buf_puts(out, "# the pool's counters cannot be read now\n");
		return;
	}
	const uint64_t *metric = sum.metric;
	write_head(out, "outport_workers", "gauge", "Worker processes that are alive.");
	buf_printf(out, "outport_workers %llu\n", (unsigned long long)sum.workers);
	write_requests(out, metric);
	write_histogram(out, sum.bucket, metric[METRIC_REQUEST_US]);
	write_refused(out, metric);
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
		const struct counter *c = &counters[i];
		write_head(out, c->name, "counter", c->help);
		buf_printf(out, "%s ", c->name);
		if (c->seconds)
			write_seconds(out, metric[c->id]);
		else
			buf_printf(out, "%llu\n", (unsigned long long)metric[c->id]);
	}
}
