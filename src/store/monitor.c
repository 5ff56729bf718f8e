#include "store/monitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/aws_cloudwatch.h"
#include "store/cloud_internal.h"

enum { DATA_MAX = 12, HOST_MAX = 256 }; /* data of one minute */
_Static_assert(MONITOR_MINUTES_MAX * DATA_MAX <= AWS_DATA_MAX, "what is kept goes in one call");

/* The numbers of one minute, with the places that its data point into. */
struct minute_data {
	double value[DATA_MAX];
	double values[METRIC_BUCKETS], counts[METRIC_BUCKETS];
	struct aws_datum data[DATA_MAX];
	size_t n;
};

/* Dimensions: the site alone, or the site and this host. */
struct names {
	char site[HOST_MAX], host[HOST_MAX];
	struct aws_dimension dimensions[2];
};

double monitor_busy(const struct monitor_minute *m)
{
	double there = (double)m->metric[METRIC_THREAD_US], idle = (double)m->metric[METRIC_IDLE_US];
	if (there <= 0)
		return -1;
	return idle < there ? (there - idle) * 100 / there : 0;
}

size_t monitor_latency(const struct monitor_minute *m, double values[static METRIC_BUCKETS], double counts[static METRIC_BUCKETS])
{
	size_t n = 0;
	for (size_t i = 0; i < METRIC_BUCKETS; i++) {
		if (m->bucket[i] == 0)
			continue;
		uint64_t ms = metrics_bucket_ms(i);
		values[n] = ms > 0 ? (double)ms : MONITOR_SLOW_MS;
		counts[n++] = (double)m->bucket[i];
	}
	return n;
}

static struct aws_datum *add(struct minute_data *d, const struct names *names, const struct monitor_minute *m, const char *metric, const char *unit)
{
	struct aws_datum *datum = &d->data[d->n];
	*datum = (struct aws_datum){.metric = metric, .unit = unit, .at = m->at, .dimensions = names->dimensions, .n_dimensions = 1, .values = &d->value[d->n], .n = 1};
	d->n++;
	return datum;
}

static void add_value(struct minute_data *d, const struct names *names, const struct monitor_minute *m, const char *metric, const char *unit, double value)
{
	d->value[d->n] = value;
	add(d, names, m, metric, unit);
}

/* Both what all hosts make together and what this one does. */
static void add_of_host(struct minute_data *d, const struct names *names, const struct monitor_minute *m, const char *metric, const char *unit, double value)
{
	add_value(d, names, m, metric, unit, value);
	d->value[d->n] = value;
	add(d, names, m, metric, unit)->n_dimensions = 2;
}

static void add_pool(struct minute_data *d, const struct names *names, const struct monitor_minute *m)
{
	double requests = 0, busy = monitor_busy(m);
	for (size_t i = 0; i < METRIC_BUCKETS; i++)
		requests += (double)m->bucket[i];
	add_value(d, names, m, "Requests", "Count", requests);
	add_value(d, names, m, "ServerErrors", "Count", (double)m->metric[METRIC_REQUESTS_5XX]);
	add_value(d, names, m, "DatabaseErrors", "Count", (double)m->metric[METRIC_DB_ERRORS]);
	add_value(d, names, m, "ConnectionsRefused", "Count", (double)m->metric[METRIC_CONNECTIONS_REFUSED]);
	if (requests > 0) {
		struct aws_datum *latency = add(d, names, m, "RequestLatency", "Milliseconds");
		latency->n = monitor_latency(m, d->values, d->counts);
		latency->values = d->values;
		latency->counts = d->counts;
	}
	if (busy >= 0)
		add_of_host(d, names, m, "PoolBusy", "Percent", busy);
	add_of_host(d, names, m, "Workers", "Count", (double)m->workers);
}

static void add_minute(struct minute_data *d, const struct names *names, const struct monitor_minute *m)
{
	d->n = 0;
	if (m->workers >= 0)
		add_pool(d, names, m);
	if (m->waiting >= 0) {
		add_value(d, names, m, "OutboxWaiting", "Count", (double)m->waiting);
		add_value(d, names, m, "OutboxDead", "Count", (double)m->dead);
		add_value(d, names, m, "OutboxLate", "Seconds", (double)m->late);
	}
}

static void name(const struct conf *conf, struct names *names)
{
	*names = (struct names){.site = ""};
	conf_site_host(conf, names->site, sizeof names->site);
	if (gethostname(names->host, sizeof names->host - 1) != 0 || names->host[0] == '\0')
		snprintf(names->host, sizeof names->host, "host");
	names->dimensions[0] = (struct aws_dimension){"Site", names->site};
	names->dimensions[1] = (struct aws_dimension){"Host", names->host};
}

enum err monitor_check(struct cloud *cloud, const struct conf *conf, char why[static MONITOR_WHY_MAX])
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_/#:";
	const char *s = conf->monitor.cloudwatch_namespace;
	struct aws *aws;
	if (*s == '\0')
		return ERR_OK;
	if (s[strspn(s, allowed)] != '\0' || *s == ':' || strncmp(s, "AWS/", 4) == 0) {
		snprintf(why, MONITOR_WHY_MAX, "a namespace has letters, digits and .-_/#: alone, and those that begin with \"AWS/\" are Amazon's own");
		return ERR_INVALID;
	}
	return cloud_aws(cloud, &aws, why);
}

static enum err put(struct cloud *cloud, const struct conf *conf, const struct aws_datum *data, size_t n, char *why)
{
	struct aws *aws;
	struct aws_answer a;
	enum err e = monitor_check(cloud, conf, why);
	if (e == ERR_OK)
		e = cloud_aws(cloud, &aws, why);
	if (e != ERR_OK)
		return ERR_CLOSED; /* the configuration is to be mended, not the numbers to be thrown away */
	e = aws_cloudwatch_put(aws, conf->monitor.cloudwatch_namespace, data, n, &a);
	if (e != ERR_OK)
		snprintf(why, MONITOR_WHY_MAX, "%s", a.why[0] != '\0' ? a.why : err_text(e));
	aws_answer_free(&a);
	return e;
}

enum err monitor_publish(struct cloud *cloud, const struct conf *conf, const struct monitor_minute *minutes, size_t n, char why[static MONITOR_WHY_MAX])
{
	struct names names;
	struct minute_data *each = calloc(n, sizeof *each);
	struct aws_datum *data = calloc(n * DATA_MAX, sizeof *data);
	size_t count = 0;
	enum err e = ERR_NOMEM;
	why[0] = '\0';
	name(conf, &names);
	if (each == NULL || data == NULL)
		goto out;
	for (size_t i = 0; i < n; i++) {
		add_minute(&each[i], &names, &minutes[i]);
		for (size_t k = 0; k < each[i].n; k++)
			data[count++] = each[i].data[k];
	}
	e = count > 0 ? put(cloud, conf, data, count, why) : ERR_OK;
out:
	free(data);
	free(each);
	return e;
}
