/* money: integers of minor units and an ISO 4217 code. Never a float. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

#define MONEY_LIMIT INT64_C(99999999999) /* 999,999,999.99 */

/* Parses an amount people type: "1250", "1,250.50", "1 250,50" (also no-break and narrow no-break spaces),
 * "$1,250.50", "1 250,50 $", "1250.5". Groups must be of three; at most `digits` decimals; no sign.
 * A full stop is the decimal sign and a space parts groups. A comma parts groups when exactly three digits follow it and one
 * to three, not beginning with 0, stand before it ("1,250"); else it is the decimal sign ("1,25", "1250,5").
 * ERR_INVALID, or ERR_RANGE over MONEY_LIMIT. digits: the currency's minor digits (money_digits). */
MUST_CHECK enum err money_parse(const char *s, int digits, int64_t *minor);
/* The strict machine form of the API and of queries: "1250", "1250.5", "1250.50". */
MUST_CHECK enum err money_parse_decimal(const char *s, int digits, int64_t *minor);
/* "1250.50": the machine form. */
void money_decimal(int64_t minor, int digits, char out[static 32]);
/* Minor digits of an ISO 4217 code (CAD 2, JPY 0, KWD 3); -1 for what is no code we know. */
int money_digits(const char *currency);
