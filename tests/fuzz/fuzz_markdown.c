/* Markdown: whatever is written, the HTML holds only elements and attributes that cmark itself makes, no h1, and no address
 * that runs anything. */
#include <string.h>
#include <strings.h>

#include "fuzz.h"
#include "render/markdown.h"

enum { INPUT_BYTES = 64 * 1024, OUTPUT_BYTES = 4 << 20 };

static const char *const elements[] = {"p", "h2", "h3", "h4", "h5", "h6", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote",
                                       "a", "img", "br", "hr"};
static const char *const attributes[] = {"href", "src", "alt", "title", "class", "start"};

static bool listed(const char *const *list, size_t n, const char *s, size_t length)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == length && memcmp(list[i], s, length) == 0)
			return true;
	return false;
}

static bool runs_something(const char *value)
{
	static const char *const schemes[] = {"javascript:", "vbscript:", "file:", "data:text", "data:application", "data:image/svg"};
	value += strspn(value, " \t\n\r\f\v");
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (strncasecmp(value, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

/* One attribute, name="value"; returns what follows it. */
static const char *check_attribute(const char *p)
{
	size_t length = strcspn(p, "=");
	HOLDS(listed(attributes, sizeof attributes / sizeof attributes[0], p, length));
	HOLDS(strncmp(p + length, "=\"", 2) == 0);
	const char *value = p + length + 2, *end = strchr(value, '"');
	HOLDS(end != NULL);
	if (p[0] == 'h' || p[0] == 's')
		HOLDS(!runs_something(value));
	HOLDS(memchr(value, '<', (size_t)(end - value)) == NULL);
	return end + 1;
}

static const char *check_tag(const char *p)
{
	static const char omitted[] = "<!-- raw HTML omitted -->";
	if (strncmp(p, omitted, sizeof omitted - 1) == 0)
		return p + sizeof omitted - 1;
	p += p[1] == '/' ? 2 : 1;
	size_t length = strcspn(p, " />");
	HOLDS(listed(elements, sizeof elements / sizeof elements[0], p, length));
	p += length;
	while (p[0] == ' ' && p[1] != '/')
		p = check_attribute(p + 1);
	if (strncmp(p, " /", 2) == 0)
		p += 2;
	HOLDS(*p == '>');
	return p + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > INPUT_BYTES)
		return 0;
	char *text = calloc(1, size + 1);
	HOLDS(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	struct buf out;
	buf_init(&out, OUTPUT_BYTES);
	markdown_html(&out, text);
	/* a cut one is never shown */
	if (out.error == ERR_OK)
		for (const char *p = buf_str(&out); (p = strchr(p, '<')) != NULL;)
			p = check_tag(p);
	buf_free(&out);
	free(text);
	return 0;
}
