#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/ctl_catalog.h"
#include "ctl/import_row.h"
#include "ctl/import_source.h"
#include "ctl/progress.h"
#include "db/catalog_db.h"
#include "db/import_db.h"
#include "db/listing_db.h"
#include "util/clock.h"

enum { BATCH = 1000, PROBLEMS_SHOWN = 50, BATCH_ARENA_BYTES = 512 * 1024 * 1024, KEY_BYTES = 100 };

struct import {
	struct ctl *ctl;
	const char *path;
	struct import_source *source;
	struct import_rules rules;
	struct arena *arena;        /* of a row while checking, of a batch while importing */
	int64_t rows, bad, problems;
	int64_t imported, batches, batches_there;
};

static void show_problems(struct import *im, const struct import_record *record, const struct import_problems *found)
{
	for (size_t i = 0; i < found->n; i++) {
		if (im->problems++ >= PROBLEMS_SHOWN)
			continue;
		const struct import_problem *p = &found->list[i];
		fprintf(stderr, "line %" PRId64 ": %s%s%s\n", record->line, p->field, p->field[0] == '\0' ? "" : ": ", p->text);
	}
}

static int read_fail(const struct import *im, enum err e)
{
	if (e == ERR_CONFLICT)
		return ctl_fail(im->ctl, "%s was changed while it was being read: run the import again", im->path);
	return ctl_fail(im->ctl, "%s cannot be read: %s", im->path, err_text(e));
}

/* The whole file, in the memory of one row. */
static int check(struct import *im)
{
	struct progress progress;
	enum err e;
	progress_begin(&progress, "bytes checked", 0, import_source_size(im->source));
	for (;;) {
		struct import_record record;
		struct import_problems found;
		struct listing l;
		arena_reset(im->arena);
		e = import_source_next(im->source, im->arena, &record);
		if (e == ERR_OK)
			e = import_row_check(&im->rules, im->arena, &record, &l, &found);
		if (e != ERR_OK)
			break;
		im->rows++;
		im->bad += found.n > 0;
		show_problems(im, &record, &found);
		progress_show(&progress, import_source_position(im->source));
	}
	progress_end(&progress, import_source_position(im->source));
	if (e != ERR_NOT_FOUND)
		return read_fail(im, e);
	if (im->problems > PROBLEMS_SHOWN)
		fprintf(stderr, "... and %" PRId64 " more mistakes.\n", im->problems - PROBLEMS_SHOWN);
	printf("%" PRId64 " rows checked, %" PRId64 " bad.\n", im->rows, im->bad);
	return CTL_OK;
}

/* Reads the next rows into list: *n good ones. *read: how many there were at all. */
static enum err read_batch(struct import *im, bool there, struct listing *list, size_t *n, size_t *read)
{
	*n = *read = 0;
	while (*read < BATCH) {
		struct import_record record;
		struct import_problems found;
		enum err e = import_source_next(im->source, im->arena, &record);
		if (e == ERR_NOT_FOUND && *read > 0)
			return ERR_OK;
		if (e != ERR_OK)
			return e;
		++*read;
		if (there) {
			arena_reset(im->arena);
			continue;
		}
		e = import_row_check(&im->rules, im->arena, &record, &list[*n], &found);
		if (e != ERR_OK)
			return e;
		*n += found.n == 0;
	}
	return ERR_OK;
}

/* One batch; its key tells it from every other file's. ERR_NOT_FOUND: there was no row left. */
static enum err import_batch(struct import *im, int64_t number, size_t *read)
{
	char key[KEY_BYTES];
	bool there = false;
	size_t n;
	snprintf(key, sizeof key, "%s-%" PRId64, import_source_hash(im->source), number);
	arena_reset(im->arena);
	enum err e = import_db_has_batch(im->ctl->db, im->arena, key, &there);
	struct listing *list = there || e != ERR_OK ? NULL : arena_array(im->arena, BATCH, sizeof *list);
	if (e == ERR_OK && !there && list == NULL)
		e = ERR_NOMEM;
	if (e == ERR_OK)
		e = read_batch(im, there, list, &n, read);
	if (e != ERR_OK)
		return e;
	if (!there && n > 0)
		e = listing_db_insert_many(im->ctl->db, im->arena, im->rules.catalog, list, n, key);
	/* another import of the same file was quicker */
	if (e == ERR_EXISTS) {
		there = true;
		e = ERR_OK;
	}
	im->batches++;
	im->batches_there += there;
	if (e == ERR_OK && !there)
		im->imported += (int64_t)n;
	return e;
}

