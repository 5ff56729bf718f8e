/* signed_out: a form that arrives from a page for members when its sender is signed in no longer. */
#pragma once

#include "app/context.h"

/* 401, and a page that keeps what was typed (passwords and codes apart) to be sent again after signing in. */
void signed_out_answer(struct context *c);
