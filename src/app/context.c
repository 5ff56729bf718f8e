#include "app/context.h"

#include <stdarg.h>
#include <string.h>

enum err context_catalog(struct context *c)
{
	if (c->catalog != NULL)
		return ERR_OK;
	enum err e = catalog_cache_take(c->app->catalogs, c->db, c->now, &c->catalog_ref);
	if (e == ERR_OK)
		c->catalog = catalog_ref_catalog(c->catalog_ref);
	return e;
}

enum err context_key(struct context *c, enum site_key id, const uint8_t **out)
{
	return site_keys_get(c->app->keys, c->db, c->arena, id, out);
}

void context_end(struct context *c)
{
	if (c->catalog_ref != NULL)
		catalog_ref_release(c->app->catalogs, c->catalog_ref);
	c->catalog_ref = NULL;
	c->catalog = NULL;
}

const char *context_href(const struct context *c, const char *path)
{
	return context_join(c, lang_prefix(c->lang), path, NULL);
}

const char *context_join(const struct context *c, const char *first, ...)
{
	size_t length = strlen(first);
	va_list list;
	va_start(list, first);
	for (const char *s; (s = va_arg(list, const char *)) != NULL;)
		length += strlen(s);
	va_end(list);

	char *out = arena_alloc(c->arena, length + 1);
	if (out == NULL)
		return "";
	size_t at = strlen(first);
	memcpy(out, first, at);
	va_start(list, first);
	for (const char *s; (s = va_arg(list, const char *)) != NULL;) {
		size_t n = strlen(s);
		memcpy(out + at, s, n);
		at += n;
	}
	va_end(list);
	return out;
}

const char *context_number(const struct context *c, int64_t n)
{
	char text[I64_TEXT_SIZE];
	i64_text(n, text);
	return context_join(c, text, NULL);
}
