/* error_summary: the box above a form that lists its mistakes and links to the fields (GOV.UK's error summary). */
#pragma once

#include "render/html.h"
#include "text/field_error.h"

/* What the visitor calls a field. */
struct field_label {
	const char *name;
	enum msg label;
};

/* Nothing when there are no errors. An error of a field without a label stands under the name it was sent by, without a link. */
void error_summary(struct buf *b, enum lang lang, const struct field_errors *errors, const struct field_label *labels, size_t n);
/* A field's own message, <p class="error" id="e-NAME">; nothing when it has none. */
void field_error_text(struct buf *b, enum lang lang, const struct field_errors *errors, const char *name);
