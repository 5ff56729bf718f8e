/* posting: what every form a visitor sends goes through: read, decoded, held against robots and limits. */
#pragma once

#include "app/context.h"
#include "http/form.h"
#include "render/form_view.h"

struct posting {
	struct http_params params;    /* as typed, for sending the form back */
	struct field_errors errors;
	int status;                   /* 0: good; else what to answer: 400, 413, 415, 422, 429 */
};

/* Reads the body and decodes it by the table into out. Then, for a page's form: the honeypot and the form's age. A status of
 * 400, 413 or 415 has been answered already (answered true); 422 wants the form sent back. */
MUST_CHECK enum err posting_read(struct context *c, const struct field *fields, size_t n, void *out, struct posting *p, bool *answered);
/* The same for a form that needs no typing, for a password manager fills it in or it is one button: it may come back at once. */
MUST_CHECK enum err posting_read_quick(struct context *c, const struct field *fields, size_t n, void *out, struct posting *p, bool *answered);
/* Counts an attempt of the client's address; over the limit: status 429, an error on the form, Retry-After set. */
MUST_CHECK enum err posting_limit(struct context *c, const char *kind, int64_t per_hour, struct posting *p);
/* The same where something else was counted. */
void posting_limited(struct context *c, struct posting *p);
/* The form_view for sending the form back with p's values and errors and a fresh age; API: a problem document is written
 * and *written is true. path, title: of the page. */
MUST_CHECK enum err posting_refuse(struct context *c, struct posting *p, const char *title, const char *path, struct form_view *v, bool *written);
/* A fresh form age token in the arena. */
MUST_CHECK enum err posting_age(struct context *c, const char **out);
/* The database cannot take it: e is turned into a form with status 503 and its values kept (API: a problem document) when e
 * says so; any other error is returned as it is. */
MUST_CHECK enum err posting_failed(struct context *c, struct posting *p, enum err e);
