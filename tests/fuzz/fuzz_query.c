/* Query strings: what is taken is clean, counts no more than allowed, and encoding it again reads the same. The words in
 * it go through search and slugs too, whose output holds nothing but what they promise. */
#include <string.h>

#include "fuzz.h"
#include "http/query.h"
#include "model/search_text.h"
#include "model/slug.h"
#include "util/utf8.h"

static void encode(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++)
		buf_printf(out, "%%%02X", (unsigned char)*s);
}

static void read_again(struct arena *a, const struct http_params *p)
{
	struct buf text;
	struct http_params again;
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < p->n; i++) {
		buf_puts(&text, i > 0 ? "&" : "");
		encode(&text, p->list[i].name);
		buf_putc(&text, '=');
		encode(&text, p->list[i].value);
	}
	HOLDS(query_parse(a, buf_str(&text), text.len, &again) == ERR_OK);
	HOLDS(again.n == p->n);
	for (size_t i = 0; i < p->n; i++)
		HOLDS(strcmp(again.list[i].name, p->list[i].name) == 0 && strcmp(again.list[i].value, p->list[i].value) == 0);
	buf_free(&text);
}

/* Nothing typed is an operator: "+x…" words, each with its own plus, in brackets only for an elision. */
static void search(const char *value)
{
	struct buf query, index;
	buf_init(&query, 1 << 16);
	buf_init(&index, 1 << 20);
	search_text_query(&query, value);
	search_text_index(&index, value);
	const char *s = buf_str(&query);
	unsigned words = 0;
	while (*s != '\0') {
		HOLDS(*s++ == '+');
		HOLDS(words++ < SEARCH_WORDS_MAX);
		bool either = *s == '(';
		s += either;
		for (int part = 0; part < (either ? 2 : 1); part++) {
			HOLDS(*s == 'x');
			size_t n = strcspn(s, " *+-<>()~\"@'");
			HOLDS(n >= 3 || s[n] == '*');
			HOLDS(n <= SEARCH_WORD_BYTES + 2);
			s += n + (s[n] == '*');
			s += part == 0 && either && *s == ' ';
		}
		s += either && *s == ')';
		s += *s == ' ' && s[1] == '+';
	}
	HOLDS((words == 0) == (index.len == 0));
	HOLDS(strpbrk(buf_str(&index), "*+-<>()~\"@'") == NULL && utf8_valid(buf_str(&index), index.len));
	buf_free(&query);
	buf_free(&index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_params p;
	char slug[SLUG_MAX + 1];
	if (size > 1 << 16)
		return 0;
	struct arena *a = arena_new(4 << 20);
	HOLDS(a != NULL);
	enum err e = query_parse(a, (const char *)data, size, &p);
	HOLDS(e == ERR_OK || e == ERR_INVALID || e == ERR_TOO_LARGE);
	HOLDS(p.n <= HTTP_PARAMS_MAX && (e == ERR_OK || p.n == 0));
	for (size_t i = 0; i < p.n; i++) {
		HOLDS(utf8_valid(p.list[i].name, strlen(p.list[i].name)) && utf8_valid(p.list[i].value, strlen(p.list[i].value)));
		search(p.list[i].value);
		slug_make(p.list[i].value, slug);
		HOLDS(slug_valid(slug));
	}
	if (e == ERR_OK)
		read_again(a, &p);
	arena_free(a);
	return 0;
}
