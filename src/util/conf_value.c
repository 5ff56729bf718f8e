#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "util/conf_schema.h"
#include "util/utf8.h"

enum { LIST_ITEMS_MAX = CONF_TRUSTED_MAX, ADDRESS_MAX = 64 };

static bool refuse(char *why, const char *text)
{
	snprintf(why, CONF_WHY_MAX, "%s", text);
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Decimal digits with a sign at most, nothing around them. */
static bool parse_int(const char *s, int64_t *out)
{
	bool negative = *s == '-';
	int64_t v = 0;
	s += negative;
	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); s++)
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *s - '0', &v))
			return false;
	*out = negative ? -v : v;
	return *s == '\0';
}

static bool store_int(const struct conf_key *k, const char *value, struct conf *c, char *why)
{
	int64_t v;
	if (!parse_int(value, &v))
		return refuse(why, "is not a whole number");
	if (v < k->min || v > k->max) {
		snprintf(why, CONF_WHY_MAX, "must be %lld to %lld", (long long)k->min, (long long)k->max);
		return false;
	}
	memcpy((char *)c + k->offset, &v, sizeof v);
	return true;
}

static bool check_path(const char *s, char *why)
{
	return s[0] == '/' ? true : refuse(why, "is not an absolute path");
}

/* Labels of letters, digits and inner hyphens (RFC 1123, section 2.1). */
static bool is_host_name(const char *s, size_t n)
{
	char before = '.';
	if (n == 0 || n > 253)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		bool edge = before == '.' || i + 1 == n || s[i + 1] == '.';
		if (!is_letter_or_digit(c) && !(c == '-' && !edge) && !(c == '.' && before != '.' && i + 1 < n))
			return false;
		before = c;
	}
	return true;
}

/* A dot-atom before the @, a host name behind (RFC 5321, section 4.1.2, without quoted strings and literals). */
static bool check_email(const char *s, char *why)
{
	const char *at = strrchr(s, '@');
	size_t local = at != NULL ? (size_t)(at - s) : 0;
	bool good = local > 0 && local <= 64 && s[0] != '.' && at[-1] != '.' && is_host_name(at + 1, strlen(at + 1));
	for (size_t i = 0; good && i < local; i++)
		good = is_letter_or_digit(s[i]) || (s[i] == '.' && s[i + 1] != '.') ||
		       (s[i] != '.' && strchr("!#$%&'*+-/=?^_`{|}~", s[i]) != NULL);
	return good ? true : refuse(why, "is not an e-mail address");
}

static bool is_port(const char *s)
{
	int64_t port;
	return parse_int(s, &port) && port >= 1 && port <= 65535;
}

/* Behind the scheme: a name or an address in brackets, a port at most, nothing else. */
static bool is_authority(const char *s)
{
	const char *end;
	if (*s == '[') {
		struct in6_addr ignored;
		char address[ADDRESS_MAX];
		end = strchr(s, ']');
		if (end == NULL || (size_t)(end - s) >= sizeof address)
			return false;
		memcpy(address, s + 1, (size_t)(end - s - 1));
		address[end - s - 1] = '\0';
		if (inet_pton(AF_INET6, address, &ignored) != 1)
			return false;
		end++;
	} else {
		end = s + strcspn(s, ":");
		if (!is_host_name(s, (size_t)(end - s)))
			return false;
	}
	return *end == '\0' || (*end == ':' && is_port(end + 1));
}

static bool check_url(const char *s, char *why)
{
	size_t scheme = strncmp(s, "https://", 8) == 0 ? 8 : strncmp(s, "http://", 7) == 0 ? 7 : 0;
	return scheme > 0 && is_authority(s + scheme) ? true : refuse(why, "is not http:// or https:// with a host, a port at most, and nothing behind");
}

static bool check_smtp_url(const char *s, char *why)
{
	size_t scheme = strncmp(s, "smtps://", 8) == 0 ? 8 : strncmp(s, "smtp://", 7) == 0 ? 7 : 0;
	return scheme > 0 && is_authority(s + scheme) ? true : refuse(why, "is not smtp:// or smtps:// with a host, a port at most, and nothing behind");
}

static bool check_currency(const char *s, char *why)
{
	bool good = strlen(s) == 3;
	for (size_t i = 0; good && i < 3; i++)
		good = s[i] >= 'A' && s[i] <= 'Z';
	return good ? true : refuse(why, "is not a currency's code of three capital letters");
}

static bool among(const char *choices, const char *s, size_t n)
{
	for (const char *word = choices; *word != '\0';) {
		size_t length = strcspn(word, " ");
		if (length == n && memcmp(word, s, n) == 0)
			return true;
		word += length + (word[length] != '\0');
	}
	return false;
}

static bool check_choice(const struct conf_key *k, const char *s, char *why)
{
	if (among(k->choices, s, strlen(s)))
		return true;
	snprintf(why, CONF_WHY_MAX, "is not one of: %s", k->choices);
	return false;
}

/* "10.0.0.0/8", "::1": an address and, behind a slash, how many bits of it count. */
static bool is_address(const char *s, size_t n)
{
	char text[ADDRESS_MAX];
	struct in6_addr ignored;
	int64_t bits = 0;
	if (n >= sizeof text)
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	char *slash = strchr(text, '/');
	if (slash != NULL) {
		*slash = '\0';
		if (!is_digit(slash[1]) || !parse_int(slash + 1, &bits))
			return false;
	}
	if (inet_pton(AF_INET, text, &ignored) == 1)
		return bits <= 32;
	return inet_pton(AF_INET6, text, &ignored) == 1 && bits <= 128;
}

