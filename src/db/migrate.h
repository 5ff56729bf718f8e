/* migrate: numbered files of sql/ applied once each, in order, under a named lock, with a checksum per file kept in
 * schema_migration. Each file is written so that running it again after it was cut short does no harm. */
#pragma once

#include "db/db.h"

struct migration_report {
	int applied, pending, known;
	char problem[512]; /* what stands against it: a changed file, a gap, a newer schema */
};

typedef void (*migration_note)(void *ctx, const char *name, bool applied);

/* dir: the folder of NNNN_name.sql. dry_run: says what would be done, changes nothing. ERR_CONFLICT: see problem. */
MUST_CHECK enum err migrate_run(struct db *db, const char *dir, bool dry_run, migration_note note, void *ctx, struct migration_report *out);
