#include "app/account_profile.h"

#include <ctype.h>
#include <string.h>

#include "app/account_form.h"
#include "app/answer.h"
#include "app/screening.h"
#include "app/session.h"
#include "db/account_db.h"
#include "db/member_db.h"
#include "http/form.h"
#include "render/account_settings_view.h"

struct profile_fields {
	const char *name, *location, *about, *lang;
	const char *address_name, *line1, *line2, *city, *region, *postal_code, *country;
};

#define AT(member) offsetof(struct profile_fields, member)

/* What a table's column holds: sql/0004_member.sql. */
enum { ADDRESS_LINE_MAX = 120, ADDRESS_WORD_MAX = 80, POSTAL_CODE_MAX = 20, COUNTRY_LETTERS = 2, SLUG_BYTES = 80 };

static const struct field profile_table[] = {
	{"name", FIELD_TEXT, AT(name), MEMBER_NAME_MIN, MEMBER_NAME_MAX, false},
	{"location", FIELD_SLUG, AT(location), 1, SLUG_BYTES, false},
	{"about", FIELD_LINES, AT(about), 0, MEMBER_ABOUT_MAX, false},
	{"lang", FIELD_TOKEN, AT(lang), 2, 2, false},
	{"address_name", FIELD_TEXT, AT(address_name), 0, ADDRESS_WORD_MAX, false},
	{"address_line1", FIELD_TEXT, AT(line1), 0, ADDRESS_LINE_MAX, false},
	{"address_line2", FIELD_TEXT, AT(line2), 0, ADDRESS_LINE_MAX, false},
	{"address_city", FIELD_TEXT, AT(city), 0, ADDRESS_WORD_MAX, false},
	{"address_region", FIELD_TEXT, AT(region), 0, ADDRESS_WORD_MAX, false},
	{"address_postal_code", FIELD_TEXT, AT(postal_code), 0, POSTAL_CODE_MAX, false},
	{"address_country", FIELD_TOKEN, AT(country), COUNTRY_LETTERS, COUNTRY_LETTERS, false},
};
enum { PROFILE_FIELDS = sizeof profile_table / sizeof *profile_table };

static const struct account_form form = {MSG_ACCOUNT_PROFILE, "/account/profile", account_profile_view};

static const char *place_slug(const struct context *c, int64_t id)
{
	const struct place *place = id != 0 ? catalog_place(c->catalog, id) : NULL;
	return place != NULL ? place->slug : "";
}

enum err account_profile_form(struct context *c)
{
	struct member m;
	enum err e = account_member(c, &m);
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	const struct typed_value values[] = {
		{"name", m.name}, {"location", place_slug(c, m.place_id)}, {"about", m.about}, {"lang", m.lang},
		{"address_name", m.address.name}, {"address_line1", m.address.line1}, {"address_line2", m.address.line2}, {"address_city", m.address.city},
		{"address_region", m.address.region}, {"address_postal_code", m.address.postal_code}, {"address_country", m.address.country},
	};
	return account_form_show(c, &form, values, sizeof values / sizeof *values, NULL, account_done_text(c));
}

/* Two letters, as capitals. */
static const char *country_read(const struct context *c, const char *typed, struct field_errors *errors)
{
	char *s = arena_strdup(c->arena, typed);
	if (s == NULL || *s == '\0')
		return "";
	for (char *p = s; *p != '\0'; p++) {
		if (!isascii((unsigned char)*p) || !isalpha((unsigned char)*p))
			field_errors_add(errors, "address_country", MSG_FIELD_NOT_COUNTRY, NULL);
		*p = (char)toupper((unsigned char)*p);
	}
	return s;
}

