/* slug: the readable part of a URL. [a-z0-9-], no leading, trailing or doubled dash. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { SLUG_MAX = 80 };

/* Folds accents and case ("Dory à vendre, St. John's" → "dory-a-vendre-st-johns"); "x" when nothing remains. */
void slug_make(const char *text, char out[static SLUG_MAX + 1]);
bool slug_valid(const char *s);
