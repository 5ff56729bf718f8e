#include "util/clock.h"

#include <string.h>
#include <time.h>

enum { DAY = 86400 };
/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of a year can say. */
static const int64_t earliest = -62135596800, latest = 253402300799;

int64_t clock_unix(void)
{
	return clock_unix_ms() / 1000;
}

int64_t clock_unix_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

uint64_t clock_mono_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days and civil dates by the 400-year era that starts on 1 March, as in Howard Hinnant's
 * "chrono-Compatible Low-Level Date Algorithms". */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

void clock_civil(int64_t t, int *year, int *month, int *day, int *hour, int *minute, int *second)
{
	t = t < earliest ? earliest : t > latest ? latest : t;
	int64_t days = floor_div(t, DAY);
	int64_t seconds = t - days * DAY;
	int64_t shifted = days + 719468;
	int64_t era = floor_div(shifted, 146097);
	int64_t doe = shifted - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
	*hour = (int)(seconds / 3600);
	*minute = (int)(seconds / 60 % 60);
	*second = (int)(seconds % 60);
}

int64_t clock_from_civil(int year, int month, int day, int hour, int minute, int second)
{
	return days_from_civil(year, month, day) * DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
}

/* Writes width digits and returns what follows them. */
static char *digits(char *p, int value, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + width;
}

static char *text(char *p, const char *s)
{
	size_t n = strlen(s);
	memcpy(p, s, n);
	return p + n;
}

void clock_rfc3339(int64_t t, char out[static 32])
{
	int year, month, day, hour, minute, second;
	clock_civil(t, &year, &month, &day, &hour, &minute, &second);
	char *p = digits(out, year, 4);
	p = digits(text(p, "-"), month, 2);
	p = digits(text(p, "-"), day, 2);
	p = digits(text(p, "T"), hour, 2);
	p = digits(text(p, ":"), minute, 2);
	p = digits(text(p, ":"), second, 2);
	*text(p, "Z") = '\0';
}

void clock_http_date(int64_t t, char out[static 40])
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int year, month, day, hour, minute, second;
	clock_civil(t, &year, &month, &day, &hour, &minute, &second);
	int64_t since = days_from_civil(year, month, day);
	int weekday = (int)(since + 4 - floor_div(since + 4, 7) * 7); /* 1970-01-01 was a Thursday */
	char *p = text(out, days[weekday]);
	p = digits(text(p, ", "), day, 2);
	p = text(text(text(p, " "), months[month - 1]), " ");
	p = digits(p, year, 4);
	p = digits(text(p, " "), hour, 2);
	p = digits(text(p, ":"), minute, 2);
	p = digits(text(p, ":"), second, 2);
	*text(p, " GMT") = '\0';
}

/* Takes exactly width digits into *value. */
static bool take_digits(const char **s, int width, int *value)
{
	*value = 0;
	for (int i = 0; i < width; i++, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		*value = *value * 10 + (**s - '0');
	}
	return true;
}

static bool take(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool take_date(const char **s, int *year, int *month, int *day)
{
	static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (!take_digits(s, 4, year) || !take(s, '-') || !take_digits(s, 2, month) || !take(s, '-') ||
	    !take_digits(s, 2, day))
		return false;
	if (*year < 1 || *month < 1 || *month > 12 || *day < 1)
		return false;
	bool leap = (*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0;
	return *day <= lengths[*month - 1] + (*month == 2 && leap);
}

static bool take_time(const char **s, int *hour, int *minute, int *second)
{
	if (!take_digits(s, 2, hour) || !take(s, ':') || !take_digits(s, 2, minute) || !take(s, ':') ||
	    !take_digits(s, 2, second))
		return false;
	if (take(s, '.')) {
		int ignored;
		if (!take_digits(s, 1, &ignored))
			return false;
		while (**s >= '0' && **s <= '9')
			(*s)++;
	}
	return *hour <= 23 && *minute <= 59 && *second <= 60;
}

/* "Z", "z" or "+hh:mm": seconds east of UTC. */
static bool take_offset(const char **s, int *offset)
{
	int hour, minute;
	*offset = 0;
	if (take(s, 'Z') || take(s, 'z'))
		return true;
	int sign = **s == '-' ? -1 : 1;
	if (!take(s, '+') && !take(s, '-'))
		return false;
	if (!take_digits(s, 2, &hour) || !take(s, ':') || !take_digits(s, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*offset = sign * (hour * 3600 + minute * 60);
	return true;
}

bool clock_parse(const char *s, int64_t *out)
{
	int year, month, day, hour = 0, minute = 0, second = 0, offset = 0;
	if (!take_date(&s, &year, &month, &day))
		return false;
	if (*s != '\0') {
		if (!take(&s, 'T') && !take(&s, 't'))
			return false;
		if (!take_time(&s, &hour, &minute, &second) || !take_offset(&s, &offset) || *s != '\0')
			return false;
	}
	int64_t t = clock_from_civil(year, month, day, hour, minute, second) - offset;
	/* A leap second stands at the end of a UTC day only (RFC 3339, section 5.7). */
	if (second == 60 && t % DAY != 0)
		return false;
	if (t < earliest || t > latest)
		return false;
	*out = t;
	return true;
}
