/* err: the one error enum of the program and its message table. */
#pragma once

#define MUST_CHECK __attribute__((warn_unused_result))

enum err {
	ERR_OK = 0,
	ERR_NOMEM,        /* an allocation failed or an arena is used up */
	ERR_TOO_LARGE,    /* a buffer's cap or a stated bound was reached */
	ERR_INVALID,      /* malformed input */
	ERR_RANGE,        /* well-formed, outside its bounds */
	ERR_NOT_FOUND,
	ERR_GONE,         /* was there, has been removed */
	ERR_EXISTS,       /* a unique key is taken */
	ERR_CONFLICT,     /* somebody else changed it first; state does not allow it */
	ERR_LIMITED,      /* too many attempts in the window */
	ERR_TIMEOUT,      /* a statement or a peer took too long */
	ERR_DB_AWAY,      /* no connection to the database: try again later */
	ERR_DB_READ_ONLY, /* the primary became read-only (failover) */
	ERR_DB_RETRY,     /* deadlock or lock wait: the whole transaction may be run again */
	ERR_DB,           /* any other database error: a defect, logged with its number */
	ERR_IO,           /* a file or socket operation failed; errno says more */
	ERR_NO_SPACE,     /* the disk, or a quota, is full */
	ERR_CLOSED,       /* the peer went away */
	ERR_DENIED,       /* another system does not let us */
	ERR_INTERNAL,
	ERR_COUNT
};

/* A short English phrase for the log and the tool; never shown on a page. */
const char *err_text(enum err e);
