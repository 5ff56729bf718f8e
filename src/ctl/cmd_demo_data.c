#include <inttypes.h>
#include <stdio.h>

#include "ctl/ctl.h"
#include "ctl/ctl_catalog.h"
#include "ctl/demo.h"
#include "ctl/demo_catalog.h"
#include "ctl/progress.h"
#include "db/catalog_db.h"
#include "db/import_db.h"
#include "db/listing_db.h"
#include "util/clock.h"

/* Facets are inserted in the order of their key: the larger a batch, the fewer pages it touches twice. */
enum { BATCH = 10000, DAYS = 60, DAY = 24 * 60 * 60, LISTINGS_DEFAULT = 1000, LISTINGS_MAX = 10000000 };

struct demo_run {
	const struct catalog *catalog;
	struct demo_maker *maker;
	int64_t from, to;    /* numbers of the listings to make */
	int64_t now;
};

/* Spread over the last days in the order of the numbers, so that ids grow with time as they do on a real site. */
static int64_t published(const struct demo_run *run, int64_t i)
{
	int64_t span = (int64_t)DAYS * DAY - 60, n = run->to - run->from;
	return run->now - span + (i - run->from) * span / n;
}

static int insert_batch(struct ctl *ctl, const struct demo_run *run, int64_t first, size_t n, struct arena *a)
{
	struct listing *list = arena_array(a, n, sizeof *list);
	if (list == NULL)
		return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	enum err e = ERR_OK;
	for (size_t k = 0; e == ERR_OK && k < n; k++) {
		int64_t i = first + (int64_t)k;
		e = demo_listing_make(run->maker, (uint64_t)i, a, &list[k]);
		list[k].published_at = list[k].created_at = list[k].updated_at = published(run, i);
	}
	if (e == ERR_OK)
		e = listing_db_insert_many(ctl->db, a, run->catalog, list, n, NULL);
	return e == ERR_OK ? CTL_OK : ctl_db_fail(ctl, ctl->db, e, "the listings cannot be added");
}

static int insert_all(struct ctl *ctl, const struct demo_run *run)
{
	struct progress progress;
	struct arena *a = arena_new(CTL_ARENA_BYTES);
	int status = a == NULL ? ctl_fail(ctl, "%s", err_text(ERR_NOMEM)) : CTL_OK;
	uint64_t began = clock_mono_us();
	int64_t i = run->from;
	progress_begin(&progress, "listings", run->from, run->to);
	while (status == CTL_OK && i < run->to) {
		size_t n = run->to - i < BATCH ? (size_t)(run->to - i) : BATCH;
		status = insert_batch(ctl, run, i, n, a);
		arena_reset(a);
		if (status == CTL_OK)
			progress_show(&progress, i += (int64_t)n);
	}
	progress_end(&progress, i);
	if (status == CTL_OK)
		printf("Listings: %" PRId64 " added in %.1f s, %" PRId64 " in all.\n", run->to - run->from, (double)(clock_mono_us() - began) / 1e6, run->to);
	arena_free(a);
	return status;
}

static int add_listings(struct ctl *ctl, const struct catalog *catalog, struct demo_run *run, uint64_t seed, int64_t listings)
{
	int64_t there = 0;
	enum err e = import_db_total(ctl->db, ctl->arena, &there);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the listings cannot be counted");
	run->catalog = catalog;
	run->from = there;
	run->to = args_has(&ctl->args, "append") ? there + listings : listings;
	if (run->to <= run->from) {
		printf("Listings: there are %" PRId64 " already, none added (--append adds more).\n", there);
		return CTL_OK;
	}
	if (there > 0)
		printf("Listings: there are %" PRId64 " already.\n", there);
	e = demo_maker_new(catalog, ctl->conf.site.currency, seed, &run->maker);
	if (e != ERR_OK)
		return ctl_fail(ctl, "the demo's listings cannot be made: %s", err_text(e));
	int status = insert_all(ctl, run);
	demo_maker_free(run->maker);
	return status;
}

static int demo_data(struct ctl *ctl)
{
	long long listings = LISTINGS_DEFAULT, seed = 1;
	struct demo_run run = {.now = clock_unix()};
	struct catalog *catalog = NULL;
	const char *as_of = args_value(&ctl->args, "as-of");
	int status = ctl_number(ctl, "listings", 0, LISTINGS_MAX, &listings);
	if (status == CTL_OK)
		status = ctl_number(ctl, "seed", 0, INT64_MAX, &seed);
	if (status == CTL_OK && as_of != NULL && !clock_parse(as_of, &run.now))
		status = ctl_usage(ctl, "--as-of: a time such as 2026-01-31T12:00:00Z is needed");
	if (status == CTL_OK)
		status = ctl_catalog(ctl, &catalog);
	if (status == CTL_OK)
		status = demo_catalog_add(ctl, catalog);
	if (status == CTL_OK)
		status = demo_resources_add(ctl);
	catalog_free(catalog);
	catalog = NULL;
	/* again, with what was added */
	if (status == CTL_OK)
		status = ctl_catalog(ctl, &catalog);
	if (status == CTL_OK)
		status = add_listings(ctl, catalog, &run, (uint64_t)seed, listings);
	catalog_free(catalog);
	return status;
}

static const struct arg_option options[] = {
	{"listings", "N", "how many listings the site shall have; 1000 unless said"},
	{"seed", "S", "another number makes other listings; 1 unless said"},
	{"append", NULL, "add N listings to those that are there"},
	{"as-of", "TIME", "the listings' newest time; now unless said"},
	{NULL, NULL, NULL},
};

const struct command demo_data_commands[] = {
	{"demo-data", "[--listings N] [--seed S]", "Fills the site with believable content for Newfoundland and Labrador",
	 "Categories, places and articles that are there are left alone. Listings are added until\n"
	 "there are N; run again after it was cut short, it goes on. The same seed makes the same\n"
	 "listings; their times lie within the 60 days before now, or before --as-of. All names\n"
	 "and addresses are invented: example.com receives no mail.\n\n"
	 "Examples\n"
	 "  outportctl demo-data --listings 20000\n"
	 "  outportctl demo-data --listings 500 --append --seed 7\n",
	 options, 0, 0, CTL_NEEDS_DB, demo_data},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
