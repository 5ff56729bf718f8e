/* clock: wall and monotonic time, and the textual forms of a point in time. Times are UTC seconds since
 * 1970 in an int64_t unless a name says otherwise. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

int64_t clock_unix(void);
int64_t clock_unix_ms(void);
uint64_t clock_mono_us(void);

enum { CLOCK_RFC3339_LENGTH = 20 };
/* "2026-01-31T12:00:00Z" (RFC 3339, section 5.6). */
void clock_rfc3339(int64_t t, char out[static 32]);
/* "Sat, 31 Jan 2026 12:00:00 GMT" (RFC 9110, section 5.6.7). */
void clock_http_date(int64_t t, char out[static 40]);
/* Accepts RFC 3339 with Z or an offset, and a bare date (midnight UTC). False when it is neither. */
bool clock_parse(const char *s, int64_t *out);
/* Calendar date in UTC. month 1-12, day 1-31. */
void clock_civil(int64_t t, int *year, int *month, int *day, int *hour, int *minute, int *second);
int64_t clock_from_civil(int year, int month, int day, int hour, int minute, int second);
