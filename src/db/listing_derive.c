/* What is computed from a listing when it is written. */
#include "db/listing_internal.h"

#include <string.h>

#include "model/search_text.h"
#include "model/slug.h"
#include "util/mac.h"
#include "util/utf8.h"

enum { SEARCH_TEXT_BYTES_MAX = 1024 * 1024 };

/* The description on one line. */
static char *one_line(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) + 1);
	if (out == NULL)
		return NULL;
	size_t n = 0;
	for (const char *p = text; *p != '\0'; p++) {
		bool blank = *p == ' ' || *p == '\n' || *p == '\r' || *p == '\t';
		if (!blank)
			out[n++] = *p;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return out;
}

static void put_names(struct buf *b, const char name[2][161])
{
	buf_putc(b, ' ');
	search_text_index(b, name[0]);
	if (strcmp(name[0], name[1]) != 0) {
		buf_putc(b, ' ');
		search_text_index(b, name[1]);
	}
}

/* Sender and words alike mean the same content, whatever the case, accents and commas. */
static void hash_content(struct buf *b, const struct listing *l, size_t own_text, uint8_t out[static 32])
{
	b->len = own_text;
	buf_putc(b, '\n');
	for (const char *p = l->contact_email; *p != '\0'; p++)
		buf_putc(b, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
	mac_sha256(b->data, b->len, out);
}

enum err listing_derive(struct arena *a, const struct catalog *cat, struct listing *l, struct listing_derived *out)
{
	const struct category *c = catalog_category(cat, l->category_id);
	const struct place *p = catalog_place(cat, l->place_id);
	if (c == NULL || p == NULL)
		return ERR_CONFLICT;
	const struct category *top = c->parent_id == 0 ? c : catalog_category(cat, c->parent_id);
	const struct place *region = p->parent_id == 0 ? p : catalog_place(cat, p->parent_id);
	if (top == NULL || region == NULL)
		return ERR_CONFLICT;
	out->category_top = top->id;
	out->region = region->id;

	char slug[SLUG_MAX + 1];
	listing_make_slug(l->title, slug);
	l->slug = arena_strdup(a, slug);
	char *line = one_line(a, l->description);
	l->summary = line == NULL ? NULL : utf8_ellipsis(a, line, LISTING_SUMMARY_MAX);
	if (l->slug == NULL || l->summary == NULL)
		return ERR_NOMEM;

	struct buf text;
	buf_init(&text, SEARCH_TEXT_BYTES_MAX);
	search_text_index(&text, l->title);
	buf_putc(&text, ' ');
	search_text_index(&text, l->description);
	size_t own_text = text.len;
	put_names(&text, c->name);
	if (top != c)
		put_names(&text, top->name);
	put_names(&text, p->name);
	if (region != p)
		put_names(&text, region->name);
	out->search_text = arena_strndup(a, buf_str(&text), text.len);
	hash_content(&text, l, own_text, out->content_hash);
	enum err e = text.error != ERR_OK ? text.error : out->search_text == NULL ? ERR_NOMEM : ERR_OK;
	buf_free(&text);
	return e;
}

void listing_insert_args(const struct listing *l, const struct listing_derived *d, struct db_value out[static LISTING_INSERT_COLUMNS])
{
	const struct db_value row[LISTING_INSERT_COLUMNS] = {
		db_int(l->state), db_int(l->category_id), db_int(d->category_top), db_int(l->place_id), db_int(d->region),
		db_text(l->title), db_text(l->slug), db_text(l->summary), db_text(l->description), db_int(l->price_minor),
		db_text(l->currency), db_int(l->stock), db_text(l->contact_name), db_text(l->contact_email),
		db_blob(d->content_hash, sizeof d->content_hash), db_time(l->created_at), db_time(l->updated_at), db_time(l->published_at),
		db_text(d->search_text), l->member_id != 0 ? db_int(l->member_id) : db_null(), db_text(l->lang != NULL ? l->lang : "en"),
		db_time(l->submitted_at), db_time(l->expires_at),
	};
	memcpy(out, row, sizeof row);
}
