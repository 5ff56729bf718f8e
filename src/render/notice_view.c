/* notice_view of form_view.h: a page that says one thing. */
#include "render/form_view.h"

void notice_view(struct buf *b, const struct notice_view *v)
{
	struct page page = v->page;
	enum lang lang = page.lang;
	if (page.title == NULL)
		page.title = tr(lang, v->heading);
	layout_begin(b, &page);
	html_lit(b, "<h1>");
	html_tr(b, lang, v->heading);
	html_lit(b, "</h1>\n");
	if (v->good)
		html_lit(b, "<div class=\"notice good\">\n<p>");
	else
		html_lit(b, "<div class=\"notice\">\n<p>");
	html_tr1(b, lang, v->text, v->arg);
	html_lit(b, "</p>\n");
	if (v->request_id != NULL) {
		html_lit(b, "<p class=\"request-id\">");
		html_tr1(b, lang, MSG_REQUEST_ID, v->request_id);
		html_lit(b, "</p>\n");
	}
	html_lit(b, "</div>\n");
	if (v->link_href != NULL) {
		html_lit(b, "<p class=\"onwards\"><a href=\"");
		html_href(b, v->link_href);
		html_lit(b, "\">");
		html_tr(b, lang, v->link_text);
		html_lit(b, "</a></p>\n");
	}
	layout_end(b, &page);
}
