#include "util/err.h"

#include <stddef.h>

static const char *const texts[ERR_COUNT] = {
	[ERR_OK] = "no error",
	[ERR_NOMEM] = "out of memory",
	[ERR_TOO_LARGE] = "too large",
	[ERR_INVALID] = "malformed",
	[ERR_RANGE] = "out of range",
	[ERR_NOT_FOUND] = "not found",
	[ERR_GONE] = "removed",
	[ERR_EXISTS] = "already there",
	[ERR_CONFLICT] = "changed by somebody else or not allowed in its present state",
	[ERR_LIMITED] = "too many attempts",
	[ERR_TIMEOUT] = "timed out",
	[ERR_DB_AWAY] = "the database is away",
	[ERR_DB_READ_ONLY] = "the database is read-only",
	[ERR_DB_RETRY] = "deadlock or lock wait",
	[ERR_DB] = "database error",
	[ERR_IO] = "input/output error",
	[ERR_NO_SPACE] = "no space left",
	[ERR_CLOSED] = "the peer went away",
	[ERR_DENIED] = "not allowed",
	[ERR_INTERNAL] = "internal error",
};

const char *err_text(enum err e)
{
	size_t i = (size_t)e;
	return i < ERR_COUNT && texts[i] != NULL ? texts[i] : "unknown error";
}
