#include "model/money.h"

#include <string.h>

enum { CHUNKS_MAX = 8 };

/* The digits between separators; before is the separator in front of them: ' ', ',', '.', or 0 for the first. */
struct chunk {
	const char *digits;
	size_t n;
	char before;
};

/* Bytes of the space s starts with, 0 if none: tab, space, U+00A0, U+2009, U+202F. */
static size_t space_length(const char *s)
{
	if (*s == ' ' || *s == '\t')
		return 1;
	if (s[0] == '\xc2' && s[1] == '\xa0')
		return 2;
	if (s[0] == '\xe2' && s[1] == '\x80' && (s[2] == '\x89' || s[2] == '\xaf'))
		return 3;
	return 0;
}

static const char *skip_spaces(const char *s)
{
	size_t n;
	while ((n = space_length(s)) > 0)
		s += n;
	return s;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Adds the value of n digits to *value, scaled; false over the limit. */
static bool take_digits(const char *digits, size_t n, int64_t *value)
{
	for (size_t i = 0; i < n; i++) {
		*value = *value * 10 + (digits[i] - '0');
		if (*value > MONEY_LIMIT)
			return false;
	}
	return true;
}

/* Whole units in chunks[0, whole), decimals in the one after (or NULL). */
static enum err assemble(const struct chunk *chunks, size_t whole, const struct chunk *decimals, int digits, int64_t *minor)
{
	static const char zeros[] = "000";
	size_t places = decimals == NULL ? 0 : decimals->n;
	if (digits < 0 || digits > 3 || places > (size_t)digits)
		return ERR_INVALID;
	int64_t value = 0;
	for (size_t i = 0; i < whole; i++)
		if (!take_digits(chunks[i].digits, chunks[i].n, &value))
			return ERR_RANGE;
	if (decimals != NULL && !take_digits(decimals->digits, decimals->n, &value))
		return ERR_RANGE;
	if (!take_digits(zeros, (size_t)digits - places, &value))
		return ERR_RANGE;
	*minor = value;
	return ERR_OK;
}

/* Reads digits and single separators up to something else; *end is set to where that is. */
static enum err split(const char *s, struct chunk *chunks, size_t *count, const char **end)
{
	size_t n = 0;
	char before = 0;
	for (;;) {
		if (n == CHUNKS_MAX)
			return ERR_INVALID;
		const char *from = s;
		while (is_digit(*s))
			s++;
		chunks[n++] = (struct chunk){from, (size_t)(s - from), before};
		size_t space = space_length(s);
		if (*s == '.' || *s == ',') {
			before = *s++;
		} else if (space > 0 && is_digit(s[space])) {
			before = ' ';
			s += space;
		} else {
			break;
		}
	}
	*count = n;
	*end = s;
	return ERR_OK;
}

/* Whether chunks[0, n) are groups of three with one kind of separator. */
static bool are_groups(const struct chunk *chunks, size_t n)
{
	if (n == 1)
		return chunks[0].n > 0;
	if (chunks[0].n < 1 || chunks[0].n > 3 || chunks[0].digits[0] == '0')
		return false;
	for (size_t i = 1; i < n; i++)
		if (chunks[i].n != 3 || chunks[i].before == '.' || chunks[i].before != chunks[1].before)
			return false;
	return true;
}

static enum err value_of(const struct chunk *chunks, size_t n, int digits, int64_t *minor)
{
	const struct chunk *last = &chunks[n - 1];
	if (n == 1 || last->before == ' ' || (last->before == ',' && are_groups(chunks, n)))
		return are_groups(chunks, n) ? assemble(chunks, n, NULL, digits, minor) : ERR_INVALID;
	bool bare = n == 2 && chunks[0].n == 0; /* ".50" */
	if (last->n == 0 || (!bare && !are_groups(chunks, n - 1)))
		return ERR_INVALID;
	/* "1,250,50": one sign cannot part groups and decimals both. */
	if (n > 2 && chunks[1].before == last->before)
		return ERR_INVALID;
	return assemble(chunks, n - 1, last, digits, minor);
}

enum err money_parse(const char *s, int digits, int64_t *minor)
{
	struct chunk chunks[CHUNKS_MAX];
	size_t n;
	bool sign = false;
	s = skip_spaces(s);
	if (*s == '$') {
		sign = true;
		s = skip_spaces(s + 1);
	}
	enum err e = split(s, chunks, &n, &s);
	if (e != ERR_OK)
		return e;
	s = skip_spaces(s);
	if (*s == '$' && !sign)
		s = skip_spaces(s + 1);
	if (*s != '\0')
		return ERR_INVALID;
	return value_of(chunks, n, digits, minor);
}

enum err money_parse_decimal(const char *s, int digits, int64_t *minor)
{
	size_t whole = strspn(s, "0123456789");
	if (whole == 0 || (whole > 1 && s[0] == '0'))
		return ERR_INVALID;
	struct chunk chunks[2] = {{s, whole, 0}, {NULL, 0, '.'}};
	s += whole;
	if (*s == '.') {
		chunks[1].digits = s + 1;
		chunks[1].n = strspn(s + 1, "0123456789");
		s = chunks[1].digits + chunks[1].n;
		if (chunks[1].n == 0)
			return ERR_INVALID;
	}
	if (*s != '\0')
		return ERR_INVALID;
	return assemble(chunks, 1, chunks[1].n > 0 ? &chunks[1] : NULL, digits, minor);
}

void money_decimal(int64_t minor, int digits, char out[static 32])
{
	char reversed[32];
	size_t n = 0;
	uint64_t value = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
	for (int i = 0; value > 0 || i <= digits; i++) {
		if (i == digits && digits > 0)
			reversed[n++] = '.';
		reversed[n++] = (char)('0' + value % 10);
		value /= 10;
	}
	if (minor < 0)
		reversed[n++] = '-';
	for (size_t i = 0; i < n; i++)
		out[i] = reversed[n - 1 - i];
	out[n] = '\0';
}

/* ISO 4217, list one (current currencies), by minor digits. Codes of funds and metals are left out. */
static const char two_digits[] =
	"AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
	"CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
	"JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
	"NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
	"SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW";
static const char no_digits[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
static const char three_digits[] = "BHD IQD JOD KWD LYD OMR TND";

static bool lists(const char *codes, const char *code)
{
	for (; *codes != '\0'; codes += codes[3] == '\0' ? 3 : 4)
		if (memcmp(codes, code, 3) == 0)
			return true;
	return false;
}

int money_digits(const char *currency)
{
	if (strlen(currency) != 3)
		return -1;
	if (lists(two_digits, currency))
		return 2;
	if (lists(no_digits, currency))
		return 0;
	return lists(three_digits, currency) ? 3 : -1;
}
