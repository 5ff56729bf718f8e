#include "app/saved_search.h"

#include <string.h>

#include "app/answer.h"
#include "app/listing.h"
#include "app/listing_query.h"
#include "app/posting.h"
#include "db/saved_search_db.h"
#include "render/saved_search_view.h"
#include "util/utf8.h"

enum { SENT_SHOWN = 20 };

struct search_fields {
	const char *name, *frequency, *query;
};

#define AT(member) offsetof(struct search_fields, member)
static const struct field search_table[] = {
	{"name", FIELD_TEXT, AT(name), SAVED_NAME_MIN, SAVED_NAME_MAX, true},
	{"frequency", FIELD_SLUG, AT(frequency), 1, 10, true},
	{"query", FIELD_TOKEN, AT(query), 1, SAVED_QUERY_MAX, true},
};
enum { CHANGE_FIELDS = 2, ADD_FIELDS = 3 };

static const char *search_path(const struct context *c, int64_t id)
{
	char text[I64_TEXT_SIZE];
	i64_text(id, text);
	return context_join(c, "/account/searches/", text, NULL);
}

static const char *listings_href(const struct context *c, const char *query)
{
	return context_href(c, context_join(c, "/listings?", query, NULL));
}

static void read_frequency(const struct search_fields *f, struct posting *p, enum alert_frequency *out)
{
	if (field_errors_find(&p->errors, "frequency") != NULL || alert_frequency_parse(f->frequency, out))
		return;
	field_errors_add(&p->errors, "frequency", MSG_FIELD_CHOICE, NULL);
	p->status = 422;
}

/* The query as /listings itself would write it; one that /listings would refuse is refused. */
static enum err read_query(struct context *c, struct search_fields *f, struct posting *p, struct query_reading *r)
{
	if (field_errors_find(&p->errors, "query") != NULL)
		return ERR_OK;
	enum err e = listing_query_read_text(c, f->query, LISTING_PAGE, r);
	if (e != ERR_OK && e != ERR_INVALID)
		return e;
	f->query = e == ERR_OK ? r->filters : "";
	if (e == ERR_OK && r->errors.n == 0 && *r->filters != '\0' && strlen(r->filters) <= SAVED_QUERY_MAX)
		return ERR_OK;
	field_errors_add(&p->errors, c->api ? "query" : "", MSG_SAVED_BAD_QUERY, NULL);
	p->status = 422;
	return ERR_OK;
}

enum err saved_search_index(struct context *c)
{
	struct saved_search *list = NULL;
	size_t n = 0;
	enum err e = saved_search_db_list(c->db, c->arena, c->session->member_id, &list, &n);
	if (e != ERR_OK)
		return e;
	struct saved_searches_view v = {
		.page = answer_page(c, tr(c->lang, MSG_SAVED_TITLE), "/account/searches"), .list = list, .n = n, .now = c->now,
	};
	v.page.noindex = true;
	answer_html(c, 200);
	saved_searches_view(&c->res->body, &v);
	return ERR_OK;
}

/* What a search is called until its owner says otherwise: its page's title, cut to what a name holds. */
static const char *usual_name(struct context *c, const struct query_reading *r)
{
	const char *name = utf8_ellipsis(c->arena, listing_index_title(c, r), SAVED_NAME_MAX);
	return name != NULL ? name : "";
}

enum err saved_search_new(struct context *c)
{
	struct query_reading r;
	enum err e = listing_query_read(c, LISTING_PAGE, &r);
	const char *age = NULL;
	if (e == ERR_OK)
		e = posting_age(c, &age);
	if (e != ERR_OK)
		return e;
	if (r.errors.n > 0 || *r.filters == '\0') {
		answer_redirect(c, 303, context_href(c, "/listings"));
		return ERR_OK;
	}
	static const struct field_errors none = {.n = 0};
	const struct typed_value values[] = {{"name", usual_name(c, &r)}, {"frequency", "daily"}}, hidden[] = {{"query", r.filters}};
	struct form_view v = {
		.page = answer_page(c, tr(c->lang, MSG_SAVED_NEW_TITLE), "/account/searches"), .errors = &none, .form_age = age,
		.values = values, .value_count = 2, .hidden = hidden, .hidden_count = 1, .arg = usual_name(c, &r),
	};
	v.page.noindex = true;
	answer_html(c, 200);
	saved_search_form_view(&c->res->body, &v);
	return ERR_OK;
}