static int import_all(struct import *im)
{
	struct progress progress;
	enum err e = import_source_rewind(im->source);
	int64_t done = 0;
	progress_begin(&progress, "rows", 0, im->rows);
	for (int64_t number = 0; e == ERR_OK; number++) {
		size_t read = 0;
		e = import_batch(im, number, &read);
		if (e == ERR_OK)
			progress_show(&progress, done += (int64_t)read);
	}
	progress_end(&progress, done);
	if (e == ERR_IO || e == ERR_CONFLICT)
		return read_fail(im, e);
	if (e != ERR_NOT_FOUND) {
		int status = ctl_db_fail(im->ctl, im->ctl->db, e, "the import stopped");
		fprintf(stderr, "%" PRId64 " listings are in; run the same command again and it goes on behind them.\n", im->imported);
		return status;
	}
	if (im->batches_there > 0)
		printf("%" PRId64 " of %" PRId64 " batches of this file were in already.\n", im->batches_there, im->batches);
	printf("%" PRId64 " listings imported, %s.\n", im->imported, im->rules.publish ? "published" : "pending");
	return CTL_OK;
}

static int run_import(struct import *im)
{
	int status = check(im);
	if (status != CTL_OK)
		return status;
	if (im->bad > 0 && !args_has(&im->ctl->args, "skip-bad"))
		return ctl_fail(im->ctl, "%s: %" PRId64 " of %" PRId64 " rows are bad: nothing was imported (--skip-bad leaves them out)", im->path, im->bad, im->rows);
	if (args_has(&im->ctl->args, "dry-run")) {
		printf("%" PRId64 " listings would be imported.\n", im->rows - im->bad);
		return CTL_OK;
	}
	return import_all(im);
}

/* By --format, else by the file's name. */
static int find_format(struct ctl *ctl, const char *path, enum import_format *out)
{
	const char *name = args_value(&ctl->args, "format"), *dot = strrchr(path, '.');
	if (name == NULL)
		name = dot == NULL ? "" : dot + 1;
	if (strcmp(name, "csv") == 0 || strcmp(name, "tsv") == 0)
		*out = IMPORT_CSV;
	else if (strcmp(name, "jsonl") == 0 || strcmp(name, "ndjson") == 0)
		*out = IMPORT_JSONL;
	else if (args_has(&ctl->args, "format"))
		return ctl_usage(ctl, "--format: csv or jsonl");
	else
		return ctl_usage(ctl, "%s: its name ends neither in .csv nor in .jsonl: say --format", path);
	return CTL_OK;
}

static int import(struct ctl *ctl)
{
	struct import im = {.ctl = ctl, .path = ctl->args.positional[0]};
	struct catalog *cat = NULL;
	enum import_format format = IMPORT_CSV;
	const char *problem;
	int status = find_format(ctl, im.path, &format);
	if (status == CTL_OK && import_source_open(im.path, format, ctl->arena, &im.source, &problem) != ERR_OK)
		status = ctl_fail(ctl, "%s: %s", im.path, problem);
	if (status == CTL_OK)
		status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK && (im.arena = arena_new(BATCH_ARENA_BYTES)) == NULL)
		status = ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	if (status == CTL_OK) {
		im.rules = (struct import_rules){cat, ctl->conf.site.currency, clock_unix(), args_has(&ctl->args, "publish")};
		status = run_import(&im);
	}
	arena_free(im.arena);
	catalog_free(cat);
	import_source_close(im.source);
	return status;
}

static const struct arg_option options[] = {
	{"dry-run", NULL, "check the file, change nothing"},
	{"skip-bad", NULL, "import the good rows, leave the bad ones out"},
	{"publish", NULL, "show the listings at once; pending unless said"},
	{"format", "csv|jsonl", "when the file's name does not say"},
	{NULL, NULL, NULL},
};

const struct command import_commands[] = {
	{"import", "FILE [--dry-run] [--skip-bad] [--publish]", "Imports a spreadsheet of listings (.csv) or JSON lines (.jsonl)",
	 "The whole file is checked first, by the rules of the form on the site; each mistake is\n"
	 "named with its line and column. One bad row and nothing is imported, unless --skip-bad.\n"
	 "Then it goes in by batches of 1,000. An import that was cut short goes on when the same\n"
	 "command is run again, and nothing goes in twice: a file is known by its contents.\n\n"
	 "A CSV file is in UTF-8 and its first row names the columns, in any order; they are\n"
	 "separated by comma, semicolon or tab. A line of a .jsonl file is an object of the same.\n"
	 "  title, description, category, price, location, contact_name, contact_email\n"
	 "  stock          1 unless given\n"
	 "  published_at   such as 2026-01-31T12:00:00Z; used with --publish, now unless given\n"
	 "  id, state, created_at are passed over; currency, when given, must be the site's\n"
	 "category and location are slugs: see outportctl category list and place list.\n\n"
	 "Examples\n"
	 "  outportctl import spring.csv --dry-run\n"
	 "  outportctl import spring.csv --skip-bad --publish\n",
	 options, 1, 1, CTL_NEEDS_DB, import},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
