#include "http/saved_query.h"

#include <string.h>

#include "http/query.h"
#include "model/money.h"
#include "model/search_text.h"

static const char *value_of(const struct http_params *p, const char *name)
{
	const char *v = http_param_get(p, name);
	return v != NULL ? v : "";
}

static enum err read_words(struct arena *a, const char *q, struct saved_query *out)
{
	struct buf words;
	buf_init(&words, (size_t)SEARCH_WORDS_MAX * (2 * SEARCH_WORD_BYTES + 8));
	search_text_query(&words, q);
	out->words = words.error == ERR_OK ? arena_strdup(a, buf_str(&words)) : NULL;
	out->never = *q != '\0' && words.len == 0;
	buf_free(&words);
	return out->words != NULL ? ERR_OK : ERR_NOMEM;
}

static int64_t read_price(const char *text, int digits, int64_t open)
{
	int64_t minor;
	return *text != '\0' && money_parse_decimal(text, digits, &minor) == ERR_OK ? minor : open;
}

enum err saved_query_read(struct arena *a, const struct catalog *c, int digits, const char *text, struct saved_query *out)
{
	struct http_params p;
	*out = (struct saved_query){.words = ""};
	enum err e = query_parse(a, text, strlen(text), &p);
	if (e == ERR_OK)
		e = read_words(a, value_of(&p, "q"), out);
	if (e != ERR_OK)
		return e == ERR_NOMEM ? e : ERR_INVALID;
	const char *category = value_of(&p, "category"), *place = value_of(&p, "location");
	const struct category *k = *category != '\0' ? catalog_category_by_slug(c, category) : NULL;
	const struct place *l = *place != '\0' ? catalog_place_by_slug(c, place) : NULL;
	out->never = out->never || (*category != '\0' && k == NULL) || (*place != '\0' && l == NULL);
	out->category_id = k != NULL ? k->id : 0;
	out->place_id = l != NULL ? l->id : 0;
	out->min_price = read_price(value_of(&p, "min_price"), digits, 0);
	out->max_price = read_price(value_of(&p, "max_price"), digits, INT64_MAX);
	return ERR_OK;
}

bool saved_query_matches(const struct saved_query *q, const struct catalog *c, const struct listing *l, const char *search_text)
{
	if (q->never || l->price_minor < q->min_price || l->price_minor > q->max_price)
		return false;
	const struct category *k = catalog_category(c, l->category_id);
	const struct place *p = catalog_place(c, l->place_id);
	if (q->category_id != 0 && (k == NULL || (k->id != q->category_id && k->parent_id != q->category_id)))
		return false;
	if (q->place_id != 0 && (p == NULL || (p->id != q->place_id && p->parent_id != q->place_id)))
		return false;
	return search_text_matches(q->words, search_text);
}