static enum err add_refuse(struct context *c, struct posting *p, const struct search_fields *f)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, tr(c->lang, MSG_SAVED_NEW_TITLE), "/account/searches", &v, &written);
	if (e != ERR_OK || written)
		return e;
	const struct typed_value hidden[] = {{"query", f->query}};
	v.hidden = hidden;
	v.hidden_count = 1;
	v.arg = f->name;
	saved_search_form_view(&c->res->body, &v);
	return ERR_OK;
}

static void put_search(struct json *j, const struct saved_search *s)
{
	json_object(j);
	json_key_int(j, "id", s->id);
	json_key_string(j, "name", s->name);
	json_key_string(j, "query", s->query);
	json_key_string(j, "frequency", alert_frequency_name(s->frequency));
	json_key(j, "created_at");
	json_time(j, s->created_at);
	json_key(j, "sent_at");
	json_time(j, s->sent_at);
	json_object_end(j);
}

static void search_taken(struct context *c, const struct saved_search *s)
{
	if (!c->api) {
		answer_redirect(c, 303, context_href(c, "/account/searches"));
		return;
	}
	struct json j;
	answer_json(c, 201, &j);
	put_search(&j, s);
}

enum err saved_search_add(struct context *c)
{
	struct search_fields f = {0};
	struct posting p;
	struct query_reading r;
	struct saved_search s = {.created_at = c->now};
	bool answered = false;
	enum err e = posting_read_quick(c, search_table, ADD_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	read_frequency(&f, &p, &s.frequency);
	e = read_query(c, &f, &p, &r);
	if (e == ERR_OK && p.status == 0) {
		s.name = f.name;
		s.query = f.query;
		e = saved_search_db_add(c->db, c->session->member_id, &s, c->now, &s.id);
	}
	if (e == ERR_EXISTS && !c->api) {
		answer_redirect(c, 303, context_href(c, search_path(c, s.id)));
		return ERR_OK;
	}
	if (e == ERR_EXISTS || e == ERR_LIMITED) {
		field_errors_add(&p.errors, "", e == ERR_EXISTS ? MSG_SAVED_EXISTS : MSG_SAVED_FULL, NULL);
		p.status = c->api ? 409 : 422;
		e = ERR_OK;
	}
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return add_refuse(c, &p, &f);
	search_taken(c, &s);
	return ERR_OK;
}

/* The page of one search around its form. */
static enum err show(struct context *c, const struct saved_search *s, struct form_view *form)
{
	struct saved_search_sent *sent = NULL;
	size_t n = 0;
	enum err e = saved_search_db_sent(c->db, c->arena, s->id, SENT_SHOWN, &sent, &n);
	struct sent_listing *list = e == ERR_OK ? arena_array(c->arena, n + 1, sizeof *list) : NULL;
	if (e == ERR_OK && list == NULL)
		e = ERR_NOMEM;
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < n; i++)
		list[i] = (struct sent_listing){&sent[i].listing, sent[i].sent_at};
	struct saved_search_view v = {
		.form = form, .search = s, .listings_href = listings_href(c, s->query), .sent = list, .sent_count = n, .now = c->now,
	};
	saved_search_view(&c->res->body, &v);
	return ERR_OK;
}

enum err saved_search_show(struct context *c)
{
	struct saved_search s;
	const char *age = NULL;
	enum err e = saved_search_db_get(c->db, c->arena, c->session->member_id, c->id, &s);
	if (e == ERR_OK)
		e = posting_age(c, &age);
	if (e != ERR_OK)
		return e;
	static const struct field_errors none = {.n = 0};
	const struct typed_value values[] = {{"name", s.name}, {"frequency", alert_frequency_name(s.frequency)}};
	struct form_view v = {
		.page = answer_page(c, s.name, search_path(c, s.id)), .errors = &none, .form_age = age, .values = values, .value_count = 2,
	};
	v.page.noindex = true;
	answer_html(c, 200);
	return show(c, &s, &v);
}

