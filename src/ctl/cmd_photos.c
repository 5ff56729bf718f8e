#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/output.h"
#include "ctl/photo_check.h"
#include "db/photo_db.h"
#include "store/photo.h"
#include "store/photo_meta.h"
#include "util/clock.h"
#include "util/log.h"

enum { SWEEP_BATCH = 500, LINES_MAX = 50, RECORDS_BATCH = 5000 };

static int open_store(struct ctl *ctl, struct photo_store **out)
{
	char why[PHOTO_WHY_MAX];
	enum err e = photo_store_open(&ctl->conf, ctl->cloud, out, why);
	return e == ERR_OK ? CTL_OK : ctl_fail(ctl, "%s", why[0] != '\0' ? why : err_text(e));
}

/* What the store says of it, else the database. */
static int fail(struct ctl *ctl, struct photo_store *store, enum err e, const char *what)
{
	char why[PHOTO_WHY_MAX];
	photo_store_why(store, why);
	if (why[0] == '\0' && e != ERR_IO)
		return ctl_db_fail(ctl, ctl->db, e, what);
	return ctl_fail(ctl, "%s: the photos' %s: %s", what, photo_store_remote(store) ? "bucket" : "folder", why[0] != '\0' ? why : err_text(e));
}

/* ---- check ---- */

static int64_t sum(const int64_t counts[static FINDING_KINDS])
{
	int64_t n = 0;
	for (int i = 0; i < FINDING_KINDS; i++)
		n += counts[i];
	return n;
}

static void put_json(struct json *j, const struct photo_check *c)
{
	json_object(j);
	json_key_int(j, "objects", c->objects);
	json_key_int(j, "files", c->files);
	json_key_int(j, "bytes", c->bytes);
	json_key_int(j, "unknown_files", c->unknown);
	json_key_int(j, "waiting", c->waiting);
	json_key(j, "findings");
	json_object(j);
	for (int kind = 0; kind < FINDING_KINDS; kind++) {
		json_name(j, photo_finding_name((enum photo_finding_kind)kind));
		json_object(j);
		json_key_int(j, "found", c->found[kind]);
		json_key_int(j, "mended", c->mended[kind]);
		json_key(j, "which");
		json_array(j);
		for (size_t i = 0; i < c->n; i++)
			if ((int)c->findings[i].kind == kind)
				json_string(j, c->findings[i].what);
		json_array_end(j);
		json_object_end(j);
	}
	json_object_end(j);
	json_key(j, "clean");
	json_bool(j, sum(c->found) == sum(c->mended));
	json_object_end(j);
}

static int print_findings(struct ctl *ctl, const struct photo_check *c)
{
	static const char *const heads[] = {"WHAT", "FOUND", "MENDED"};
	struct table t;
	for (size_t i = 0; i < c->n && i < LINES_MAX; i++)
		printf("%s: %s%s\n", photo_finding_words(c->findings[i].kind), c->findings[i].what, c->findings[i].mended ? " (mended)" : "");
	if (c->n > LINES_MAX)
		puts("…");
	table_begin(&t, ctl->arena, 3, heads);
	for (int kind = 0; kind < FINDING_KINDS; kind++) {
		char found[32], mended[32];
		snprintf(found, sizeof found, "%" PRId64, c->found[kind]);
		snprintf(mended, sizeof mended, "%" PRId64, c->mended[kind]);
		if (!table_row(&t, (const char *[]){photo_finding_words((enum photo_finding_kind)kind), found, c->mend ? mended : "-"}))
			return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	}
	table_print(&t, stdout);
	printf("%" PRId64 " objects, %" PRId64 " files, %" PRId64 " MB", c->objects, c->files, c->bytes / 1000000);
	if (c->unknown > 0)
		printf("; %" PRId64 " files that are none of ours, left alone", c->unknown);
	if (c->waiting > 0)
		printf("; %" PRId64 " objects, %" PRId64 " KB, on their way into the bucket", c->waiting, c->waiting_bytes / 1000);
	puts(".");
	return CTL_OK;
}

static int say_findings(struct ctl *ctl, const struct photo_check *c)
{
	int status;
	if (args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		put_json(&o.json, c);
		status = output_end(ctl, &o);
	} else {
		status = print_findings(ctl, c);
	}
	if (status == CTL_OK && c->doubtful)
		return ctl_fail(ctl, "more than half of the photos have no files: is this the right folder, and is it mounted? Their rows were left alone; --force removes them");
	return status == CTL_OK && sum(c->found) > sum(c->mended) ? CTL_FAILED : status;
}

