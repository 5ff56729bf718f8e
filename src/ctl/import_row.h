/* import_row: from a record to a listing, by the same checks as the form on the site. */
#pragma once

#include "ctl/import_source.h"
#include "model/catalog.h"
#include "model/listing.h"
#include "text/field_error.h"

struct import_rules {
	const struct catalog *catalog;
	const char *currency;  /* the site's */
	int64_t now;
	bool publish;          /* else the listings wait for a decision */
};

struct import_problem {
	const char *field;     /* "" for the row as a whole */
	const char *text;
};

struct import_problems {
	struct import_problem list[FIELD_ERRORS_MAX];
	size_t n;
};

/* Fills *out, its texts in the arena, or *problems (n > 0). ERR_NOMEM. */
MUST_CHECK enum err import_row_check(const struct import_rules *rules, struct arena *a, const struct import_record *record,
                                     struct listing *out, struct import_problems *problems);
