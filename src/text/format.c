#include "text/format.h"

#include <string.h>

#include "util/clock.h"

#define NBSP "\u00a0"

/* ISO 4217 codes written with a sign, as the Canadian style guides do; any other stands as its code. */
static const struct {
	char code[4];
	const char *before, *after; /* English, French; all of these have two minor digits */
} signs[] = {
	{"CAD", "$", NBSP "$"},
	{"USD", "US$", NBSP "$" NBSP "US"},
	{"EUR", "€", NBSP "€"},
	{"GBP", "£", NBSP "£"},
};

/* Minor digits other than two (ISO 4217, list one). */
static const char no_digits[][4] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
static const char three_digits[][4] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};

static int minor_digits(const char *currency)
{
	for (size_t i = 0; i < sizeof no_digits / sizeof no_digits[0]; i++)
		if (strcmp(no_digits[i], currency) == 0)
			return 0;
	for (size_t i = 0; i < sizeof three_digits / sizeof three_digits[0]; i++)
		if (strcmp(three_digits[i], currency) == 0)
			return 3;
	return 2;
}

static void put_padded(struct buf *out, uint64_t n, size_t width)
{
	char digits[20];
	size_t at = sizeof digits;
	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	while (sizeof digits - at < width)
		digits[--at] = '0';
	buf_put(out, digits + at, sizeof digits - at);
}

static void put_grouped(struct buf *out, enum lang lang, uint64_t n)
{
	uint64_t unit = 1;
	while (n / unit >= 1000)
		unit *= 1000;
	put_padded(out, n / unit, 1);
	while (unit > 1) {
		buf_puts(out, lang == LANG_FR ? NBSP : ",");
		n %= unit;
		unit /= 1000;
		put_padded(out, n / unit, 3);
	}
}

static uint64_t magnitude(struct buf *out, int64_t n)
{
	if (n >= 0)
		return (uint64_t)n;
	buf_puts(out, "−");
	return 0 - (uint64_t)n;
}

static void put_amount(struct buf *out, enum lang lang, uint64_t minor, int digits)
{
	uint64_t unit = 1;
	for (int i = 0; i < digits; i++)
		unit *= 10;
	put_grouped(out, lang, minor / unit);
	if (minor % unit == 0)
		return;
	buf_putc(out, lang == LANG_FR ? ',' : '.');
	put_padded(out, minor % unit, (size_t)digits);
}

void format_money(struct buf *out, enum lang lang, int64_t minor, const char *currency)
{
	if (minor == 0) {
		buf_puts(out, tr(lang, MSG_PRICE_FREE));
		return;
	}
	const char *before = NULL, *after = NULL;
	for (size_t i = 0; before == NULL && i < sizeof signs / sizeof signs[0]; i++) {
		if (strcmp(signs[i].code, currency) == 0) {
			before = signs[i].before;
			after = signs[i].after;
		}
	}
	uint64_t amount = magnitude(out, minor);
	if (lang == LANG_EN && before != NULL)
		buf_puts(out, before);
	put_amount(out, lang, amount, before != NULL ? 2 : minor_digits(currency));
	if (lang == LANG_FR && after != NULL)
		buf_puts(out, after);
	if (before == NULL) {
		buf_puts(out, NBSP);
		buf_puts(out, currency);
	}
}

void format_count(struct buf *out, enum lang lang, int64_t n)
{
	uint64_t count = magnitude(out, n);
	put_grouped(out, lang, count);
}

void format_megabytes(struct buf *out, enum lang lang, int64_t bytes)
{
	enum { MEGABYTE = 1 << 20, CAP = 64 };
	struct buf number;
	uint64_t whole = bytes > 0 ? (uint64_t)bytes / MEGABYTE : 0, rest = bytes > 0 ? (uint64_t)bytes % MEGABYTE : 0;
	uint64_t tenths = 10 * whole + (10 * rest + MEGABYTE - 1) / MEGABYTE;
	buf_init(&number, CAP);
	put_grouped(&number, lang, tenths / 10);
	if (tenths % 10 != 0) {
		buf_putc(&number, lang == LANG_FR ? ',' : '.');
		put_padded(&number, tenths % 10, 1);
	}
	tr_format(out, lang, MSG_PHOTO_MEGABYTES, (const char *const[]){buf_str(&number)}, 1);
	buf_free(&number);
}

void format_date(struct buf *out, enum lang lang, int64_t t)
{
	static const enum msg months[12] = {MSG_MONTH_1, MSG_MONTH_2, MSG_MONTH_3, MSG_MONTH_4,  MSG_MONTH_5,  MSG_MONTH_6,
	                                    MSG_MONTH_7, MSG_MONTH_8, MSG_MONTH_9, MSG_MONTH_10, MSG_MONTH_11, MSG_MONTH_12};
	int year, month, day, hour, minute, second;
	char day_text[I64_TEXT_SIZE], year_text[I64_TEXT_SIZE];
	clock_civil(t, &year, &month, &day, &hour, &minute, &second);
	i64_text(day, day_text);
	i64_text(year, year_text);
	const char *args[] = {
		day == 1 ? tr(lang, MSG_DATE_FIRST_DAY) : day_text,
		tr(lang, months[month - 1]),
		year_text,
	};
	tr_format(out, lang, MSG_DATE, args, 3);
}

void format_age(struct buf *out, enum lang lang, int64_t t, int64_t now)
{
	enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
	static const struct {
		int64_t below, unit;
		enum msg one, many;
	} steps[] = {
		{HOUR, MINUTE, MSG_AGE_MINUTE, MSG_AGE_MINUTES},
		{DAY, HOUR, MSG_AGE_HOUR, MSG_AGE_HOURS},
		{31 * DAY, DAY, MSG_AGE_DAY, MSG_AGE_DAYS},
	};
	int64_t age = now - t;
	char text[I64_TEXT_SIZE];
	if (age < MINUTE) {
		buf_puts(out, tr(lang, MSG_AGE_NOW));
		return;
	}
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		if (age >= steps[i].below)
			continue;
		int64_t count = age / steps[i].unit;
		i64_text(count, text);
		tr_format(out, lang, count == 1 ? steps[i].one : steps[i].many, (const char *const[]){text}, 1);
		return;
	}
	format_date(out, lang, t);
}
