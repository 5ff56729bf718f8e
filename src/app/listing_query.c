#include "app/listing_query.h"

#include <stdlib.h>
#include <string.h>

#include "http/query.h"
#include "model/cursor.h"
#include "model/money.h"
#include "model/search_text.h"
#include "model/slug.h"
#include "util/utf8.h"

const char *listing_query_encode(const struct context *c, const char *value)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = strlen(value);
	char *out = arena_alloc(c->arena, n * 3 + 1);
	if (out == NULL)
		return "";
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char b = (unsigned char)value[i];
		if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || (b != 0 && strchr("*-._", b) != NULL)) {
			out[at++] = (char)b;
		} else if (b == ' ') {
			out[at++] = '+';
		} else {
			out[at++] = '%';
			out[at++] = hex[b >> 4];
			out[at++] = hex[b & 15];
		}
	}
	return out;
}

static const char *value_of(const struct context *c, const char *name)
{
	const char *v = http_param_get(&c->req->query, name);
	return v != NULL ? v : "";
}

/* Words of a search: NFC, one space between words, no control characters. */
static enum err read_words(struct context *c, struct query_reading *out)
{
	out->q = "";
	const char *raw = value_of(c, "q");
	char *text = NULL;
	enum err e = utf8_nfc(c->arena, raw, strlen(raw), &text);
	if (e == ERR_NOMEM)
		return e;
	if (e != ERR_OK || utf8_has_control(text, strlen(text), false)) {
		field_errors_add(&out->errors, "q", MSG_FIELD_CHARACTERS, NULL);
		return ERR_OK;
	}
	size_t at = 0;
	for (const char *s = text; *s != '\0'; s++)
		if (*s != ' ' || (at > 0 && text[at - 1] != ' '))
			text[at++] = *s;
	while (at > 0 && text[at - 1] == ' ')
		at--;
	text[at] = '\0';
	out->q = text;
	if (at > SEARCH_QUERY_BYTES)
		field_errors_add(&out->errors, "q", MSG_FIELD_TOO_LONG, "200");
	if (at == 0)
		return ERR_OK;
	out->query.q = text;
	struct buf words;
	buf_init(&words, 4096);
	search_text_query(&words, text);
	out->no_words = words.len == 0;
	buf_free(&words);
	return ERR_OK;
}

