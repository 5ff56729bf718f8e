/* account_form: what the forms of a member's account have in common: shown, sent back, and held against the member's password. */
#pragma once

#include "app/context.h"
#include "app/posting.h"

struct account_form {
	enum msg title;
	const char *path;                                       /* local */
	void (*view)(struct buf *b, const struct form_view *v);
};

/* The empty form, or with values in it. arg: {1} of its introduction; note: above it; both may be NULL. */
MUST_CHECK enum err account_form_show(struct context *c, const struct account_form *f, const struct typed_value *values, size_t n, const char *arg, const char *note);
/* The form with p's errors; a problem document on the API. */
MUST_CHECK enum err account_form_refuse(struct context *c, const struct account_form *f, struct posting *p, const char *arg);
/* What a database that is away makes of it; other errors are returned. Then account_form_refuse when p->status is set. */
MUST_CHECK enum err account_form_failed(struct context *c, const struct account_form *f, struct posting *p, enum err e, const char *arg);
/* Holds a password against the signed-in member's; wrong: an error of the field "password". Counted per member, so that whoever took a browser
 * cannot guess on. Does nothing when p is refused already. */
MUST_CHECK enum err account_form_password(struct context *c, struct posting *p, const char *password);
/* The member of the session. ERR_NOT_FOUND. */
MUST_CHECK enum err account_member(struct context *c, struct member *out);
/* 303 to a page of the account, which then says that it is done: "/account/security", "password". */
void account_done(struct context *c, const char *path, const char *what);
/* What a page asked with ?done=… says; NULL: nothing. */
const char *account_done_text(const struct context *c);
