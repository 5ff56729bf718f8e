/* conf_schema: the one table that says what the configuration may hold, and the check of a value against its
 * entry. Inside util only; everybody else sees conf.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/conf.h"

enum conf_type {
	CONF_TEXT,
	CONF_INT,
	CONF_PATH,      /* absolute */
	CONF_EMAIL,
	CONF_URL,       /* scheme, host and port, nothing behind */
	CONF_SMTP_URL,  /* the same for smtp:// and smtps:// */
	CONF_CURRENCY,  /* ISO 4217 */
	CONF_CHOICE,    /* one of choices */
	CONF_LIST,      /* some of choices, each once */
	CONF_ADDRESSES, /* list of addresses or CIDR blocks */
	CONF_SECRET,    /* reference of a secret */
	CONF_TEXT_OR_SECRET, /* text of at most max bytes, or such a reference */
};

struct conf_key {
	const char *section;
	const char *key;
	enum conf_type type;
	bool required;       /* must stand in the file and not be empty */
	size_t offset;       /* into struct conf */
	size_t size;         /* of the text there, with its NUL */
	int64_t min, max;    /* of an int; max: of a text that may be a reference */
	const char *initial; /* the default as one would write it; where there is one, empty is refused */
	const char *shown;   /* what the documentation prints for it, when the build decides it */
	const char *choices; /* words with one space between */
	const char *about;   /* a line for the documentation */
};

enum { CONF_WHY_MAX = 384 };

/* The table; *n says how long it is. A section's keys stand together. */
const struct conf_key *conf_schema(size_t *n);
bool conf_schema_has_section(const char *section);
/* Checks value against the entry and stores it. False, with what is wrong as a sentence's end ("is not a number"). */
bool conf_value_store(const struct conf_key *k, const char *value, struct conf *c, char why[static CONF_WHY_MAX]);
/* Like it, but the item is added to a list that stands there already. */
bool conf_value_append(const struct conf_key *k, const char *value, struct conf *c, char why[static CONF_WHY_MAX]);
/* True for types whose value may go on in a further line. */
bool conf_type_is_list(enum conf_type type);
