/* ctl: what a command of outportctl gets, and how it ends. A command prints its result on stdout and one clear sentence
 * on stderr when it fails. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctl/args.h"
#include "db/db.h"
#include "http/form.h"
#include "store/cloud.h"
#include "store/database_login.h"
#include "util/arena.h"
#include "util/conf.h"
#include "util/err.h"

enum { CTL_OK = 0, CTL_FAILED = 1, CTL_USAGE = 2 };

enum { CTL_ARENA_BYTES = 64 * 1024 * 1024 };

enum ctl_need {
	CTL_NEEDS_NOTHING,
	CTL_NEEDS_CONF,   /* ctl->conf is loaded */
	CTL_NEEDS_DB,     /* and ctl->db is connected */
};

struct command;

struct ctl {
	const struct command *command;
	const char *config_path;
	struct args args;
	struct conf conf;
	struct cloud *cloud;   /* with the configuration */
	struct database_login *login; /* made by ctl_login */
	struct arena *arena;
	struct db *db;
};

/* A table of commands ends with a name of NULL. */
struct command {
	const char *name;      /* "category add" */
	const char *usage;     /* its arguments: "SLUG --name-en NAME …" */
	const char *summary;   /* one line */
	const char *details;   /* paragraphs and examples; NULL */
	const struct arg_option *options; /* NULL: none */
	unsigned min_args, max_args;
	enum ctl_need need;
	int (*run)(struct ctl *ctl);
};

extern const struct command check_config_commands[], migrate_commands[], setup_commands[], category_commands[], place_commands[],
	resource_commands[], message_commands[], listing_commands[], demo_data_commands[], import_commands[], export_commands[],
	secrets_commands[], jobs_commands[], outbox_commands[], member_commands[], photos_commands[], store_commands[];

/* Prints "outportctl: …" on stderr and returns CTL_FAILED. */
int ctl_fail(const struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same with where to find help; returns CTL_USAGE. */
int ctl_usage(const struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* For an error of the database while doing something ("the categories cannot be read"): says what the server said. */
int ctl_db_fail(const struct ctl *ctl, struct db *db, enum err e, const char *what);

/* The configuration's login, read; said and returned as above when it cannot be. */
int ctl_login(struct ctl *ctl, struct db_login_source *out);
/* A connection without a time limit on statements, as source says, or as conf's user with this password; said and returned as above when it fails. */
int ctl_connect(struct ctl *ctl, const struct conf *conf, const struct db_login_source *source, struct db **out);
int ctl_connect_as(struct ctl *ctl, const struct conf *conf, const char *password, struct db **out);

/* Said when the reference of a key cannot be read, as far as this can be told without asking AWS. */
int ctl_check_secret(struct ctl *ctl, const char *key, const char *reference);

/* Fills *out from the options named like the fields ("contact-name" for contact_name); present: the values that stand for
 * options not given (by field name), or NULL. Mistakes are said; CTL_OK or CTL_USAGE. */
int ctl_form(struct ctl *ctl, const struct field *fields, size_t n, const struct http_params *present, void *out);
/* What a field error says, in English: "Write at least 4 characters." The text lives in the arena. */
const char *ctl_field_text(struct arena *a, const struct field_error *e);
/* Argument number i as an id from 1; said when it is none. */
int ctl_id(struct ctl *ctl, size_t i, int64_t *out);
/* Said when text is no slug of at most max bytes. */
int ctl_slug(struct ctl *ctl, const char *text, size_t max);
/* An option's whole number; *out stays when it is not given. */
int ctl_number(struct ctl *ctl, const char *option, long long min, long long max, long long *out);
/* A whole file ("-": stdin) of at most max bytes as text in the arena. */
int ctl_read_file(struct ctl *ctl, const char *path, size_t max, char **out);
