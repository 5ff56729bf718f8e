#include "render/resource_view.h"

#include "render/markdown.h"
#include "text/format.h"
#include "util/clock.h"

void resource_view(struct buf *b, const struct resource_view *v)
{
	struct page page = v->page;
	enum lang lang = page.lang;
	const struct resource *r = v->resource;
	char exact[32];
	if (page.title == NULL)
		page.title = r->title[lang];
	if (page.description == NULL)
		page.description = r->summary[lang];
	if (page.og_type == NULL)
		page.og_type = "article";
	if (page.section == NULL)
		page.section = "resources";
	clock_rfc3339(r->updated_at, exact);
	layout_begin(b, &page);
	html_lit(b, "<article class=\"article\">\n<h1>");
	html_text(b, r->title[lang]);
	html_lit(b, "</h1>\n");
	markdown_html(b, r->body[lang]);
	html_lit(b, "<p class=\"meta\"><time datetime=\"");
	html_attr(b, exact);
	html_lit(b, "\">");
	struct buf date;
	buf_init(&date, 128);
	format_date(&date, lang, r->updated_at);
	html_tr1(b, lang, MSG_RESOURCE_UPDATED, buf_str(&date));
	buf_free(&date);
	html_lit(b, "</time></p>\n</article>\n<p class=\"onwards\"><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/resources\">");
	html_tr(b, lang, MSG_RESOURCE_BACK);
	html_lit(b, "</a></p>\n");
	layout_end(b, &page);
}

void resource_links(struct buf *b, enum lang lang, const struct resource *list, size_t n)
{
	if (n == 0) {
		html_lit(b, "<p class=\"empty\">");
		html_tr(b, lang, MSG_RESOURCES_EMPTY);
		html_lit(b, "</p>\n");
		return;
	}
	html_lit(b, "<ul class=\"articles\">\n");
	for (size_t i = 0; i < n; i++) {
		html_lit(b, "<li><h2><a href=\"");
		html_attr(b, lang_prefix(lang));
		html_lit(b, "/resources/");
		html_url(b, list[i].slug);
		html_lit(b, "\">");
		html_text(b, list[i].title[lang]);
		html_lit(b, "</a></h2>\n<p>");
		html_text(b, list[i].summary[lang]);
		html_lit(b, "</p></li>\n");
	}
	html_lit(b, "</ul>\n");
}