/* Slugs are lower case; what people type in capitals leads to the canonical address. */
static const char *read_slug(const struct context *c, const char *name)
{
	char *slug = arena_strdup(c->arena, value_of(c, name));
	for (char *s = slug; s != NULL && *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
	return slug != NULL ? slug : "";
}

static void read_nodes(struct context *c, struct query_reading *out)
{
	const char *category = read_slug(c, "category");
	if (*category != '\0') {
		out->category = catalog_category_by_slug(c->catalog, category);
		if (out->category == NULL)
			field_errors_add(&out->errors, "category", MSG_FIELD_NO_SUCH_CATEGORY, NULL);
		else
			out->query.category_id = out->category->id;
	}
	const char *place = read_slug(c, "location");
	if (*place != '\0') {
		out->place = catalog_place_by_slug(c->catalog, place);
		if (out->place == NULL)
			field_errors_add(&out->errors, "location", MSG_FIELD_NO_SUCH_PLACE, NULL);
		else
			out->query.place_id = out->place->id;
	}
}

static const char *read_price(struct context *c, struct query_reading *out, const char *name, int64_t *minor)
{
	const char *raw = value_of(c, name);
	*minor = -1;
	if (*raw == '\0')
		return "";
	int digits = c->app->money_digits;
	int64_t value = -1;
	enum err e = c->api ? money_parse_decimal(raw, digits, &value) : money_parse(raw, digits, &value);
	char *text = arena_alloc(c->arena, 32);
	if (text == NULL)
		return "";
	if (e != ERR_OK) {
		money_decimal(MONEY_LIMIT, digits, text);
		enum msg shape = c->api ? MSG_FIELD_NOT_DECIMAL : MSG_FIELD_NOT_MONEY;
		field_errors_add(&out->errors, name, e == ERR_RANGE ? MSG_FIELD_TOO_LARGE : shape, e == ERR_RANGE ? text : NULL);
		return raw;
	}
	*minor = value;
	money_decimal(value, digits, text);
	/* Whole amounts are written without decimals: what people type most. */
	char *point = strchr(text, '.');
	if (point != NULL && strspn(point + 1, "0") == strlen(point + 1))
		*point = '\0';
	return text;
}

static void read_prices(struct context *c, struct query_reading *out)
{
	out->min_price = read_price(c, out, "min_price", &out->query.min_price);
	out->max_price = read_price(c, out, "max_price", &out->query.max_price);
	if (out->query.min_price >= 0 && out->query.max_price >= 0 && out->query.min_price > out->query.max_price)
		field_errors_add(&out->errors, "max_price", MSG_FIELD_PRICE_ORDER, NULL);
}

static void read_sort(struct context *c, struct query_reading *out)
{
	bool searching = out->query.q != NULL;
	out->query.sort = searching ? SORT_RELEVANCE : SORT_NEWEST;
	const char *raw = value_of(c, "sort");
	if (*raw == '\0')
		return;
	enum listing_sort sort;
	if (!listing_sort_parse(raw, &sort))
		field_errors_add(&out->errors, "sort", MSG_FIELD_CHOICE, NULL);
	else if (sort == SORT_RELEVANCE && !searching && c->api)
		field_errors_add(&out->errors, "sort", MSG_FIELD_SORT_NEEDS_WORDS, NULL);
	else if (sort != SORT_RELEVANCE || searching)
		out->query.sort = sort;
}

/* A whole number in [1, max], or an error of that field. */
static unsigned read_number(struct context *c, struct query_reading *out, const char *name, unsigned fallback, unsigned max)
{
	const char *raw = value_of(c, name);
	if (*raw == '\0')
		return fallback;
	size_t n = strlen(raw);
	unsigned long value = n <= 6 && strspn(raw, "0123456789") == n ? strtoul(raw, NULL, 10) : 0;
	if (value < 1 || value > max || *raw == '0') {
		char bound[I64_TEXT_SIZE];
		i64_text(max, bound);
		field_errors_add(&out->errors, name, MSG_FIELD_BETWEEN, bound);
		return fallback;
	}
	return (unsigned)value;
}

static enum err read_position(struct context *c, struct query_reading *out)
{
	struct listing_query *q = &out->query;
	q->page = 1;
	if (q->sort == SORT_RELEVANCE && !c->api)
		q->page = read_number(c, out, "page", 1, LISTING_RELEVANCE_MAX / LISTING_PAGE);
	else if (*value_of(c, "page") != '\0' && c->api)
		field_errors_add(&out->errors, "page", MSG_FIELD_UNKNOWN, NULL);

	const char *cursor = value_of(c, "cursor");
	if (*cursor == '\0' || (q->sort == SORT_RELEVANCE && !c->api))
		return ERR_OK;
	const uint8_t *key = NULL;
	enum err e = context_key(c, SITE_KEY_CURSOR, &key);
	if (e != ERR_OK)
		return e;
	if (cursor_decode(key, cursor, q) != ERR_OK) {
		field_errors_add(&out->errors, "cursor", MSG_FIELD_CURSOR, NULL);
		q->has_cursor = false;
	} else if (q->sort == SORT_RELEVANCE) {
		/* The best matches are paged by number, which the API's cursor carries. */
		q->page = (unsigned)q->cursor_key;
		q->has_cursor = false;
	}
	return ERR_OK;
}

const char *listing_query_string(const struct context *c, const struct query_reading *r, const char *without, const char *extra)
{
	bool q_out = without != NULL && strcmp(without, "q") == 0;
	enum listing_sort usual = r->query.q != NULL && !q_out ? SORT_RELEVANCE : SORT_NEWEST;
	bool sort_said = r->query.sort != usual && !(q_out && r->query.sort == SORT_RELEVANCE);
	const struct {
		const char *name, *value;
	} parts[] = {
		{"q", r->q}, {"category", r->category != NULL ? r->category->slug : ""},
		{"location", r->place != NULL ? r->place->slug : ""}, {"min_price", r->min_price}, {"max_price", r->max_price},
		{"sort", sort_said ? listing_sort_name(r->query.sort) : ""},
	};
	const char *out = "";
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].value[0] == '\0' || (without != NULL && strcmp(without, parts[i].name) == 0))
			continue;
		out = context_join(c, out, *out != '\0' ? "&" : "", parts[i].name, "=", listing_query_encode(c, parts[i].value), NULL);
	}
	if (extra != NULL && *extra != '\0')
		out = context_join(c, out, *out != '\0' ? "&" : "", extra, NULL);
	return out;
}

static const char *position_string(const struct context *c, const struct query_reading *r)
{
	const char *cursor = value_of(c, "cursor");
	if (r->query.has_cursor && !c->api)
		return context_join(c, "cursor=", listing_query_encode(c, cursor), NULL);
	if (r->query.page > 1 && !c->api)
		return context_join(c, "page=", value_of(c, "page"), NULL);
	return NULL;
}

enum err listing_query_read(struct context *c, unsigned default_limit, struct query_reading *out)
{
	*out = (struct query_reading){.query = {.min_price = -1, .max_price = -1}};
	enum err e = context_catalog(c);
	if (e == ERR_OK)
		e = read_words(c, out);
	if (e != ERR_OK)
		return e;
	read_nodes(c, out);
	read_prices(c, out);
	read_sort(c, out);
	out->query.limit = c->api ? read_number(c, out, "limit", default_limit, LISTING_PAGE_MAX) : default_limit;
	e = read_position(c, out);
	out->filters = listing_query_string(c, out, NULL, NULL);
	out->canonical = listing_query_string(c, out, NULL, position_string(c, out));
	return e;
}

enum err listing_query_read_text(struct context *c, const char *text, unsigned default_limit, struct query_reading *out)
{
	const struct http_params own = c->req->query;
	bool api = c->api;
	struct http_params params;
	enum err e = query_parse(c->arena, text, strlen(text), &params);
	if (e != ERR_OK)
		return e == ERR_NOMEM ? e : ERR_INVALID;
	/* What reads an address reads this, as a page's: the API's own parameters are not part of a search. */
	c->req->query = params;
	c->api = false;
	e = listing_query_read(c, default_limit, out);
	c->req->query = own;
	c->api = api;
	return e;
}
