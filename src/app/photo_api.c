/* photo.h, the API: a program's own member's photos. */
#include <stdlib.h>

#include "app/answer.h"
#include "app/photo.h"
#include "db/photo_db.h"
#include "http/form.h"

void photo_put_own(const struct context *c, struct json *j, const struct photo *p)
{
	json_object(j);
	json_key_int(j, "id", p->id);
	json_key_int(j, "position", p->position);
	photo_put_members(j, photo_base(c), p);
	json_object_end(j);
}

enum err api_photos(struct context *c)
{
	struct listing l;
	struct photo *list = NULL;
	size_t n = 0;
	enum err e = photo_listing(c, &l);
	if (e == ERR_OK)
		e = photo_db_list(c->db, c->arena, l.id, &list, &n);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "photos");
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		photo_put_own(c, &j, &list[i]);
	json_array_end(&j);
	json_object_end(&j);
	return ERR_OK;
}

struct photo_fields {
	const char *alt;
	int64_t position;
};
static const struct field photo_table[] = {
	{"alt", FIELD_TEXT, offsetof(struct photo_fields, alt), 0, PHOTO_ALT_MAX, false},
	{"position", FIELD_INT, offsetof(struct photo_fields, position), 0, PHOTO_MAX - 1, false},
};

/* The photo that the path names as it is now. */
static enum err photo_answer(struct context *c, const struct listing *l, int64_t photo_id)
{
	struct photo photo;
	struct json j;
	enum err e = photo_of_listing(c, l, photo_id, &photo);
	if (e != ERR_OK)
		return e;
	answer_json(c, 200, &j);
	photo_put_own(c, &j, &photo);
	return ERR_OK;
}

/* The listing and the photo; a state in which nothing changes has been answered. */
static enum err photo_open(struct context *c, struct listing *l, int64_t *photo_id, bool *answered)
{
	enum err e = photo_listing(c, l);
	*photo_id = strtoll(c->param[1], NULL, 10);
	*answered = e == ERR_OK && !listing_photos_may(l->state);
	if (*answered)
		answer_problem(c, 409, tr(c->lang, MSG_PHOTO_LOCKED), NULL);
	return e;
}

enum err api_photo_change(struct context *c)
{
	struct listing l;
	struct photo_fields f = {.alt = "", .position = -1};
	struct http_params given;
	struct field_errors errors = {.n = 0};
	const char *bad = NULL;
	int64_t id = 0;
	bool answered = false, hold = false, review = false;
	int status = form_read(c->req, true, &given, &bad);
	if (status == 422 && bad != NULL)
		answer_field_problem(c, 422, bad, MSG_FIELD_BAD, NULL);
	else if (status != 0)
		answer_status(c, status);
	if (status != 0)
		return ERR_OK;
	bool words = http_param_get(&given, "alt") != NULL;
	form_decode(c->arena, photo_table, sizeof photo_table / sizeof *photo_table, &given, c->app->money_digits, &f, &errors);
	enum err e = photo_open(c, &l, &id, &answered);
	if (e != ERR_OK || answered)
		return e;
	if (errors.n == 0 && words)
		e = photo_alt_check(c, f.alt, &errors, &hold);
	if (errors.n > 0) {
		answer_problem(c, 422, tr(c->lang, MSG_PROBLEM_BODY), &errors);
		return ERR_OK;
	}
	if (e == ERR_OK && words)
		e = photo_alt_change(c, &l, id, f.alt, hold, &review);
	if (e == ERR_OK && f.position >= 0)
		e = photo_db_move(c->db, l.member_id, l.id, id, (int)f.position);
	return e == ERR_OK ? photo_answer(c, &l, id) : e;
}

enum err api_photo_remove(struct context *c)
{
	struct listing l;
	int64_t id = 0;
	bool answered = false;
	enum err e = photo_open(c, &l, &id, &answered);
	if (e == ERR_OK && !answered)
		e = photo_db_remove(c->db, l.member_id, l.id, id);
	if (e != ERR_OK || answered)
		return e;
	c->res->status = 204;
	c->res->content_type = NULL;
	return ERR_OK;
}
