#include "util/json_pick.h"

#include <stdint.h>
#include <string.h>

#include "util/utf8.h"

enum { NAME_SIZE = 64 };

struct reading {
	const char *at, *end;
	struct json_member *members;
	size_t n_members;
};

/* Where a text goes; to NULL: nowhere. */
struct sink {
	char *to;
	size_t size, n;
	bool cut;
};

static enum err read_value(struct reading *r, int depth, const char *object, struct json_member *m);

static void skip_space(struct reading *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
		r->at++;
}

static bool take(struct reading *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static void put(struct sink *s, const char *p, size_t n)
{
	if (s->to == NULL)
		return;
	if (n >= s->size - s->n) {
		s->cut = true;
		return;
	}
	memcpy(s->to + s->n, p, n);
	s->n += n;
}

static void put_code_point(struct sink *s, uint32_t c)
{
	char utf8[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
	for (size_t i = n; i-- > 1; c >>= 6)
		utf8[i] = (char)(0x80 | (c & 0x3F));
	utf8[0] = (char)(lead[n == 1 ? 0 : n] | c);
	put(s, utf8, n);
}

static bool read_hex4(struct reading *r, uint32_t *out)
{
	*out = 0;
	if (r->end - r->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = *r->at++;
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (digit < 0)
			return false;
		*out = *out << 4 | (uint32_t)digit;
	}
	return true;
}

static bool read_unicode(struct reading *r, struct sink *s)
{
	uint32_t c, low;
	if (!read_hex4(r, &c) || c == 0 || (c >= 0xDC00 && c <= 0xDFFF))
		return false;
	if (c >= 0xD800 && c <= 0xDBFF) {
		if (!take(r, '\\') || !take(r, 'u') || !read_hex4(r, &low) || low < 0xDC00 || low > 0xDFFF)
			return false;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	put_code_point(s, c);
	return true;
}

static bool read_escape(struct reading *r, struct sink *s)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	if (r->at == r->end)
		return false;
	char c = *r->at++;
	if (c == 'u')
		return read_unicode(r, s);
	const char *found = c != '\0' ? strchr(from, c) : NULL;
	if (found == NULL)
		return false;
	put(s, &to[found - from], 1);
	return true;
}

/* Behind the opening quote. The text was seen to be UTF-8. */
static bool read_text(struct reading *r, struct sink *s)
{
	while (r->at < r->end) {
		char c = *r->at++;
		if (c == '"') {
			if (s->to != NULL)
				s->to[s->n] = '\0';
			return true;
		}
		if ((unsigned char)c < ' ')
			return false;
		if (c != '\\')
			put(s, &c, 1);
		else if (!read_escape(r, s))
			return false;
	}
	return false;
}

static size_t read_digits(struct reading *r)
{
	const char *from = r->at;
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return (size_t)(r->at - from);
}

static bool read_number(struct reading *r, struct sink *s)
{
	const char *from = r->at;
	take(r, '-');
	const char *whole = r->at;
	size_t n = read_digits(r);
	if (n == 0 || (n > 1 && *whole == '0'))
		return false;
	if (take(r, '.') && read_digits(r) == 0)
		return false;
	if (take(r, 'e') || take(r, 'E')) {
		if (!take(r, '-'))
			take(r, '+');
		if (read_digits(r) == 0)
			return false;
	}
	put(s, from, (size_t)(r->at - from));
	if (s->to != NULL)
		s->to[s->n] = '\0';
	return true;
}

static bool read_word(struct reading *r, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return false;
	r->at += n;
	return true;
}

static struct json_member *find(struct reading *r, const char *object, const char *name)
{
	for (size_t i = 0; i < r->n_members; i++) {
		struct json_member *m = &r->members[i];
		bool here = object == NULL ? m->object == NULL : m->object != NULL && strcmp(m->object, object) == 0;
		if (here && strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

/* name: its own; a longer one than any that is asked for is nobody's. */
static enum err read_member(struct reading *r, int depth, const char *object)
{
	char name[NAME_SIZE];
	struct sink s = {.to = name, .size = sizeof name};
	skip_space(r);
	if (!take(r, '"') || !read_text(r, &s))
		return ERR_INVALID;
	skip_space(r);
	if (!take(r, ':'))
		return ERR_INVALID;
	/* depth 1: the outermost object; 2: an object that is a member of it. object is NULL further in, and where names are cut. */
	struct json_member *m = s.cut || (depth > 1 && object == NULL) ? NULL : find(r, object, name);
	if (m != NULL && m->given)
		return ERR_INVALID;
	return read_value(r, depth, depth == 1 && !s.cut ? name : NULL, m);
}

/* Behind the opening bracket; each reads a member or an item. */
static enum err read_list(struct reading *r, int depth, const char *object, bool members)
{
	char close = members ? '}' : ']';
	if (depth > JSON_PICK_DEPTH)
		return ERR_INVALID;
	skip_space(r);
	if (take(r, close))
		return ERR_OK;
	do {
		enum err e = members ? read_member(r, depth, object) : read_value(r, depth, NULL, NULL);
		if (e != ERR_OK)
			return e;
		skip_space(r);
	} while (take(r, ','));
	return take(r, close) ? ERR_OK : ERR_INVALID;
}

/* depth: of what it stands in. object: the name it has there, when its members may be asked for. m: where its text goes, or NULL. */
static enum err read_value(struct reading *r, int depth, const char *object, struct json_member *m)
{
	struct sink s = {.to = m != NULL ? m->to : NULL, .size = m != NULL ? m->size : 0};
	skip_space(r);
	if (r->at == r->end)
		return ERR_INVALID;
	char c = *r->at;
	if (c == 'n')
		return read_word(r, "null") ? ERR_OK : ERR_INVALID;
	if (c == '"' || c == '-' || (c >= '0' && c <= '9')) {
		r->at += c == '"';
		if (!(c == '"' ? read_text(r, &s) : read_number(r, &s)))
			return ERR_INVALID;
		if (m != NULL)
			m->given = true;
		return s.cut ? ERR_TOO_LARGE : ERR_OK;
	}
	if (m != NULL)
		return ERR_INVALID;
	if (c == 't' || c == 'f')
		return read_word(r, c == 't' ? "true" : "false") ? ERR_OK : ERR_INVALID;
	if (take(r, '{'))
		return read_list(r, depth + 1, object, true);
	return take(r, '[') ? read_list(r, depth + 1, NULL, false) : ERR_INVALID;
}

enum err json_pick(const char *text, size_t n, struct json_member *members, size_t n_members)
{
	struct reading r = {.at = text, .end = text + n, .members = members, .n_members = n_members};
	for (size_t i = 0; i < n_members; i++) {
		members[i].given = false;
		members[i].to[0] = '\0';
	}
	enum err e = utf8_valid(text, n) ? ERR_OK : ERR_INVALID;
	skip_space(&r);
	if (e == ERR_OK)
		e = take(&r, '{') ? read_list(&r, 1, NULL, true) : ERR_INVALID;
	skip_space(&r);
	if (e == ERR_OK && r.at != r.end)
		e = ERR_INVALID;
	for (size_t i = 0; e != ERR_OK && i < n_members; i++) {
		explicit_bzero(members[i].to, members[i].size);
		members[i].given = false;
	}
	return e;
}
