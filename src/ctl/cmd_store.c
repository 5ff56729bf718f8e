#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/output.h"
#include "ctl/photo_copy.h"
#include "ctl/progress.h"

static void show_progress(void *ctx, int64_t done, int64_t total)
{
	struct progress *p = ctx;
	if (p->what == NULL)
		progress_begin(p, "photos", 0, total);
	progress_show(p, done);
}

static int open_store(struct ctl *ctl, const char *option, struct photo_store **out)
{
	char why[PHOTO_WHY_MAX];
	const char *name = args_value(&ctl->args, option);
	if (name == NULL || (strcmp(name, "folder") != 0 && strcmp(name, "s3") != 0))
		return ctl_usage(ctl, "--%s: folder or s3", option);
	enum err e = photo_store_open_as(&ctl->conf, ctl->cloud, name, out, why);
	return e == ERR_OK ? CTL_OK : ctl_fail(ctl, "%s: %s", name, why[0] != '\0' ? why : err_text(e));
}

static void put_json(struct json *j, const struct photo_copy *c)
{
	json_object(j);
	json_key_int(j, "objects", c->objects);
	json_key(j, "dry_run");
	json_bool(j, c->dry_run);
	json_key_int(j, "copied", c->copied);
	json_key_int(j, "bytes", c->bytes);
	json_key_int(j, "there", c->there);
	json_key_int(j, "pending", c->pending);
	json_key_int(j, "failed", c->failed);
	json_key_int(j, "unknown_files", c->unknown);
	json_key(j, "failures");
	json_array(j);
	for (int64_t i = 0; i < c->failed && i < PHOTO_COPY_KEPT; i++) {
		json_object(j);
		json_key_string(j, "key", c->failures[i].key);
		json_key_string(j, "what", c->failures[i].what);
		json_key_string(j, "error", err_text(c->failures[i].e));
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void print_result(const struct photo_copy *c)
{
	for (int64_t i = 0; i < c->failed && i < PHOTO_COPY_KEPT; i++)
		printf("%s %s: %s\n", c->failures[i].key, c->failures[i].what, err_text(c->failures[i].e));
	if (c->failed > 0 && c->why[0] != '\0' && !c->away)
		printf("The last of them: %s\n", c->why);
	for (int64_t i = 0; i < c->unknown && i < PHOTO_COPY_KEPT; i++)
		printf("%s: no row knows it\n", c->unknown_names[i]);
	printf("%" PRId64 " photos: %" PRId64 " %s (%" PRId64 " MB), %" PRId64 " there already", c->objects, c->copied, c->dry_run ? "to copy" : "copied", c->bytes / 1000000, c->there);
	if (c->pending > 0)
		printf(", %" PRId64 " that the jobs will bring", c->pending);
	if (c->failed > 0)
		printf(", %" PRId64 " failed", c->failed);
	puts(".");
	if (c->unknown > 0)
		printf("%" PRId64 " files that no row knows were not copied.\n", c->unknown);
}

static int say(struct ctl *ctl, const struct photo_copy *c)
{
	int status = CTL_OK;
	if (args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		put_json(&o.json, c);
		status = output_end(ctl, &o);
	} else {
		print_result(c);
	}
	if (status == CTL_OK && c->away)
		return ctl_fail(ctl, "the copy is not complete: %s", c->why[0] != '\0' ? c->why : "a store cannot be read");
	return status == CTL_OK && c->failed > 0 ? CTL_FAILED : status;
}

static int copy(struct ctl *ctl)
{
	struct progress progress = {.what = NULL};
	struct photo_copy c = {.db = ctl->db, .dry_run = args_has(&ctl->args, "dry-run")};
	int status = open_store(ctl, "from", &c.from);
	if (status == CTL_OK)
		status = open_store(ctl, "to", &c.to);
	if (status == CTL_OK && strcmp(args_value(&ctl->args, "from"), args_value(&ctl->args, "to")) == 0)
		status = ctl_usage(ctl, "--from and --to: the same store");
	if (status == CTL_OK) {
		if (!args_has(&ctl->args, "json")) {
			c.progress = show_progress;
			c.ctx = &progress;
		}
		enum err e = photo_copy_run(&c);
		if (progress.what != NULL)
			progress_end(&progress, c.copied + c.there + c.pending + c.failed);
		status = e == ERR_OK ? say(ctl, &c) : ctl_db_fail(ctl, ctl->db, e, "the photos cannot be copied");
	}
	photo_store_close(c.from);
	photo_store_close(c.to);
	return status;
}

static const struct arg_option copy_options[] = {
	{"from", "STORE", "where they are: folder or s3"},
	{"to", "STORE", "where they go: the other"},
	{"dry-run", NULL, "says how many there are to copy, and copies none"},
	{"json", NULL, "as JSON"},
	{NULL, NULL, NULL},
};

const struct command store_commands[] = {
	{"store copy", "--from STORE --to STORE [--dry-run] [--json]", "Copies all photos from one store to the other",
	 "The folder is [media] photos, the bucket [media] bucket, whichever is in use. What is\n"
	 "there already, the same by length and SHA-256, is passed by: cut off, it is done\n"
	 "again and goes on. Nothing is removed. The site may run meanwhile.\n"
	 "Exit status 0: all photos are there, each held against its checksum; 1: not.\n\n"
	 "Example\n  outportctl store copy --from folder --to s3\n",
	 copy_options, 0, 0, CTL_NEEDS_DB, copy},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
