/* tr: every visible sentence, by id and language. The table is text/messages.def; an entry without both
 * languages does not compile. Placeholders are {1} … {9}. Plain text: writers escape. */
#pragma once

#include "util/buf.h"

enum lang { LANG_EN, LANG_FR, LANG_COUNT };

enum msg {
#define MSG(id, en, fr) MSG_##id,
#include "text/messages.def"
#undef MSG
	MSG_COUNT
};

const char *tr(enum lang lang, enum msg id);
/* tr() with {1}.. replaced by args[0].. ; a NULL argument counts as "". */
void tr_format(struct buf *out, enum lang lang, enum msg id, const char *const args[], unsigned n);
/* "en", "fr": for html lang= and hreflang=. */
const char *lang_tag(enum lang lang);
/* "" or "/fr": what a local path starts with. */
const char *lang_prefix(enum lang lang);
