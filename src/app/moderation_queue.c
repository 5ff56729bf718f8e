#include "app/moderation_queue.h"

#include <stdlib.h>
#include <string.h>

#include "app/screening.h"

enum { PLACE_DIGITS = 15 };

/* "1700000000-12": where a page of the queue begins. */
bool moderation_place_parse(const char *s, struct queue_place *out)
{
	size_t n = strspn(s, "0123456789");
	if (n == 0 || n > PLACE_DIGITS || s[n] != '-')
		return false;
	size_t m = strspn(s + n + 1, "0123456789");
	if (m == 0 || m > PLACE_DIGITS || s[n + 1 + m] != '\0')
		return false;
	*out = (struct queue_place){.since = strtoll(s, NULL, 10), .id = strtoll(s + n + 1, NULL, 10)};
	return true;
}

const char *moderation_place_text(const struct context *c, const struct queue_entry *last)
{
	char since[I64_TEXT_SIZE], id[I64_TEXT_SIZE];
	i64_text(last->since, since);
	i64_text(last->listing.id, id);
	return context_join(c, since, "-", id, NULL);
}

/* What the rules say of it now, and what was written in conversations that are flagged. */
enum err moderation_entry_complete(struct context *c, struct queue_entry *e)
{
	struct screening s;
	enum err r = screening_rules(c, e->listing.title, e->listing.description, &s);
	if (r == ERR_OK && s.verdict != SCREENING_OK)
		e->rule = s.pattern;
	int64_t shown = 0;
	for (size_t i = 0; r == ERR_OK && i < e->flag_count; i++) {
		struct flag *f = &e->flags[i];
		if (f->conversation_id == 0 || f->conversation_id == shown)
			continue;
		shown = f->conversation_id;
		r = moderation_queue_db_conversation(c->db, c->arena, f->conversation_id, &f->lines, &f->line_count);
	}
	return r;
}

enum err moderation_queue_load(struct context *c, struct queue_place after, struct queue_entry **out, size_t *n, bool *more)
{
	enum err e = context_catalog(c);
	if (e == ERR_OK)
		e = moderation_queue_db_page(c->db, c->arena, after, MODERATION_PAGE, out, n, more);
	for (size_t i = 0; e == ERR_OK && i < *n; i++)
		e = moderation_entry_complete(c, &(*out)[i]);
	return e == ERR_OK ? moderation_photos_load(c, *out, *n) : e;
}
