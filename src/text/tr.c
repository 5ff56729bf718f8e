#include "text/tr.h"

#include <string.h>

/* The empty strings around each text let nothing but a literal through; an empty one stops the build here. */
#define MSG(id, en, fr)                                                                            \
	_Static_assert(sizeof("" en "") > 1, #id " has no English text");                           \
	_Static_assert(sizeof("" fr "") > 1, #id " has no French text");
#include "text/messages.def"
#undef MSG

static const char *const texts[MSG_COUNT][LANG_COUNT] = {
#define MSG(id, en, fr) [MSG_##id] = {[LANG_EN] = en, [LANG_FR] = fr},
#include "text/messages.def"
#undef MSG
};
_Static_assert(LANG_COUNT == 2, "a language was added: messages.def and MSG() need its column");

const char *tr(enum lang lang, enum msg id)
{
	return texts[id][lang];
}

void tr_format(struct buf *out, enum lang lang, enum msg id, const char *const args[], unsigned n)
{
	const char *text = tr(lang, id);
	for (const char *p = text; *p != '\0';) {
		if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}') {
			unsigned i = (unsigned)(p[1] - '1');
			if (i < n && args[i] != NULL)
				buf_puts(out, args[i]);
			p += 3;
			continue;
		}
		size_t run = 1 + strcspn(p + 1, "{");
		buf_put(out, p, run);
		p += run;
	}
}

const char *lang_tag(enum lang lang)
{
	return lang == LANG_FR ? "fr" : "en";
}

const char *lang_prefix(enum lang lang)
{
	return lang == LANG_FR ? "/fr" : "";
}
