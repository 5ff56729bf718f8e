/* account_factor_view: setting up the second factor: its picture, its codes. */
#pragma once

#include "model/totp.h"
#include "render/form_view.h"

struct factor_view {
	struct form_view form;        /* of the code that confirms; errors may be NULL */
	bool on;
	int64_t codes_left;           /* on */
	const char *uri, *secret;     /* off, and shown to be confirmed: the otpauth address, the secret in base32; NULL: not begun */
	const char *done;             /* what has just been done; NULL */
};
void account_factor_view(struct buf *b, const struct factor_view *v);

/* Shown once. */
struct codes_view {
	struct page page;
	char (*codes)[RECOVERY_CODE_TEXT + 1]; /* RECOVERY_CODES of them */
};
void account_codes_view(struct buf *b, const struct codes_view *v);

/* Forms, each a page of its own. */
void account_factor_start_view(struct buf *b, const struct form_view *v);
void account_factor_off_view(struct buf *b, const struct form_view *v);
void account_factor_codes_view(struct buf *b, const struct form_view *v);
