/* reset: a new password for who has forgotten theirs, by a link in a mail that works once. */
#pragma once

#include "app/context.h"

enum err reset_form(struct context *c);
enum err reset_post(struct context *c);
enum err reset_received(struct context *c);
enum err reset_new_form(struct context *c);
enum err reset_new_post(struct context *c);
enum err reset_done(struct context *c);
