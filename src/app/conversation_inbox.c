#include "app/conversation_inbox.h"

#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/conversation.h"
#include "db/conversation_db.h"
#include "model/cursor.h"
#include "render/conversation_view.h"

enum { API_LIMIT = 20, API_LIMIT_MAX = 100, NUMBER_DIGITS = 15 };

bool conversation_before(const struct context *c, int64_t *out)
{
	const char *text = http_param_get(&c->req->query, "before");
	*out = 0;
	if (text == NULL || *text < '1' || *text > '9' || strlen(text) > NUMBER_DIGITS || strspn(text, "0123456789") != strlen(text))
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
}

/* A page of the inbox and the token for the next. */
struct inbox_page {
	struct conversation *list;
	size_t n;
	const char *next; /* NULL: none */
};

/* The token covers a query that asks for nothing: the member is the session's. */
static const struct listing_query no_query = {.min_price = -1, .max_price = -1};

static enum err inbox_load(struct context *c, const char *cursor, unsigned limit, struct inbox_page *out)
{
	const uint8_t *key = NULL;
	struct listing_query q = no_query;
	*out = (struct inbox_page){.n = 0};
	enum err e = context_key(c, SITE_KEY_CURSOR, &key);
	if (e == ERR_OK && cursor != NULL)
		e = cursor_decode(key, cursor, &q);
	if (e == ERR_OK)
		e = conversation_db_inbox(c->db, c->arena, c->session->member_id, q.cursor_key, q.cursor_id, c->now, limit + 1, &out->list, &out->n);
	if (e != ERR_OK || out->n <= limit)
		return e;
	out->n = limit;
	const struct conversation *last = &out->list[limit - 1];
	char *text = arena_alloc(c->arena, CURSOR_TEXT_MAX);
	if (text == NULL)
		return ERR_NOMEM;
	cursor_encode(key, &no_query, false, last->last_message_at, last->id, text);
	out->next = text;
	return ERR_OK;
}

enum err conversation_inbox(struct context *c)
{
	const struct http_params *q = &c->req->query;
	struct inbox_page page;
	enum err e = inbox_load(c, http_param_get(q, "cursor"), CONVERSATION_PAGE, &page);
	if (e == ERR_INVALID || (e == ERR_OK && q->n > (http_param_get(q, "cursor") != NULL ? 1u : 0u))) {
		answer_redirect(c, 301, context_href(c, "/account/messages"));
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	struct inbox_view v = {
		.page = answer_page(c, tr(c->lang, MSG_INBOX_TITLE), "/account/messages"), .list = page.list, .count = page.n, .now = c->now,
		.next_href = page.next != NULL ? context_join(c, context_href(c, "/account/messages"), "?cursor=", page.next, NULL) : NULL,
		.later = http_param_get(q, "cursor") != NULL,
	};
	v.page.noindex = true;
	v.page.section = "account";
	answer_html(c, 200);
	inbox_view(&c->res->body, &v);
	return ERR_OK;
}

static const char *state_name(const struct conversation *k)
{
	return k->ended ? "ended" : k->state == CONVERSATION_HELD ? "held" : "open";
}

static void conversation_members(struct context *c, struct json *j, const struct conversation *k)
{
	char number[I64_TEXT_SIZE];
	i64_text(k->listing_id, number);
	json_key_int(j, "id", k->id);
	json_key(j, "listing");
	json_object(j);
	json_key_int(j, "id", k->listing_id);
	json_key_string(j, "title", k->title);
	json_key_string(j, "url", k->listing_there ? context_join(c, "/listings/", number, "/", k->slug, NULL) : NULL);
	json_object_end(j);
	json_key_string(j, "side", k->side == SIDE_SELLER ? "seller" : "buyer");
	json_key_string(j, "with", k->side == SIDE_SELLER ? k->buyer_name : k->seller_name);
	json_key_string(j, "state", state_name(k));
	json_key(j, "unread");
	json_bool(j, k->unread);
	json_key(j, "last_message_at");
	json_time(j, k->last_message_at);
	json_key(j, "expires_at");
	json_time(j, k->expires_at);
}

static bool limit_read(struct context *c, unsigned *out)
{
	const char *text = http_param_get(&c->req->query, "limit");
	*out = API_LIMIT;
	if (text == NULL)
		return true;
	size_t n = strspn(text, "0123456789");
	if (n == 0 || n > 3 || text[n] != '\0')
		return false;
	*out = (unsigned)strtoul(text, NULL, 10);
	return *out >= 1 && *out <= API_LIMIT_MAX;
}

enum err api_conversations(struct context *c)
{
	unsigned limit;
	struct inbox_page page;
	if (!limit_read(c, &limit)) {
		answer_field_problem(c, 400, "limit", MSG_FIELD_BETWEEN, "100");
		return ERR_OK;
	}
	enum err e = inbox_load(c, http_param_get(&c->req->query, "cursor"), limit, &page);
	if (e == ERR_INVALID) {
		answer_field_problem(c, 400, "cursor", MSG_FIELD_CURSOR, NULL);
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "conversations");
	json_array(&j);
	for (size_t i = 0; i < page.n; i++) {
		json_object(&j);
		conversation_members(c, &j, &page.list[i]);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_key_string(&j, "next_cursor", page.next);
	json_object_end(&j);
	return ERR_OK;
}

static void message_write(struct json *j, const struct conversation *k, const struct conversation_message *m)
{
	json_object(j);
	json_key_int(j, "id", m->id);
	json_key_string(j, "from", m->from == SIDE_SELLER ? "seller" : "buyer");
	json_key_string(j, "name", m->from == SIDE_SELLER ? k->seller_name : k->buyer_name);
	json_key_string(j, "message", m->body);
	json_key(j, "held");
	json_bool(j, m->held);
	json_key(j, "created_at");
	json_time(j, m->created_at);
	json_object_end(j);
}

enum err api_conversation(struct context *c)
{
	struct conversation k;
	struct conversation_message *list = NULL;
	size_t n = 0;
	int64_t before = 0;
	if (c->req->query.n > 0 && !conversation_before(c, &before)) {
		answer_field_problem(c, 400, "before", MSG_FIELD_NOT_NUMBER, NULL);
		return ERR_OK;
	}
	enum err e = conversation_db_get(c->db, c->arena, c->session->member_id, c->id, c->now, &k, NULL);
	if (e == ERR_OK)
		e = conversation_db_messages(c->db, c->arena, k.id, k.side, before, CONVERSATION_THREAD + 1, &list, &n);
	if (e != ERR_OK)
		return e;
	bool older = n > CONVERSATION_THREAD;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	conversation_members(c, &j, &k);
	json_key(&j, "messages");
	json_array(&j);
	for (size_t i = older ? 1 : 0; i < n; i++)
		message_write(&j, &k, &list[i]);
	json_array_end(&j);
	json_key(&j, "next_before");
	if (older)
		json_int(&j, list[1].id);
	else
		json_null(&j);
	json_object_end(&j);
	return ERR_OK;
}
