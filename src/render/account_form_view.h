/* account_form_view: the forms that lead into an account: registering, confirming the address, signing in, a new password; and what was typed
 * into a page whose visitor was signed out meanwhile. */
#pragma once

#include "render/form_view.h"

void register_form_view(struct buf *b, const struct form_view *v);
/* arg: the address that is confirmed. */
void verify_form_view(struct buf *b, const struct form_view *v);
void login_form_view(struct buf *b, const struct form_view *v);
void login_code_view(struct buf *b, const struct form_view *v);
void reset_form_view(struct buf *b, const struct form_view *v);
void reset_new_view(struct buf *b, const struct form_view *v);

/* "You were signed out": a link to sign in (login, local, in a new tab), and v->hidden to be sent again to v->page.path. kept false: there was too
 * much to be kept, or nothing. */
void signed_out_view(struct buf *b, const struct form_view *v, const char *login, bool kept);
