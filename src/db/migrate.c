#include "db/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/buf.h"
#include "util/clock.h"
#include "util/mac.h"

enum { FILES_MAX = 9999, NAME_BYTES = 128, FILE_BYTES_MAX = 16 * 1024 * 1024, LOCK_WAIT_SECONDS = 600, ARENA_BYTES = 64 * 1024 * 1024 };

/* The lock is the database's own: servers are shared by sites. */
static const struct db_sql sql_lock = {"SELECT GET_LOCK(CONCAT('outport.migrate.', LEFT(SHA2(DATABASE(), 256), 32)), 1)", false};
static const struct db_sql sql_unlock = {"SELECT RELEASE_LOCK(CONCAT('outport.migrate.', LEFT(SHA2(DATABASE(), 256), 32)))", false};
static const struct db_sql sql_has_table = {
	"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'schema_migration'", false};
static const struct db_sql sql_create = {
	"CREATE TABLE IF NOT EXISTS schema_migration ("
	" version INT UNSIGNED NOT NULL PRIMARY KEY,"
	" name VARCHAR(127) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
	" checksum BINARY(32) NOT NULL,"
	" applied_at DATETIME NOT NULL"
	") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci", false};
static const struct db_sql sql_applied = {"SELECT version, name, checksum FROM schema_migration ORDER BY version", false};
static const struct db_sql sql_record = {"INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)", false};

struct file {
	int version;
	char name[NAME_BYTES];
	uint8_t checksum[32];
	char *text;
};

struct plan {
	struct file *files; /* by version, from 1 without gaps */
	size_t n;
	size_t applied;     /* the first so many are in the database */
	struct arena *arena;
	struct migration_report *report;
};

static enum err problem(struct plan *p, const char *what, const char *name)
{
	snprintf(p->report->problem, sizeof p->report->problem, "%s: %s", name, what);
	return ERR_CONFLICT;
}

/* NNNN_name.sql; 0 for anything else. */
static int version_of(const char *name)
{
	size_t n = strlen(name);
	if (n < 10 || n >= NAME_BYTES || strspn(name, "0123456789") != 4 || name[4] != '_' || strcmp(name + n - 4, ".sql") != 0)
		return 0;
	return (name[0] - '0') * 1000 + (name[1] - '0') * 100 + (name[2] - '0') * 10 + (name[3] - '0');
}

static int by_version(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	return x->version != y->version ? (x->version < y->version ? -1 : 1) : strcmp(x->name, y->name);
}

static enum err read_file(struct plan *p, const char *dir, struct file *f)
{
	char path[1024];
	enum err e = ERR_IO;
	if (snprintf(path, sizeof path, "%s/%s", dir, f->name) >= (int)sizeof path)
		return ERR_TOO_LARGE;
	FILE *in = fopen(path, "rbe");
	struct stat s;
	if (in == NULL || fstat(fileno(in), &s) != 0)
		goto out;
	e = s.st_size > FILE_BYTES_MAX ? ERR_TOO_LARGE : ERR_NOMEM;
	if (e == ERR_TOO_LARGE || (f->text = arena_alloc(p->arena, (size_t)s.st_size + 1)) == NULL)
		goto out;
	size_t n = fread(f->text, 1, (size_t)s.st_size, in);
	e = n == (size_t)s.st_size && strlen(f->text) == n ? ERR_OK : ERR_IO;
	mac_sha256(f->text, n, f->checksum);
out:
	if (in != NULL)
		fclose(in);
	if (e != ERR_OK)
		snprintf(p->report->problem, sizeof p->report->problem, "%s: cannot be read: %s", f->name, e == ERR_IO ? strerror(errno) : err_text(e));
	return e;
}

static enum err list_files(struct plan *p, const char *dir)
{
	DIR *d = opendir(dir);
	if (d == NULL) {
		snprintf(p->report->problem, sizeof p->report->problem, "%s: %s", dir, strerror(errno));
		return ERR_IO;
	}
	enum err e = ERR_OK;
	p->files = arena_array(p->arena, FILES_MAX, sizeof *p->files);
	if (p->files == NULL)
		e = ERR_NOMEM;
	for (struct dirent *entry; e == ERR_OK && (entry = readdir(d)) != NULL;) {
		int version = version_of(entry->d_name);
		if (version == 0)
			continue;
		if (p->n == FILES_MAX) {
			e = ERR_TOO_LARGE;
			break;
		}
		struct file *f = &p->files[p->n++];
		f->version = version;
		memcpy(f->name, entry->d_name, strlen(entry->d_name) + 1);
	}
	closedir(d);
	return e;
}