static int check(struct ctl *ctl)
{
	struct photo_check c = {.db = ctl->db, .arena = ctl->arena, .now = clock_unix(), .mend = args_has(&ctl->args, "mend"), .quick = args_has(&ctl->args, "quick"),
	                        .force = args_has(&ctl->args, "force")};
	if (c.force && !c.mend)
		return ctl_usage(ctl, "--force: is for --mend");
	int status = open_store(ctl, &c.store);
	if (status != CTL_OK)
		return status;
	/* what is taken from somebody is written down */
	log_set_level(LOG_LEVEL_WARNING);
	enum err e = photo_check_run(&c);
	status = e == ERR_OK ? say_findings(ctl, &c) : fail(ctl, c.store, e, "the photos cannot be checked");
	photo_store_close(c.store);
	return status;
}

/* ---- sweep ---- */

static enum err remove_files(void *ctx, const char *key)
{
	return photo_store_remove(ctx, key);
}

static int sweep(struct ctl *ctl)
{
	struct photo_store *store;
	int status = open_store(ctl, &store);
	if (status != CTL_OK)
		return status;
	int64_t total = 0, n = SWEEP_BATCH;
	enum err e = ERR_OK;
	while (e == ERR_OK && n == SWEEP_BATCH) {
		arena_reset(ctl->arena);
		e = photo_db_sweep(ctl->db, ctl->arena, SWEEP_BATCH, &(const struct photo_remover){remove_files, store, photo_store_remote(store)}, &n);
		total += n;
	}
	printf("%" PRId64 " removed.\n", total);
	status = e == ERR_OK ? CTL_OK : fail(ctl, store, e, "the photos cannot be swept");
	photo_store_close(store);
	return status;
}

/* ---- list ---- */

struct listing_photos {
	struct table table;
	struct json *json;
	bool failed;
	int n;
};

static bool add_row(void *ctx, const struct photo_meta *m)
{
	struct listing_photos *l = ctx;
	char id[32], listing[32], owner[32], size[48], bytes[32], created[32];
	snprintf(id, sizeof id, "%" PRId64, m->photo_id);
	snprintf(listing, sizeof listing, "%" PRId64, m->listing_id);
	snprintf(owner, sizeof owner, "%" PRId64, m->owner_id);
	snprintf(size, sizeof size, "%d x %d", m->width, m->height);
	snprintf(bytes, sizeof bytes, "%" PRId64, m->bytes);
	output_time(m->created_at, created);
	l->failed = !table_row(&l->table, (const char *[]){id, listing, owner, photo_type_name(m->type), bytes, size, created, m->key});
	l->n++;
	return !l->failed;
}

static bool add_json(void *ctx, const struct photo_meta *m)
{
	struct json *j = ((struct listing_photos *)ctx)->json;
	json_object(j);
	json_key_int(j, "id", m->photo_id);
	json_key_int(j, "listing_id", m->listing_id);
	json_key_int(j, "member_id", m->owner_id);
	json_key_string(j, "type", photo_type_media(m->type));
	json_key_int(j, "bytes", m->bytes);
	json_key_int(j, "width", m->width);
	json_key_int(j, "height", m->height);
	json_key_string(j, "key", m->key);
	json_key(j, "created_at");
	json_time(j, m->created_at);
	json_object_end(j);
	return true;
}

/* What is asked for: a listing's, or with owner a member's. */
struct asked {
	struct photo_meta_store store;
	bool owner;
	int64_t id;
	char why[PHOTO_META_WHY_MAX];
};

static enum err read_records(struct ctl *ctl, struct asked *q, photo_meta_each *each, struct listing_photos *l)
{
	return q->owner ? photo_meta_of_owner(&q->store, q->id, each, l, q->why) : photo_meta_of_listing(&q->store, ctl->arena, q->id, each, l, q->why);
}

static int list_json(struct ctl *ctl, struct asked *q, enum err *e)
{
	struct output o;
	struct listing_photos l = {.json = &o.json};
	output_begin(&o);
	json_array(&o.json);
	*e = read_records(ctl, q, add_json, &l);
	json_array_end(&o.json);
	if (*e != ERR_OK) {
		buf_free(&o.buf);
		return CTL_OK;
	}
	return output_end(ctl, &o);
}

static int list_table(struct ctl *ctl, struct asked *q, enum err *e)
{
	static const char *const heads[] = {"ID", "LISTING", "MEMBER", "CAME AS", "BYTES", "KEPT", "ADDED", "KEY"};
	struct listing_photos l = {.failed = false};
	table_begin(&l.table, ctl->arena, 8, heads);
	*e = read_records(ctl, q, add_row, &l);
	if (*e != ERR_OK)
		return CTL_OK;
	if (l.failed)
		return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	if (l.n == 0)
		puts("No photos.");
	else
		table_print(&l.table, stdout);
	return CTL_OK;
}

