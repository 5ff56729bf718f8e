#include "app/photo_upload.h"

#include <string.h>

#include "app/answer.h"
#include "app/photo.h"
#include "app/photo_take.h"
#include "db/photo_db.h"
#include "http/form.h"
#include "http/multipart.h"
#include "model/own_listing.h"
#include "render/photo_view.h"

enum { SENTENCE_CAP = 4096 };

/* What came, before any of it is looked at. */
struct upload {
	struct photo_sent files[PHOTO_FILES_SENT_MAX];
	size_t n;
	bool bare;         /* a program's: the body may be the file itself */
	bool hold;         /* the rules want a moderator to see a description */
	int status;        /* 0: it can be read */
	enum msg text;     /* else what is wrong with it as a whole */
	const char *detail; /* what {1} in text is; NULL */
	struct field_errors errors; /* of descriptions */
};

/* The page's script asks for JSON: it is answered as a program is. */
static void notice_script(struct context *c)
{
	c->api = c->api || strstr(c->req->accept, "application/json") != NULL;
}

static void upload_refuse(struct upload *u, int status, enum msg text, const char *detail)
{
	u->status = status;
	u->text = text;
	u->detail = detail;
}

struct alt_fields {
	const char *alt;
};
static const struct field alt_table[] = {{"alt", FIELD_TEXT, offsetof(struct alt_fields, alt), 0, PHOTO_ALT_MAX, false}};

/* A description as it is kept, held against the rules. */
static enum err alt_read(struct context *c, struct upload *u, const char *typed, const char **out)
{
	struct alt_fields f = {.alt = ""};
	struct http_param one = {.name = "alt", .value = typed};
	bool hold = false;
	*out = "";
	if (typed == NULL)
		return ERR_OK;
	form_decode(c->arena, alt_table, 1, &(struct http_params){.list = &one, .n = 1}, c->app->money_digits, &f, &u->errors);
	enum err e = u->errors.n == 0 ? photo_alt_check(c, f.alt, &u->errors, &hold) : ERR_OK;
	if (e != ERR_OK && e != ERR_INVALID)
		return e;
	u->hold = u->hold || hold;
	*out = f.alt;
	if (u->errors.n > 0)
		upload_refuse(u, 422, u->errors.list[0].text, arena_strdup(c->arena, u->errors.list[0].bound));
	return ERR_OK;
}

/* The files of the field "photo", and beside each the text that stands at the same place among those called "alt". */
static enum err form_take(struct context *c, struct upload *u, const struct multipart *m)
{
	const char *alts[MULTIPART_PARTS_MAX];
	size_t texts = 0;
	enum err e = ERR_OK;
	for (size_t i = 0; i < m->n; i++)
		if (m->parts[i].text != NULL && strcmp(m->parts[i].name, "alt") == 0)
			alts[texts++] = m->parts[i].text;
	for (size_t i = 0; i < m->n && e == ERR_OK; i++) {
		const struct multipart_part *p = &m->parts[i];
		bool chosen = p->file_name != NULL && (*p->file_name != '\0' || p->length > 0);
		if (!chosen || strcmp(p->name, "photo") != 0)
			continue;
		struct photo_sent *f = &u->files[u->n];
		*f = (struct photo_sent){.name = p->file_name, .media = p->media_type, .offset = p->offset, .length = p->length};
		e = alt_read(c, u, u->n < texts ? alts[u->n] : NULL, &f->alt);
		u->n++;
	}
	return e;
}

static enum err multipart_take(struct context *c, struct upload *u)
{
	struct multipart m;
	const char *what = "";
	enum err e = multipart_parse(c->arena, c->req->content_type_given, c->req->body_fd, c->req->body_len, &m, &what);
	if (e == ERR_OK)
		return form_take(c, u, &m);
	if (e != ERR_INVALID && e != ERR_TOO_LARGE)
		return e;
	c->res->note = what;
	upload_refuse(u, 400, MSG_PHOTO_NOT_WHOLE, NULL);
	return ERR_OK;
}

/* A program may send one file as it is. */
static enum err bare_take(struct context *c, struct upload *u)
{
	const char *name = http_param_get(&c->req->query, "name");
	u->files[0] = (struct photo_sent){.name = name != NULL ? name : "", .media = c->req->content_type, .length = c->req->body_len};
	u->n = 1;
	return alt_read(c, u, http_param_get(&c->req->query, "alt"), &u->files[0].alt);
}