/* Given fields into m; on a page all are given. */
static void profile_apply(struct context *c, const struct profile_fields *f, struct posting *p, struct member *m)
{
	const struct {
		const char *name, *value;
		const char **to;
	} texts[] = {
		{"name", f->name, &m->name}, {"about", f->about, &m->about}, {"lang", f->lang, &m->lang},
		{"address_name", f->address_name, &m->address.name}, {"address_line1", f->line1, &m->address.line1},
		{"address_line2", f->line2, &m->address.line2}, {"address_city", f->city, &m->address.city}, {"address_region", f->region, &m->address.region},
		{"address_postal_code", f->postal_code, &m->address.postal_code}, {"address_country", country_read(c, f->country, &p->errors), &m->address.country},
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!c->api || http_param_get(&p->params, texts[i].name) != NULL)
			*texts[i].to = texts[i].value;
	if (*m->name == '\0')
		field_errors_add(&p->errors, "name", MSG_FIELD_REQUIRED, NULL);
	if (strcmp(m->lang, "en") != 0 && strcmp(m->lang, "fr") != 0)
		field_errors_add(&p->errors, "lang", MSG_FIELD_NO_SUCH_LANGUAGE, NULL);
	if (c->api && http_param_get(&p->params, "location") == NULL)
		return;
	const struct place *place = *f->location != '\0' ? catalog_place_by_slug(c->catalog, f->location) : NULL;
	if (*f->location != '\0' && place == NULL)
		field_errors_add(&p->errors, "location", MSG_FIELD_NO_SUCH_PLACE, NULL);
	m->place_id = place != NULL ? place->id : 0;
}

static void me_put(struct context *c, const struct member *m)
{
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key_int(&j, "id", m->id);
	json_key_string(&j, "name", m->name);
	json_key_string(&j, "role", member_role_name(m->role));
	json_key_string(&j, "location", m->place_id != 0 ? place_slug(c, m->place_id) : NULL);
	json_key_string(&j, "about", m->about);
	json_key_string(&j, "lang", m->lang);
	/* a token that may only read does not learn where somebody lives */
	if (session_may(c, SCOPE_ACCOUNT)) {
		json_key_string(&j, "email", m->email);
		json_key_string(&j, "address_name", m->address.name);
		json_key_string(&j, "address_line1", m->address.line1);
		json_key_string(&j, "address_line2", m->address.line2);
		json_key_string(&j, "address_city", m->address.city);
		json_key_string(&j, "address_region", m->address.region);
		json_key_string(&j, "address_postal_code", m->address.postal_code);
		json_key_string(&j, "address_country", m->address.country);
	}
	json_key(&j, "second_factor");
	json_bool(&j, m->totp);
	json_key(&j, "created_at");
	json_time(&j, m->created_at);
	json_key(&j, "delete_at");
	json_time(&j, m->delete_at);
	json_object_end(&j);
}

enum err account_api_me(struct context *c)
{
	struct member m;
	enum err e = account_member(c, &m);
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e == ERR_OK)
		me_put(c, &m);
	return e;
}

/* What everybody will read. No moderator looks at it first, so a rule that holds refuses here. */
static enum err profile_screen(struct context *c, const struct member *m, struct posting *p)
{
	struct screening s;
	enum err e = screening_rules(c, NULL, m->about, &s);
	if (e == ERR_OK && s.verdict != SCREENING_OK)
		screening_refuse(c, &s, "about", "about", p);
	return e;
}

enum err account_profile_save(struct context *c)
{
	struct profile_fields f = {.name = NULL};
	struct member m;
	struct posting p;
	bool answered = false;
	enum err e = posting_read(c, profile_table, PROFILE_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = account_member(c, &m);
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e == ERR_OK) {
		profile_apply(c, &f, &p, &m);
		if (p.errors.n > 0)
			p.status = 422;
	}
	if (e == ERR_OK && p.status == 0)
		e = profile_screen(c, &m, &p);
	if (e == ERR_OK && p.status == 0)
		e = account_db_profile(c->db, &m);
	if (e != ERR_OK || p.status != 0)
		return account_form_failed(c, &form, &p, e, NULL);
	if (c->api)
		me_put(c, &m);
	else
		account_done(c, form.path, "profile");
	return ERR_OK;
}
