/* The public log, and the queue as programs read it. */
#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/moderation.h"
#include "app/moderation_queue.h"
#include "app/photo.h"
#include "db/moderation_db.h"
#include "render/moderation_view.h"

enum { ID_DIGITS = 15 };

enum err moderation_log_page(struct context *c)
{
	const char *before = http_param_get(&c->req->query, "before");
	bool plain = *c->req->query_string == '\0';
	bool good = before != NULL && c->req->query.n == 1 && strlen(before) <= ID_DIGITS && strspn(before, "0123456789") == strlen(before) && *before > '0';
	if (!plain && !good) {
		answer_redirect(c, 301, context_href(c, "/moderation-log"));
		return ERR_OK;
	}
	struct moderation_log_view v = {.page = answer_page(c, tr(c->lang, MSG_LOG_TITLE), "/moderation-log"), .now = c->now};
	struct moderation_entry *entries = NULL;
	enum err e = moderation_db_entries(c->db, c->arena, good ? strtoll(before, NULL, 10) : 0, MODERATION_LOG_PAGE, &entries, &v.count);
	if (e != ERR_OK)
		return e;
	v.entries = entries;
	if (v.count > MODERATION_LOG_PAGE) {
		char id[I64_TEXT_SIZE];
		v.count = MODERATION_LOG_PAGE;
		i64_text(entries[v.count - 1].id, id);
		v.next_href = context_join(c, context_href(c, "/moderation-log"), "?before=", id, NULL);
	}
	v.page.description = tr(c->lang, MSG_LOG_INTRO);
	v.page.noindex = good;
	answer_html(c, 200);
	moderation_log_view(&c->res->body, &v);
	return ERR_OK;
}

static void put_flag(struct json *j, const struct flag *f)
{
	json_object(j);
	json_key_int(j, "id", f->id);
	json_key_string(j, "reason", flag_reason_name(f->reason));
	json_key_string(j, "message", f->body);
	json_key(j, "conversation_id");
	if (f->conversation_id != 0)
		json_int(j, f->conversation_id);
	else
		json_null(j);
	json_key(j, "created_at");
	json_time(j, f->created_at);
	json_object_end(j);
}

static void put_author(struct json *j, const struct queue_who *who)
{
	static const char *const trusts[] = {"new", "trusted", "never"};
	json_object(j);
	json_key_string(j, "name", who->name);
	json_key(j, "member_id");
	if (who->member_id != 0)
		json_int(j, who->member_id);
	else
		json_null(j);
	json_key(j, "member_since");
	json_time(j, who->member_since);
	json_key_string(j, "trust", who->member_id != 0 ? trusts[who->trust] : NULL);
	json_key_int(j, "listings_before", who->before);
	json_object_end(j);
}

static void put_entry(const struct context *c, struct json *j, const struct queue_entry *e)
{
	const struct listing *l = &e->listing;
	const struct category *category = catalog_category(c->catalog, l->category_id);
	const struct place *place = catalog_place(c->catalog, l->place_id);
	json_object(j);
	json_key_int(j, "id", l->id);
	json_key_string(j, "status", listing_state_name(l->state));
	json_key_string(j, "title", l->title);
	json_key_string(j, "description", l->description);
	json_key_int(j, "price_cents", l->price_minor);
	json_key_string(j, "currency", l->currency);
	json_key_string(j, "category", category != NULL ? category->slug : NULL);
	json_key_string(j, "location", place != NULL ? place->slug : NULL);
	json_key_int(j, "stock", l->stock);
	json_key(j, "author");
	put_author(j, &e->who);
	json_key_string(j, "held_reason", l->state == LISTING_HELD ? l->held_reason : NULL);
	json_key_string(j, "rule", e->rule);
	json_key(j, "flags");
	json_array(j);
	for (size_t i = 0; i < e->flag_count; i++)
		put_flag(j, &e->flags[i]);
	json_array_end(j);
	json_key(j, "photos");
	json_array(j);
	for (size_t i = 0; i < e->photo_count; i++)
		photo_put_own(c, j, &e->photos[i]);
	json_array_end(j);
	json_key(j, "waiting_since");
	json_time(j, e->since);
	json_key_int(j, "version", l->version);
	json_key_int(j, "entry", e->last_entry);
	json_object_end(j);
}

enum err api_moderation_queue(struct context *c)
{
	struct queue_place place = {.since = 0};
	struct queue_entry *entries = NULL;
	size_t n = 0;
	bool more = false;
	const char *cursor = http_param_get(&c->req->query, "cursor");
	if (cursor != NULL && !moderation_place_parse(cursor, &place)) {
		answer_field_problem(c, 400, "cursor", MSG_FIELD_BAD, NULL);
		return ERR_OK;
	}
	enum err e = moderation_queue_load(c, place, &entries, &n, &more);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "entries");
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		put_entry(c, &j, &entries[i]);
	json_array_end(&j);
	json_key_string(&j, "next_cursor", more && n > 0 ? moderation_place_text(c, &entries[n - 1]) : NULL);
	json_object_end(&j);
	return ERR_OK;
}