static enum err upload_read(struct context *c, struct upload *u)
{
	bool bare = u->bare && (strncmp(c->req->content_type, "image/", 6) == 0 || strcmp(c->req->content_type, "application/octet-stream") == 0);
	bool form = strcmp(c->req->content_type, "multipart/form-data") == 0;
	enum err e = ERR_OK;
	if (c->req->body_fd < 0)
		upload_refuse(u, 422, MSG_PHOTO_NONE_CHOSEN, NULL);
	else if (form)
		e = multipart_take(c, u);
	else if (bare)
		e = bare_take(c, u);
	else
		upload_refuse(u, 415, MSG_ERROR_415_TEXT, NULL);
	if (e == ERR_OK && u->status == 0 && u->n == 0)
		upload_refuse(u, 422, MSG_PHOTO_NONE_CHOSEN, NULL);
	return e;
}

static const char *sentence(struct context *c, enum msg text, const char *detail)
{
	struct buf b;
	buf_init(&b, SENTENCE_CAP);
	tr_format(&b, c->lang, text, (const char *const[]){detail}, 1);
	const char *out = arena_strdup(c->arena, buf_str(&b));
	buf_free(&b);
	return out != NULL ? out : "";
}

static const char *refused_sentence(struct context *c, const struct photo_refused *r)
{
	struct buf b;
	buf_init(&b, SENTENCE_CAP);
	photo_refused_text(&b, c->lang, r);
	const char *out = arena_strdup(c->arena, buf_str(&b));
	buf_free(&b);
	return out != NULL ? out : "";
}

static const char *limit_sentence(struct context *c)
{
	return sentence(c, MSG_PHOTO_LIMITED, context_number(c, c->app->conf->limits.photo_per_hour));
}

/* The page, or the problem document, of an upload that is refused as a whole. */
static enum err answer_whole(struct context *c, bool picture, int status, const char *text, const struct field_errors *errors)
{
	if (c->api) {
		answer_problem(c, status, text, errors);
		return ERR_OK;
	}
	const struct photo_refusals refused = {.whole = text};
	return picture ? photo_picture_refused(c, status, &refused) : photo_index_refused(c, status, &refused, false);
}

static enum err answer_unread(struct context *c, bool picture, const struct upload *u)
{
	if (c->api && u->errors.n > 0)
		return answer_whole(c, picture, u->status, tr(c->lang, MSG_PROBLEM_BODY), &u->errors);
	struct field_errors none_chosen = {.n = 0};
	if (u->text == MSG_PHOTO_NONE_CHOSEN)
		field_errors_add(&none_chosen, "photo", u->text, NULL);
	return answer_whole(c, picture, u->status, sentence(c, u->text, u->detail), &none_chosen);
}

static bool all_refused_as(const struct photo_taking *t, enum photo_problem a, enum photo_problem b)
{
	for (size_t i = 0; i < t->n_refused; i++)
		if (t->refused[i].problem != a && t->refused[i].problem != b)
			return false;
	return true;
}

/* Of an answer that takes nothing; a page with some taken is 422 as well. */
static int refused_status(const struct context *c, const struct photo_taking *t)
{
	if (t->limited)
		return 429;
	if (t->taken == 0 && all_refused_as(t, PHOTO_AWAY, PHOTO_NO_SPACE))
		return 503;
	if (c->api && all_refused_as(t, PHOTO_TOO_LARGE, PHOTO_TOO_LARGE))
		return 413;
	if (c->api && all_refused_as(t, PHOTO_NOT_KNOWN, PHOTO_NOT_AS_SAID))
		return 415;
	return 422;
}

static void retry_after(struct context *c, int status)
{
	if (status == 429 || status == 503)
		http_header_set(c->res, "Retry-After", status == 429 ? "3600" : "30");
}

/* Is the i-th of those refused one that was not looked at? */
static bool over_limit(const struct photo_taking *t, size_t i)
{
	return t->limited && t->refused[i].problem == PHOTO_GOOD;
}

