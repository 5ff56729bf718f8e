/* fold: text as search and slugs see it, character by character: lower case, without accents, ligatures and
 * special letters spelled out ("Œuvre" → "oeuvre", "Straße" → "strasse"), compatibility forms made plain ("ﬁ" → "fi"). */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { FOLD_MAX = 32 };

struct fold {
	const unsigned char *at;
	int32_t ready[FOLD_MAX]; /* what the last character of the text became */
	size_t count, next;
};

void fold_start(struct fold *f, const char *text);
/* The next letter or digit; '\'' for an apostrophe of any kind; ' ' for anything else (bad UTF-8 too); 0 at the end. */
int32_t fold_next(struct fold *f);
