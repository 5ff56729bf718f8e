/* login: signing in, with a second factor where there is one, and signing out. */
#pragma once

#include "app/context.h"

enum err login_form(struct context *c);
enum err login_post(struct context *c);
enum err login_code_post(struct context *c);
enum err logout_post(struct context *c);
enum err logout_everywhere_post(struct context *c);
enum err api_session_create(struct context *c);
enum err api_session_delete(struct context *c);

/* A path of this site to go on to after signing in: begins with one slash, has no way out of it; NULL when next is none. */
const char *login_next(const char *next);