static void problem_none_taken(struct context *c, const struct photo_taking *t)
{
	int status = refused_status(c, t);
	struct json j;
	retry_after(c, status);
	answer_problem_open(c, status, t->limited ? limit_sentence(c) : refused_sentence(c, &t->refused[0]), &j);
	json_key(&j, "errors");
	json_array(&j);
	for (size_t i = 0; i < t->n_refused; i++) {
		json_object(&j);
		json_key_string(&j, "field", "photo");
		json_key_string(&j, "message", over_limit(t, i) ? limit_sentence(c) : refused_sentence(c, &t->refused[i]));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
}

static void put_errors(struct context *c, struct json *j, const struct photo_taking *t)
{
	json_key(j, "errors");
	json_array(j);
	for (size_t i = 0; i < t->n_refused; i++) {
		bool over = over_limit(t, i);
		json_object(j);
		json_key_string(j, "file", t->refused[i].file);
		json_key_string(j, "problem", over ? "limited" : photo_problem_name(t->refused[i].problem));
		json_key_string(j, "detail", over ? limit_sentence(c) : refused_sentence(c, &t->refused[i]));
		json_object_end(j);
	}
	json_array_end(j);
}

/* What was taken, in the order in which it was sent, and what was not. */
static enum err program_answer(struct context *c, const struct photo_taking *t)
{
	struct photo *list = NULL;
	size_t n = 0;
	struct json j;
	if (t->taken == 0) {
		problem_none_taken(c, t);
		return ERR_OK;
	}
	enum err e = photo_db_list(c->db, c->arena, t->listing->id, &list, &n);
	if (e != ERR_OK)
		return e;
	answer_json(c, 201, &j);
	json_object(&j);
	json_key(&j, "photos");
	json_array(&j);
	for (size_t i = 0; i < t->n_ids; i++)
		for (size_t k = 0; k < n; k++)
			if (list[k].id == t->ids[i])
				photo_put_own(c, &j, &list[k]);
	json_array_end(&j);
	put_errors(c, &j, t);
	json_key(&j, "review");
	json_bool(&j, t->review);
	json_object_end(&j);
	return ERR_OK;
}

static struct photo_refusals refusals_of(struct context *c, const struct photo_taking *t)
{
	/* What is over the limit is said once, of all that followed. */
	size_t n = 0;
	while (n < t->n_refused && !over_limit(t, n))
		n++;
	return (struct photo_refusals){.files = t->refused, .n = n, .whole = t->limited ? limit_sentence(c) : NULL};
}

static enum err take_all(struct context *c, struct photo_taking *t, const struct upload *u, size_t n)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		if (t->limited)
			t->refused[t->n_refused++] = (struct photo_refused){.file = u->files[i].name, .number = i + 1};
		else
			e = photo_take(c, t, &u->files[i], i + 1);
	}
	return e;
}

enum err photo_upload_post(struct context *c)
{
	struct listing l;
	struct upload u = {.bare = c->api};
	struct photo_taking t = {.listing = &l};
	notice_script(c);
	enum err e = photo_listing(c, &l);
	if (e != ERR_OK)
		return e;
	if (!listing_photos_may(l.state))
		return answer_whole(c, false, 409, tr(c->lang, MSG_PHOTO_LOCKED), NULL);
	e = upload_read(c, &u);
	if (e != ERR_OK)
		return e;
	if (u.status != 0)
		return answer_unread(c, false, &u);
	t.hold = u.hold;
	e = take_all(c, &t, &u, u.n);
	if (e != ERR_OK)
		return e;
	if (c->api)
		return program_answer(c, &t);
	if (t.n_refused == 0) {
		photo_offer(c, l.id, t.review ? "add-review" : "add");
		return ERR_OK;
	}
	struct photo_refusals refused = refusals_of(c, &t);
	int status = refused_status(c, &t);
	retry_after(c, status);
	return photo_index_refused(c, status, &refused, t.review);
}

enum err photo_upload_picture(struct context *c)
{
	struct upload u = {.n = 0};
	struct photo_taking t = {.listing = NULL};
	notice_script(c);
	enum err e = upload_read(c, &u);
	if (e != ERR_OK)
		return e;
	if (u.status != 0)
		return answer_unread(c, true, &u);
	e = take_all(c, &t, &u, 1);
	if (e != ERR_OK)
		return e;
	if (t.taken > 0 && c->api) {
		struct json j;
		answer_json(c, 201, &j);
		photo_put_json(&j, photo_base(c), &(const struct photo){.object = t.picture, .alt = ""});
	} else if (t.taken > 0) {
		answer_redirect(c, 303, context_href(c, "/account/picture?done=1"));
	} else if (c->api) {
		problem_none_taken(c, &t);
	} else {
		struct photo_refusals refused = refusals_of(c, &t);
		int status = refused_status(c, &t);
		retry_after(c, status);
		return photo_picture_refused(c, status, &refused);
	}
	return ERR_OK;
}