static int list(struct ctl *ctl)
{
	struct asked q = {.store = {&ctl->conf, ctl->cloud, ctl->db}, .owner = args_has(&ctl->args, "owner")};
	long long id = 0;
	if (args_has(&ctl->args, "listing") == q.owner)
		return ctl_usage(ctl, "either --listing or --owner");
	int status = ctl_number(ctl, q.owner ? "owner" : "listing", 1, INT64_MAX, &id);
	if (status != CTL_OK)
		return status;
	q.id = id;
	enum err e;
	status = args_has(&ctl->args, "json") ? list_json(ctl, &q, &e) : list_table(ctl, &q, &e);
	if (e == ERR_OK)
		return status;
	return q.why[0] != '\0' ? ctl_fail(ctl, "the records of photos cannot be read: %s", q.why) : ctl_db_fail(ctl, ctl->db, e, "the photos cannot be read");
}

/* ---- records ---- */

static int records(struct ctl *ctl)
{
	int64_t after, seen = RECORDS_BATCH, total = 0, n;
	long long from = 0;
	enum err e = ERR_OK;
	int status = ctl_number(ctl, "after", 0, INT64_MAX, &from);
	if (status == CTL_OK && !args_has(&ctl->args, "sync"))
		status = ctl_usage(ctl, "--sync says what is to be done");
	if (status == CTL_OK && strcmp(ctl->conf.media.meta, "dynamodb") != 0)
		status = ctl_fail(ctl, "the photos' rows are their only records: [media] meta is %s", ctl->conf.media.meta);
	if (status != CTL_OK)
		return status;
	for (after = from; e == ERR_OK && seen == RECORDS_BATCH; total += n)
		e = photo_db_order_records(ctl->db, RECORDS_BATCH, &after, &seen, &n);
	printf("%" PRId64 " records ordered, up to photo %" PRId64 ". outport-jobs writes them.\n", total, after);
	return e == ERR_OK ? CTL_OK : ctl_db_fail(ctl, ctl->db, e, "the records cannot be ordered");
}

static const struct arg_option list_options[] = {
	{"listing", "N", "those of this listing"},
	{"owner", "N", "those of this member"},
	{"json", NULL, "as JSON"},
	{NULL, NULL, NULL},
};
static const struct arg_option records_options[] = {
	{"sync", NULL, "order them"},
	{"after", "N", "only those of photos with a higher number than this"},
	{NULL, NULL, NULL},
};
static const struct arg_option check_options[] = {
	{"mend", NULL, "put right what is found"},
	{"quick", NULL, "look at names and lengths, read no file"},
	{"force", NULL, "with --mend: even when most photos have no files"},
	{"json", NULL, "as JSON"},
	{NULL, NULL, NULL},
};

const struct command photos_commands[] = {
	{"photos list", "--listing N | --owner N [--json]", "Lists the records of the photos of a listing or a member",
	 "From the database, or with [media] meta = dynamodb from DynamoDB, where those of a moment\n"
	 "ago may still be missing.\n\n"
	 "Example\n  outportctl photos list --owner 12\n",
	 list_options, 0, 0, CTL_NEEDS_DB, list},
	{"photos records", "--sync [--after N]", "Orders the records of all photos anew, for DynamoDB",
	 "For a site that has photos when it is set to [media] meta = dynamodb, and after a backup\n"
	 "was restored. It may be cut off and run again, at any time and as often as one likes;\n"
	 "with --after it goes on behind that photo.\n\n"
	 "Example\n  outportctl photos records --sync\n",
	 records_options, 0, 0, CTL_NEEDS_DB, records},
	{"photos check", "[--mend [--force]] [--quick] [--json]", "Holds the photos' files against the database",
	 "Finds files without a row and temporary ones (older than an hour), rows without files,\n"
	 "damaged files, and counts that are wrong. --mend removes what nobody can use any more:\n"
	 "files without a row, and the photos whose files are gone, with a line of log for each.\n"
	 "The site may run meanwhile. Exit status 0: nothing found, or all of it mended; 1: not.\n\n"
	 "Example\n  outportctl photos check --mend\n",
	 check_options, 0, 0, CTL_NEEDS_DB, check},
	{"photos sweep", "", "Removes the files of photos that nobody has had for a day",
	 "The jobs do it every ten minutes.\n", NULL, 0, 0, CTL_NEEDS_DB, sweep},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
