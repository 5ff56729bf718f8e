/* answer: the ways a handler says what it has to say: a page, a redirect, a problem document, an error page. */
#pragma once

#include "app/context.h"
#include "render/form_view.h"
#include "render/json.h"
#include "text/field_error.h"

/* The frame of a page with what every page needs; path is the local path without prefix, title plain text. */
struct page answer_page(const struct context *c, const char *title, const char *path);
/* Sets the content type of an HTML page. */
void answer_html(struct context *c, int status);
/* 303 or 301 to a local address that carries its language prefix. */
void answer_redirect(struct context *c, int status, const char *href);
/* Begins a JSON answer. */
void answer_json(struct context *c, int status, struct json *j);
/* An error as a page, or as an RFC 9457 problem document on the API. text, heading: MSG_ERROR_… pairs by status. */
void answer_status(struct context *c, int status);
/* 403 of somebody who is signed in and may not. */
void answer_forbidden(struct context *c);
/* 503: there is no room for what was sent. */
void answer_no_space(struct context *c);
/* The same with the fields that are wrong (each with its message); JSON only: pages show them in the form. */
void answer_problem(struct context *c, int status, const char *detail, const struct field_errors *errors);
/* The same up to its fields: j is in the object, for the caller to go on and end. */
void answer_problem_open(struct context *c, int status, const char *detail, struct json *j);
/* A single field's error. */
void answer_field_problem(struct context *c, int status, const char *field, enum msg text, const char *bound);
/* What a handler's enum err means to the visitor. */
void answer_error(struct context *c, enum err e);
/* A notice of success with status 200. */
void answer_notice(struct context *c, const char *path, enum msg heading, enum msg text, const char *link, enum msg link_text);
/* nginx's microcache may keep this answer for so many seconds; 0: never. */
void answer_cache(struct context *c, int seconds);