static enum err change_refuse(struct context *c, struct posting *p, const struct saved_search *s)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, s->name, search_path(c, s->id), &v, &written);
	return e != ERR_OK || written ? e : show(c, s, &v);
}

enum err saved_search_change(struct context *c)
{
	struct search_fields f = {0};
	struct posting p;
	struct saved_search s;
	bool answered = false;
	enum err e = saved_search_db_get(c->db, c->arena, c->session->member_id, c->id, &s);
	if (e != ERR_OK)
		return e;
	e = posting_read_quick(c, search_table, CHANGE_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	enum alert_frequency frequency = ALERT_NONE;
	read_frequency(&f, &p, &frequency);
	if (p.status == 0)
		e = saved_search_db_change(c->db, c->session->member_id, s.id, f.name, frequency, c->now);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		e = posting_failed(c, &p, e);
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return change_refuse(c, &p, &s);
	answer_redirect(c, 303, context_href(c, "/account/searches"));
	return ERR_OK;
}

enum err saved_search_delete(struct context *c)
{
	enum err e = saved_search_db_delete(c->db, c->session->member_id, c->id);
	if (e == ERR_OK)
		answer_redirect(c, 303, context_href(c, "/account/searches"));
	return e;
}

enum err api_searches(struct context *c)
{
	struct saved_search *list = NULL;
	size_t n = 0;
	enum err e = saved_search_db_list(c->db, c->arena, c->session->member_id, &list, &n);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "searches");
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		put_search(&j, &list[i]);
	json_array_end(&j);
	json_object_end(&j);
	return ERR_OK;
}

enum err api_search_change(struct context *c)
{
	struct search_fields f = {0};
	struct posting p;
	struct saved_search s;
	bool answered = false;
	enum err e = saved_search_db_get(c->db, c->arena, c->session->member_id, c->id, &s);
	if (e == ERR_OK)
		e = posting_read(c, search_table, CHANGE_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	read_frequency(&f, &p, &s.frequency);
	if (p.status != 0) {
		answer_problem(c, p.status, tr(c->lang, MSG_PROBLEM_BODY), &p.errors);
		return ERR_OK;
	}
	s.name = f.name;
	e = saved_search_db_change(c->db, c->session->member_id, s.id, s.name, s.frequency, c->now);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	put_search(&j, &s);
	return ERR_OK;
}

enum err api_search_delete(struct context *c)
{
	enum err e = saved_search_db_delete(c->db, c->session->member_id, c->id);
	if (e != ERR_OK)
		return e;
	c->res->status = 204;
	c->res->content_type = NULL;
	return ERR_OK;
}

enum err unsubscribe_show(struct context *c)
{
	struct unsubscribe_view v = {.page = answer_page(c, tr(c->lang, MSG_UNSUBSCRIBE_TITLE), c->path)};
	v.page.noindex = true;
	answer_html(c, 200);
	unsubscribe_view(&c->res->body, &v);
	return ERR_OK;
}

/* No redirect: mail programs do not follow one with what they post (RFC 8058, section 3.1). Their body is form data of either kind, ours is
 * empty: the link alone says what is meant. */
enum err unsubscribe_post(struct context *c)
{
	const uint8_t *key = NULL;
	int64_t id = 0;
	enum err e = context_key(c, SITE_KEY_UNSUBSCRIBE, &key);
	if (e == ERR_OK && unsubscribe_read(key, c->param[0], &id))
		e = saved_search_db_unsubscribe(c->db, id);
	if (e == ERR_OK)
		answer_notice(c, c->path, MSG_UNSUBSCRIBED_TITLE, MSG_UNSUBSCRIBED, context_href(c, "/account/searches"), MSG_SAVED_TITLE);
	return e;
}
