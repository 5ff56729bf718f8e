/* Content rules. The first byte chooses the kind; the first line is what an admin types, the rest the text. A pattern is its own pattern, what was typed
 * has it, a text with it inside has it too, and making and matching never read past an end. */
#include <string.h>

#include "fuzz.h"
#include "model/content_rule.h"
#include "util/utf8.h"

enum { TEXT_MAX = 4000 };

static bool has(struct arena *a, const struct content_rule *r, const char *text)
{
	struct rule_text t;
	HOLDS(rule_text_make(a, text, &t) == ERR_OK);
	HOLDS(t.joined[0] == ' ' && t.split[0] == ' ' && t.hosts[0] == ' ');
	return rule_matches(r, &t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TEXT_MAX + 1], pattern[RULE_PATTERN_BYTES + 1], again[RULE_PATTERN_BYTES + 1], inside[RULE_PATTERN_BYTES + 32];
	if (size < 2 || size > TEXT_MAX)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	const struct content_rule r = {.kind = data[0] % 2 == 0 ? RULE_WORDS : RULE_LINK, .pattern = pattern};
	char *rest = strchr(text, '\n');
	if (rest != NULL)
		*rest++ = '\0';
	struct arena *a = arena_new(1 << 20);
	if (a == NULL)
		return 0;
	/* A form lets valid UTF-8 in NFC through and nothing else: what holds of a pattern is asked of that only. Anything else is not to be read past. */
	char *composed = NULL;
	bool typed = utf8_valid(text, strlen(text)) && utf8_nfc(a, text, strlen(text), &composed) == ERR_OK && strcmp(composed, text) == 0;
	if (!typed) {
		(void)rule_pattern_make(r.kind, text, pattern);
	} else if (rule_pattern_make(r.kind, text, pattern)) {
		HOLDS(strlen(pattern) > 0 && strlen(pattern) <= RULE_PATTERN_BYTES);
		HOLDS(rule_pattern_make(r.kind, pattern, again) && strcmp(again, pattern) == 0);
		HOLDS(has(a, &r, pattern));
		size_t n = strlen(pattern);
		memcpy(inside, "see (", 5);
		memcpy(inside + 5, pattern, n);
		memcpy(inside + 5 + n, ") now", 6);
		HOLDS(has(a, &r, inside));
		if (rest != NULL)
			(void)has(a, &r, rest);
	} else {
		HOLDS(pattern[0] == '\0');
	}
	arena_free(a);
	return 0;
}