static bool check_item(const struct conf_key *k, const char *s, size_t n, char *why)
{
	if (k->type == CONF_ADDRESSES ? is_address(s, n) : among(k->choices, s, n))
		return true;
	if (k->type == CONF_ADDRESSES)
		snprintf(why, CONF_WHY_MAX, "holds \"%.*s\", which is neither an address nor a CIDR block", (int)n, s);
	else
		snprintf(why, CONF_WHY_MAX, "holds \"%.*s\"; known are: %s", (int)n, s, k->choices);
	return false;
}

/* Items between commas, blanks around them left out: written back as "a,b". */
static bool store_list(const struct conf_key *k, const char *value, char *to, char *why)
{
	struct {
		const char *s;
		size_t n;
	} seen[LIST_ITEMS_MAX];
	size_t count = 0, len = 0;
	for (const char *s = value;;) {
		s += strspn(s, " \t");
		if (*s == '\0')
			break; /* a comma may end the line that a list goes on from */
		size_t all = strcspn(s, ","), n = all;
		while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
			n--;
		if (!check_item(k, s, n, why))
			return false;
		for (size_t i = 0; i < count; i++)
			if (seen[i].n == n && memcmp(seen[i].s, s, n) == 0)
				return refuse(why, "holds the same item twice");
		if (count == LIST_ITEMS_MAX || len + n + 2 > k->size)
			return refuse(why, "holds too many items");
		seen[count].s = s;
		seen[count++].n = n;
		if (len > 0)
			to[len++] = ',';
		memcpy(to + len, s, n);
		len += n;
		if (s[all] == '\0')
			break;
		s += all + 1;
	}
	to[len] = '\0';
	return true;
}

/* Where secrets are kept. */
static const struct {
	const char *scheme;
	bool path; /* absolute */
} schemes[] = {{"file:", true}, {"env:", false}, {"kms:", true}, {"ssm:", false}, {"secretsmanager:", false}};

/* What stands behind the scheme; NULL: s has none. */
static const char *behind_scheme(const char *s, bool *path)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t n = strlen(schemes[i].scheme);
		*path = schemes[i].path;
		if (strncmp(s, schemes[i].scheme, n) == 0)
			return s + n;
	}
	return NULL;
}

bool conf_is_reference(const char *s)
{
	bool path;
	return behind_scheme(s, &path) != NULL;
}

static bool check_secret(const char *s, char *why)
{
	bool path;
	const char *rest = behind_scheme(s, &path);
	if (rest != NULL && (path ? rest[0] == '/' && rest[1] != '\0' : rest[0] != '\0'))
		return true;
	return refuse(why, "must say where the secret is kept, as file:/PATH, env:NAME, kms:/PATH, ssm:NAME or secretsmanager:ID");
}

static bool check_text_or_secret(const struct conf_key *k, const char *s, char *why)
{
	if (conf_is_reference(s))
		return check_secret(s, why);
	if (strlen(s) <= (size_t)k->max)
		return true;
	snprintf(why, CONF_WHY_MAX, "is longer than %lld bytes", (long long)k->max);
	return false;
}

static bool check_text(const struct conf_key *k, const char *s, char *why)
{
	switch (k->type) {
	case CONF_PATH: return check_path(s, why);
	case CONF_EMAIL: return check_email(s, why);
	case CONF_URL: return check_url(s, why);
	case CONF_SMTP_URL: return check_smtp_url(s, why);
	case CONF_CURRENCY: return check_currency(s, why);
	case CONF_CHOICE: return check_choice(k, s, why);
	case CONF_SECRET: return check_secret(s, why);
	case CONF_TEXT_OR_SECRET: return check_text_or_secret(k, s, why);
	case CONF_TEXT:
	case CONF_INT:
	case CONF_LIST:
	case CONF_ADDRESSES: break;
	}
	return true;
}

bool conf_type_is_list(enum conf_type type)
{
	return type == CONF_LIST || type == CONF_ADDRESSES;
}

bool conf_value_store(const struct conf_key *k, const char *value, struct conf *c, char why[static CONF_WHY_MAX])
{
	char *to = (char *)c + k->offset;
	size_t n = strlen(value);
	if (k->type == CONF_INT)
		return store_int(k, value, c, why);
	if (!utf8_valid(value, n) || utf8_has_control(value, n, false))
		return refuse(why, "holds control characters or is not UTF-8");
	if (n == 0 && k->initial[0] != '\0')
		return refuse(why, "is empty");
	if (conf_type_is_list(k->type))
		return store_list(k, value, to, why);
	if (n >= k->size) {
		snprintf(why, CONF_WHY_MAX, "is longer than %zu bytes", k->size - 1);
		return false;
	}
	if (n > 0 && !check_text(k, value, why))
		return false;
	memcpy(to, value, n + 1);
	return true;
}

bool conf_value_append(const struct conf_key *k, const char *value, struct conf *c, char why[static CONF_WHY_MAX])
{
	char joined[CONF_TEXT_MAX * 2];
	const char *old = (const char *)c + k->offset;
	int n = snprintf(joined, sizeof joined, "%s%s%s", old, *old != '\0' ? "," : "", value);
	if (n < 0 || (size_t)n >= sizeof joined)
		return refuse(why, "holds too many items");
	return conf_value_store(k, joined, c, why);
}
