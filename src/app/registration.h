/* registration: a new account: asked for, then confirmed by the link in a mail. */
#pragma once

#include "app/context.h"

enum err register_form(struct context *c);
enum err register_post(struct context *c); /* the page's form and the API */
enum err register_received(struct context *c);
enum err verify_form(struct context *c);
enum err verify_post(struct context *c);
