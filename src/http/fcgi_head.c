#include "http/fcgi_head.h"

#include <stdint.h>

enum { VERSION = 1, ROLE_RESPONDER = 1, KEEP_CONN = 1, BEGIN_SIZE = 8 };

struct record {
	unsigned type, id;
	size_t length;  /* content */
	size_t padding;
};

/* The name-value pairs come cut into records anywhere, so their lengths are followed byte by byte. */
struct pairs {
	enum { NAME_LENGTH, VALUE_LENGTH, CONTENT } at;
	unsigned length_bytes; /* of a four-byte length still to come */
	size_t length, name, content;
	size_t total;
};

static struct record record_read(const unsigned char *p)
{
	return (struct record){.type = p[1], .id = (unsigned)p[2] << 8 | p[3], .length = (size_t)p[4] << 8 | p[5], .padding = p[6]};
}

static bool length_known(struct pairs *s)
{
	if (s->length > FCGI_PARAMS_MAX)
		return false;
	if (s->at == NAME_LENGTH) {
		s->name = s->length;
		s->at = VALUE_LENGTH;
	} else {
		s->content = s->name + s->length;
		s->at = s->content > 0 ? CONTENT : NAME_LENGTH;
	}
	return s->content <= FCGI_PARAMS_MAX;
}

static bool pairs_feed(struct pairs *s, const unsigned char *p, size_t n)
{
	s->total += n;
	if (s->total > FCGI_PARAMS_MAX)
		return false;
	while (n > 0) {
		if (s->at == CONTENT) {
			size_t step = n < s->content ? n : s->content;
			s->content -= step;
			p += step;
			n -= step;
			if (s->content == 0)
				s->at = NAME_LENGTH;
			continue;
		}
		if (s->length_bytes > 0) {
			s->length = s->length << 8 | *p;
			s->length_bytes--;
		} else if (*p & 0x80) {
			s->length = *p & 0x7f;
			s->length_bytes = 3;
		} else {
			s->length = *p;
		}
		p++;
		n--;
		if (s->length_bytes == 0 && !length_known(s))
			return false;
	}
	return true;
}

static bool pairs_complete(const struct pairs *s)
{
	return s->at == NAME_LENGTH && s->length_bytes == 0;
}

/* What may follow the parameters: the first record of the body. */
static enum fcgi_head_state scan_stdin(const unsigned char *p, size_t n, struct fcgi_head *out)
{
	if (n > 0 && p[0] != VERSION)
		return FCGI_HEAD_BAD;
	if (n < FCGI_HEADER_SIZE)
		return FCGI_HEAD_PARTIAL;
	struct record r = record_read(p);
	if (r.type != FCGI_TYPE_STDIN || r.id != out->request_id)
		return FCGI_HEAD_BAD;
	out->body = r.length > 0;
	out->more = !out->body && (n > FCGI_HEADER_SIZE || r.padding > 0);
	return FCGI_HEAD_WHOLE;
}

static enum fcgi_head_state scan_begin(const unsigned char *p, size_t n, struct fcgi_head *out, size_t *used)
{
	if (n > 0 && p[0] != VERSION)
		return FCGI_HEAD_BAD;
	if (n < FCGI_HEADER_SIZE)
		return FCGI_HEAD_PARTIAL;
	struct record r = record_read(p);
	if (r.type != FCGI_TYPE_BEGIN || r.id == 0 || r.length != BEGIN_SIZE || r.padding > 0)
		return FCGI_HEAD_BAD;
	if (n < FCGI_HEADER_SIZE + BEGIN_SIZE)
		return FCGI_HEAD_PARTIAL;
	const unsigned char *body = p + FCGI_HEADER_SIZE;
	if ((body[0] << 8 | body[1]) != ROLE_RESPONDER)
		return FCGI_HEAD_BAD;
	out->request_id = r.id;
	out->keep = body[2] & KEEP_CONN;
	*used = FCGI_HEADER_SIZE + BEGIN_SIZE;
	return FCGI_HEAD_WHOLE;
}

enum fcgi_head_state fcgi_head_scan(const unsigned char *p, size_t n, struct fcgi_head *out)
{
	*out = (struct fcgi_head){0};
	size_t at = 0;
	enum fcgi_head_state begun = scan_begin(p, n, out, &at);
	if (begun != FCGI_HEAD_WHOLE)
		return begun;
	struct pairs pairs = {.at = NAME_LENGTH};
	for (;;) {
		const unsigned char *q = p + at;
		size_t left = n - at;
		if (left > 0 && q[0] != VERSION)
			return FCGI_HEAD_BAD;
		if (left < FCGI_HEADER_SIZE)
			break;
		struct record r = record_read(q);
		if (r.type != FCGI_TYPE_PARAMS || r.id != out->request_id || (r.length == 0 && r.padding > 0))
			return FCGI_HEAD_BAD;
		left -= FCGI_HEADER_SIZE;
		if (!pairs_feed(&pairs, q + FCGI_HEADER_SIZE, r.length < left ? r.length : left))
			return FCGI_HEAD_TOO_LARGE;
		if (left < r.length + r.padding)
			break;
		at += FCGI_HEADER_SIZE + r.length + r.padding;
		if (r.length == 0)
			return pairs_complete(&pairs) ? scan_stdin(p + at, n - at, out) : FCGI_HEAD_BAD;
	}
	return n >= FCGI_HEAD_MAX ? FCGI_HEAD_TOO_LARGE : FCGI_HEAD_PARTIAL;
}
