#include "ctl/import_row.h"

#include <string.h>

#include "ctl/ctl.h"
#include "ctl/listing_input.h"
#include "model/money.h"
#include "util/clock.h"

static void add(struct import_problems *p, const char *field, const char *text)
{
	if (p->n < FIELD_ERRORS_MAX)
		p->list[p->n++] = (struct import_problem){field == NULL ? "" : field, text};
}

/* The columns of the form; the others are looked at here. */
static enum err split(const struct import_rules *rules, struct arena *a, const struct import_record *record, struct http_params *form,
                      int64_t *published_at, struct import_problems *problems)
{
	*form = record->params;
	form->n = 0;
	form->list = arena_array(a, record->params.n, sizeof *form->list);
	if (form->list == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < record->params.n; i++) {
		const struct http_param *p = &record->params.list[i];
		if (import_column_ignored(p->name))
			continue;
		if (strcmp(p->name, "currency") == 0) {
			if (p->value[0] != '\0' && strcmp(p->value, rules->currency) != 0)
				add(problems, "currency", "This is not the site's currency.");
		} else if (strcmp(p->name, "published_at") == 0) {
			if (p->value[0] != '\0' && !clock_parse(p->value, published_at))
				add(problems, "published_at", "A time such as 2026-01-31T12:00:00Z is needed.");
			else if (*published_at > rules->now)
				add(problems, "published_at", "This lies in the future.");
			else if (*published_at < 0)
				add(problems, "published_at", "This lies before 1970.");
		} else {
			form->list[form->n++] = *p;
		}
	}
	return ERR_OK;
}

enum err import_row_check(const struct import_rules *rules, struct arena *a, const struct import_record *record,
                          struct listing *out, struct import_problems *problems)
{
	struct listing_fields f = LISTING_FIELDS_DEFAULT;
	struct field_errors errors = {.n = 0};
	struct http_params form;
	struct input_problem unknown;
	int64_t published_at = 0;
	problems->n = 0;
	*out = (struct listing){.state = rules->publish ? LISTING_PUBLISHED : LISTING_PENDING, .currency = rules->currency};
	if (record->problem != NULL) {
		add(problems, record->field, record->problem);
		return ERR_OK;
	}
	enum err e = split(rules, a, record, &form, &published_at, problems);
	if (e != ERR_OK)
		return e;
	form_decode(a, listing_fields_table, LISTING_FIELD_COUNT, &form, money_digits(rules->currency), &f, &errors);
	for (size_t i = 0; i < errors.n; i++)
		add(problems, errors.list[i].field, ctl_field_text(a, &errors.list[i]));
	if (errors.n == 0 && !listing_input_resolve(rules->catalog, &f, out, &unknown)) {
		const char *text = arena_strdup(a, unknown.text);
		if (text == NULL)
			return ERR_NOMEM;
		add(problems, unknown.field, text);
	}
	out->created_at = out->updated_at = rules->now;
	if (rules->publish)
		out->published_at = published_at > 0 ? published_at : rules->now;
	return ERR_OK;
}
