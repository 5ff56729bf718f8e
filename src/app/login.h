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
