#include "render/markdown.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

enum { HEADING_FIRST = 2, HEADING_LEVELS = 6 };

/* Adds by to every heading's level; returns the shallowest level there was. */
static int shift_headings(cmark_node *document, int by)
{
	int shallowest = HEADING_LEVELS;
	cmark_iter *it = cmark_iter_new(document);
	cmark_event_type event;
	while ((event = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(it);
		if (event != CMARK_EVENT_ENTER || cmark_node_get_type(node) != CMARK_NODE_HEADING)
			continue;
		int level = cmark_node_get_heading_level(node);
		if (level < shallowest)
			shallowest = level;
		cmark_node_set_heading_level(node, level + by > HEADING_LEVELS ? HEADING_LEVELS : level + by);
	}
	cmark_iter_free(it);
	return shallowest;
}

void markdown_html(struct buf *out, const char *text)
{
	/* without CMARK_OPT_UNSAFE raw HTML and javascript:, vbscript:, file: and most data: links are left out */
	const int options = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8;
	cmark_node *document = cmark_parse_document(text, strlen(text), options);
	if (document == NULL) {
		out->error = ERR_NOMEM;
		return;
	}
	/* the page has its own h1, and no level may be skipped below it, whichever the author begins with */
	int shallowest = shift_headings(document, 0);
	shift_headings(document, HEADING_FIRST - shallowest);
	char *html = cmark_render_html(document, options);
	if (html == NULL)
		out->error = ERR_NOMEM;
	else
		buf_puts(out, html);
	free(html);
	cmark_node_free(document);
}
