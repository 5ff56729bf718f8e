#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "ctl/ctl_catalog.h"
#include "ctl/output.h"
#include "db/catalog_db.h"
#include "db/listing_db.h"
#include "model/money.h"
#include "render/json.h"
#include "util/clock.h"
#include "util/csv.h"

enum { ROW_BYTES = 1024 * 1024, PATH_BYTES = 1024 };

static const char *const columns[] = {"id", "state", "title", "description", "category", "price", "currency", "location", "stock",
                                      "contact_name", "contact_email", "created_at", "published_at"};
enum { COLUMNS = sizeof columns / sizeof *columns };

struct export {
	FILE *out;
	const struct catalog *catalog;
	bool json;
	struct buf row;
	int64_t n;
	int problem; /* errno of the write that failed */
};

/* The row's texts in the order of columns; NULL for the two that are numbers. */
struct texts {
	const char *list[COLUMNS];
	char price[32], created_at[32], published_at[32];
};

static void collect(const struct export *x, const struct listing *l, struct texts *t)
{
	const struct category *c = catalog_category(x->catalog, l->category_id);
	const struct place *p = catalog_place(x->catalog, l->place_id);
	money_decimal(l->price_minor, money_digits(l->currency), t->price);
	clock_rfc3339(l->created_at, t->created_at);
	t->published_at[0] = '\0';
	if (l->published_at != 0)
		clock_rfc3339(l->published_at, t->published_at);
	const char *const list[COLUMNS] = {NULL, listing_state_name(l->state), l->title, l->description, c == NULL ? "" : c->slug, t->price, l->currency,
	                                   p == NULL ? "" : p->slug, NULL, l->contact_name, l->contact_email, t->created_at, t->published_at};
	memcpy(t->list, list, sizeof list);
}

static int64_t number(const struct listing *l, size_t column)
{
	return column == 0 ? l->id : l->stock;
}

static void put_csv(struct export *x, const struct listing *l, const struct texts *t)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		if (t->list[i] == NULL)
			csv_put_i64(&x->row, number(l, i), i == 0);
		else
			csv_put(&x->row, t->list[i], i == 0);
	}
	csv_end_row(&x->row);
}

static void put_json(struct export *x, const struct listing *l, const struct texts *t)
{
	struct json j;
	json_begin(&j, &x->row);
	json_object(&j);
	for (size_t i = 0; i < COLUMNS; i++) {
		json_name(&j, columns[i]);
		if (t->list[i] == NULL)
			json_int(&j, number(l, i));
		else
			json_string(&j, t->list[i][0] == '\0' ? NULL : t->list[i]);
	}
	json_object_end(&j);
	buf_putc(&x->row, '\n');
}

static bool write_row(struct export *x)
{
	if (x->row.error == ERR_OK && fwrite(x->row.data, 1, x->row.len, x->out) == x->row.len)
		return true;
	x->problem = x->row.error == ERR_OK ? errno : EOVERFLOW;
	return false;
}

static bool each(void *ctx, const struct listing *l)
{
	struct export *x = ctx;
	struct texts t;
	collect(x, l, &t);
	buf_reset(&x->row);
	if (x->json)
		put_json(x, l, &t);
	else
		put_csv(x, l, &t);
	x->n++;
	return write_row(x);
}

static int run_export(struct ctl *ctl, struct export *x, enum listing_state state, const char *name)
{
	bool good = true;
	if (!x->json) {
		for (size_t i = 0; i < COLUMNS; i++)
			csv_put(&x->row, columns[i], i == 0);
		csv_end_row(&x->row);
		good = write_row(x);
	}
	enum err e = good ? listing_db_export(ctl->db, state, each, x) : ERR_OK;
	if (x->problem == 0 && fflush(x->out) != 0)
		x->problem = errno;
	if (x->problem != 0)
		return ctl_fail(ctl, "%s cannot be written: %s", name, strerror(x->problem));
	return e == ERR_OK ? CTL_OK : ctl_db_fail(ctl, ctl->db, e, "the export stopped");
}

/* Into a new file beside it, which takes its name when it is whole: only the owner may read it, it holds addresses. */
static int export_to_file(struct ctl *ctl, struct export *x, enum listing_state state, const char *path)
{
	char temporary[PATH_BYTES];
	struct stat there;
	/* a device would be replaced by a file of its name */
	if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
		return ctl_fail(ctl, "--output: %s is there and is no file", path);
	if (snprintf(temporary, sizeof temporary, "%s.part", path) >= (int)sizeof temporary)
		return ctl_usage(ctl, "--output: the path is too long");
	int status = CTL_OK;
	x->out = fopen(temporary, "wbe");
	if (x->out == NULL || fchmod(fileno(x->out), S_IRUSR | S_IWUSR) != 0)
		status = ctl_fail(ctl, "%s cannot be made: %s", temporary, strerror(errno));
	if (status == CTL_OK)
		status = run_export(ctl, x, state, temporary);
	if (x->out != NULL && fclose(x->out) != 0 && status == CTL_OK)
		status = ctl_fail(ctl, "%s cannot be written: %s", temporary, strerror(errno));
	if (status == CTL_OK && rename(temporary, path) != 0)
		status = ctl_fail(ctl, "%s cannot be made: %s", path, strerror(errno));
	if (status != CTL_OK)
		unlink(temporary);
	else
		printf("%" PRId64 " listings written to %s.\n", x->n, path);
	return status;
}

static int export(struct ctl *ctl)
{
	struct export x = {.out = stdout};
	struct catalog *cat = NULL;
	enum listing_state state = LISTING_PUBLISHED;
	const char *format = args_value(&ctl->args, "format"), *name = args_value(&ctl->args, "state"), *path = args_value(&ctl->args, "output");
	if (name != NULL && !listing_state_parse(name, &state))
		return ctl_usage(ctl, "--state: " LISTING_STATE_NAMES);
	if (format != NULL && strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0)
		return ctl_usage(ctl, "--format: csv or jsonl");
	x.json = format != NULL && strcmp(format, "jsonl") == 0;
	int status = ctl_catalog(ctl, &cat);
	x.catalog = cat;
	buf_init(&x.row, ROW_BYTES);
	if (status == CTL_OK)
		status = path == NULL ? run_export(ctl, &x, state, "the output") : export_to_file(ctl, &x, state, path);
	buf_free(&x.row);
	catalog_free(cat);
	return status;
}

static const struct arg_option options[] = {
	{"format", "csv|jsonl", "csv unless said"},
	{"state", "STATE", OUTPUT_STATE_HELP},
	{"output", "FILE", "a file, which only its owner may read; else stdout"},
	{NULL, NULL, NULL},
};

const struct command export_commands[] = {
	{"export", "[--format csv|jsonl] [--state STATE] [--output FILE]", "Exports the listings of a state",
	 "What comes out can be imported again. It holds the sellers' addresses: keep it safe.\n"
	 "In CSV a cell that a spreadsheet would take for a formula (it begins with = + - or @)\n"
	 "gets an apostrophe in front, which the import takes off again.\n\n"
	 "Examples\n"
	 "  outportctl export --output listings.csv\n"
	 "  outportctl export --format jsonl --state pending | wc -l\n",
	 options, 0, 0, CTL_NEEDS_DB, export},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
