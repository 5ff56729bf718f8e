/* import_source: the records of a file of listings, CSV with a header row or one JSON object per line, read in constant
 * memory. A record comes as (column, text) pairs under the API's names; one that cannot be read comes with the reason. */
#pragma once

#include <stdint.h>

#include "http/request.h"
#include "util/arena.h"
#include "util/err.h"

enum import_format { IMPORT_CSV, IMPORT_JSONL };
enum { IMPORT_ROW_BYTES = 256 * 1024, IMPORT_HASH_TEXT = 65 };

struct import_source;

struct import_record {
	int64_t line;               /* where it begins, from 1 */
	struct http_params params;
	const char *problem;        /* NULL, or why it cannot be read */
	const char *field;          /* the column the problem is about, or NULL */
};

/* Opens the file, reads a CSV's header and the whole file's SHA-256. On failure *problem says why, in the arena or static. */
MUST_CHECK enum err import_source_open(const char *path, enum import_format format, struct arena *a, struct import_source **out, const char **problem);
void import_source_close(struct import_source *s);
/* Back to the first record. ERR_IO. */
MUST_CHECK enum err import_source_rewind(struct import_source *s);
/* The next record, its texts in the arena. ERR_NOT_FOUND: the end. ERR_CONFLICT: the file was changed meanwhile. */
MUST_CHECK enum err import_source_next(struct import_source *s, struct arena *a, struct import_record *out);
/* 64 hexadecimal digits. */
const char *import_source_hash(const struct import_source *s);
/* Bytes read so far and in all. */
int64_t import_source_position(const struct import_source *s);
int64_t import_source_size(const struct import_source *s);
/* Columns that are let through unread: what an export has and an import does not set. */
bool import_column_ignored(const char *name);