static enum err load_files(struct plan *p, const char *dir)
{
	enum err e = list_files(p, dir);
	if (e != ERR_OK)
		return e;
	qsort(p->files, p->n, sizeof *p->files, by_version);
	for (size_t i = 0; e == ERR_OK && i < p->n; i++) {
		if (p->files[i].version != (int)i + 1)
			return problem(p, "the numbers of the migrations are not 1, 2, 3 and so on: one is missing or given twice", p->files[i].name);
		e = read_file(p, dir, &p->files[i]);
	}
	if (e == ERR_OK && p->n == 0)
		return problem(p, "no migrations here", dir);
	p->report->known = (int)p->n;
	return e;
}

/* A server that is busy with another host's migration is waited for in short steps: a lost connection shows. */
static enum err take_lock(struct db *db, struct plan *p)
{
	for (int i = 0; i < LOCK_WAIT_SECONDS; i++) {
		struct db_rows r;
		enum err e = db_query(db, &sql_lock, DB_NO_ARGS, p->arena, 1, &r);
		if (e != ERR_OK)
			return e;
		if (db_cell(&r, 0, 0)->i == 1)
			return ERR_OK;
	}
	snprintf(p->report->problem, sizeof p->report->problem, "another host has been migrating this database for %d minutes", LOCK_WAIT_SECONDS / 60);
	return ERR_CONFLICT;
}

static enum err compare(struct db *db, struct plan *p)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_has_table, DB_NO_ARGS, p->arena, 1, &r);
	if (e != ERR_OK || db_cell(&r, 0, 0)->i == 0)
		return e;
	e = db_query(db, &sql_applied, DB_NO_ARGS, p->arena, 2 * FILES_MAX, &r);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < r.n; i++) {
		const char *name = db_cell(&r, i, 1)->s;
		int64_t version = db_cell(&r, i, 0)->i;
		if (version > (int64_t)p->n)
			return problem(p, "is in the database and not here: the schema is newer than this program", name);
		if (version != (int64_t)i + 1)
			return problem(p, "one before it was never applied", name);
		const struct file *f = &p->files[i];
		const struct db_value *sum = db_cell(&r, i, 2);
		if (sum->n != sizeof f->checksum || memcmp(sum->s, f->checksum, sizeof f->checksum) != 0)
			return problem(p, "was changed after it was applied", f->name);
	}
	p->applied = r.n;
	return ERR_OK;
}

static enum err apply(struct db *db, struct plan *p, bool dry_run, migration_note note, void *ctx)
{
	enum err e = dry_run ? ERR_OK : db_exec(db, &sql_create, DB_NO_ARGS, NULL);
	for (size_t i = p->applied; e == ERR_OK && i < p->n; i++) {
		const struct file *f = &p->files[i];
		if (dry_run) {
			p->report->pending++;
		} else {
			e = db_run_script(db, f->text);
			if (e == ERR_OK)
				e = db_exec(db, &sql_record, DB_ARGS(db_int(f->version), db_text(f->name), db_blob(f->checksum, sizeof f->checksum), db_time(clock_unix())), NULL);
			if (e != ERR_OK) {
				snprintf(p->report->problem, sizeof p->report->problem, "%s: %s", f->name, db_error_text(db));
				break;
			}
			p->report->applied++;
		}
		if (note != NULL)
			note(ctx, f->name, !dry_run);
	}
	return e;
}

enum err migrate_run(struct db *db, const char *dir, bool dry_run, migration_note note, void *ctx, struct migration_report *out)
{
	struct plan p = {.report = out};
	*out = (struct migration_report){0};
	p.arena = arena_new(ARENA_BYTES);
	if (p.arena == NULL)
		return ERR_NOMEM;
	bool locked = false;
	enum err e = load_files(&p, dir);
	if (e != ERR_OK)
		goto out;
	e = take_lock(db, &p);
	if (e != ERR_OK)
		goto out;
	locked = true;
	e = compare(db, &p);
	if (e == ERR_OK)
		e = apply(db, &p, dry_run, note, ctx);
out:
	if (e != ERR_OK && out->problem[0] == '\0')
		snprintf(out->problem, sizeof out->problem, "%s", db_error_number(db) != 0 ? db_error_text(db) : err_text(e));
	if (locked) {
		struct db_rows r;
		enum err unlocked = db_query(db, &sql_unlock, DB_NO_ARGS, p.arena, 1, &r);
		if (e == ERR_OK)
			e = unlocked;
	}
	arena_free(p.arena);
	return e;
}
