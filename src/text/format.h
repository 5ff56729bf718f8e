/* format: numbers, money, dates and ages as each language writes them. */
#pragma once

#include <stdint.h>

#include "text/tr.h"

/* 1250050 CAD: "$1,250.50" / "1 250,50 $" (no-break spaces); whole amounts without cents; 0 is tr(MSG_PRICE_FREE). */
void format_money(struct buf *out, enum lang lang, int64_t minor, const char *currency);
/* 12345: "12,345" / "12 345" */
void format_count(struct buf *out, enum lang lang, int64_t n);
/* 19083034 bytes: "18.2 MB" / "18,2 Mo", of 2^20 bytes, rounded up to a tenth; 15728640: "15 MB" */
void format_megabytes(struct buf *out, enum lang lang, int64_t bytes);
/* "January 31, 2026" / "31 janvier 2026" (UTC) */
void format_date(struct buf *out, enum lang lang, int64_t t);
/* "3 hours ago" / "il y a 3 heures"; "just now"; a date when over 30 days. */
void format_age(struct buf *out, enum lang lang, int64_t t, int64_t now);
