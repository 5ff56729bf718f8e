#include "render/layout.h"

#include <stdio.h>
#include <string.h>

enum { PARTIAL_MAX = 16 * 1024, PATH_BYTES = 1024 };

static enum err read_partial(struct arena *a, const char *dir, enum lang lang, const char *name, char **out)
{
	char path[PATH_BYTES], text[PARTIAL_MAX + 1];
	int length = snprintf(path, sizeof path, "%s%s/partials/%s", dir, lang_prefix(lang), name);
	if (length < 0 || (size_t)length >= sizeof path)
		return ERR_TOO_LARGE;
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return ERR_IO;
	enum err e = ERR_OK;
	size_t n = fread(text, 1, sizeof text, f);
	if (ferror(f)) {
		e = ERR_IO;
	} else if (n > PARTIAL_MAX) {
		e = ERR_TOO_LARGE;
	} else {
		*out = arena_strndup(a, text, n);
		if (*out == NULL)
			e = ERR_NOMEM;
	}
	fclose(f);
	return e;
}

enum err layout_load(struct arena *a, const char *client_dir, struct layout_site *out)
{
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		if (!out->languages[lang])
			continue;
		struct partials *p = &out->partials[lang];
		const struct {
			const char *name;
			char **text;
		} files[] = {{"header-out.html", &p->header_out}, {"header-in.html", &p->header_in}, {"footer.html", &p->footer}};
		for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
			enum err e = read_partial(a, client_dir, (enum lang)lang, files[i].name, files[i].text);
			if (e != ERR_OK)
				return e;
		}
	}
	return ERR_OK;
}

static enum lang other_language(enum lang lang)
{
	return lang == LANG_EN ? LANG_FR : LANG_EN;
}

static bool bilingual(const struct page *p)
{
	return p->site->languages[LANG_EN] && p->site->languages[LANG_FR];
}

/* A path that may be anything a visitor asked for: segments are encoded, and "//host" does not become another site. */
static void put_path(struct buf *b, const char *path)
{
	html_lit(b, "/");
	for (path += strspn(path, "/"); *path != '\0';) {
		char segment[PATH_BYTES];
		size_t n = strcspn(path, "/");
		size_t copied = n < sizeof segment ? n : sizeof segment - 1;
		memcpy(segment, path, copied);
		segment[copied] = '\0';
		html_url(b, segment);
		path += n;
		if (*path == '/') {
			html_lit(b, "/");
			path++;
		}
	}
}

/* The page's own address in a language; base "" for a local one. */
static void put_address(struct buf *b, const struct page *p, const char *base, enum lang lang)
{
	html_attr(b, base);
	html_attr(b, lang_prefix(lang));
	put_path(b, p->path);
	if (p->query != NULL && p->query[0] != '\0') {
		html_lit(b, "?");
		html_attr(b, p->query);
	}
}

static void put_alternate(struct buf *b, const struct page *p, enum lang lang, const char *tag)
{
	html_lit(b, "<link rel=\"alternate\" hreflang=\"");
	html_attr(b, tag);
	html_lit(b, "\" href=\"");
	put_address(b, p, p->site->url, lang);
	html_lit(b, "\">\n");
}

static void put_addresses(struct buf *b, const struct page *p)
{
	html_lit(b, "<link rel=\"canonical\" href=\"");
	put_address(b, p, p->site->url, p->lang);
	html_lit(b, "\">\n");
	if (!bilingual(p))
		return;
	put_alternate(b, p, LANG_EN, lang_tag(LANG_EN));
	put_alternate(b, p, LANG_FR, lang_tag(LANG_FR));
	put_alternate(b, p, p->site->first, "x-default");
}

static void put_local_link(struct buf *b, const char *rel, const char *url)
{
	if (url == NULL)
		return;
	html_lit(b, "<link rel=\"");
	html_attr(b, rel);
	html_lit(b, "\" href=\"");
	html_href(b, url);
	html_lit(b, "\">\n");
}

static void put_property(struct buf *b, const char *name, const char *value)
{
	html_lit(b, "<meta property=\"");
	html_attr(b, name);
	html_lit(b, "\" content=\"");
	html_attr(b, value);
	html_lit(b, "\">\n");
}

static void put_pixels(struct buf *b, const char *name, int n)
{
	char text[I64_TEXT_SIZE];
	i64_text(n, text);
	put_property(b, name, text);
}

static void put_image(struct buf *b, const struct page *p)
{
	if (p->image == NULL) {
		html_lit(b, "<meta property=\"og:image\" content=\"");
		html_attr(b, p->site->url);
		html_lit(b, "/newfoundland_cover.jpg\">\n");
		return;
	}
	put_property(b, "og:image", p->image->url);
	put_pixels(b, "og:image:width", p->image->width);
	put_pixels(b, "og:image:height", p->image->height);
	put_property(b, "og:image:alt", p->image->alt);
}

/* The Open Graph protocol's basic and most useful optional properties (ogp.me). */
static void put_open_graph(struct buf *b, const struct page *p)
{
	put_property(b, "og:title", p->title);
	put_property(b, "og:type", p->og_type != NULL ? p->og_type : "website");
	html_lit(b, "<meta property=\"og:url\" content=\"");
	put_address(b, p, p->site->url, p->lang);
	html_lit(b, "\">\n");
	put_image(b, p);
	put_property(b, "og:site_name", p->site->name[p->lang]);
	put_property(b, "og:locale", p->lang == LANG_FR ? "fr_CA" : "en_CA");
	if (p->description != NULL)
		put_property(b, "og:description", p->description);
}

static void put_links(struct buf *b, const struct page *p)
{
	html_lit(b, "<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"/styles.css\">\n"
	            "<script src=\"/scripts.js\" defer></script>\n");
	if (p->script != NULL) {
		html_lit(b, "<script src=\"");
		html_href(b, p->script);
		html_lit(b, "\" defer></script>\n");
	}
	html_lit(b, "<link rel=\"search\" type=\"application/opensearchdescription+xml\" title=\"");
	html_attr(b, p->site->name[p->lang]);
	html_lit(b, "\" href=\"");
	html_attr(b, lang_prefix(p->lang));
	html_lit(b, "/opensearch.xml\">\n");
	if (p->feed != NULL) {
		html_lit(b, "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"");
		html_tr(b, p->lang, MSG_FEED_LINK);
		html_lit(b, "\" href=\"");
		html_href(b, p->feed);
		html_lit(b, "\">\n");
	}
	put_local_link(b, "prev", p->prev);
	put_local_link(b, "next", p->next);
}

static void put_head(struct buf *b, const struct page *p)
{
	html_lit(b, "<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
	html_trf(b, p->lang, MSG_TITLE_AND_SITE, (const char *const[]){p->title, p->site->name[p->lang]}, 2);
	html_lit(b, "</title>\n");
	if (p->description != NULL) {
		html_lit(b, "<meta name=\"description\" content=\"");
		html_attr(b, p->description);
		html_lit(b, "\">\n");
	}
	html_lit(b, "<meta name=\"color-scheme\" content=\"light dark\">\n");
	if (p->noindex) {
		html_lit(b, "<meta name=\"robots\" content=\"noindex\">\n");
	} else {
		put_addresses(b, p);
		put_open_graph(b, p);
	}
	put_links(b, p);
	if (p->json_ld != NULL) {
		html_lit(b, "<script type=\"application/ld+json\">");
		buf_puts(b, p->json_ld);
		html_lit(b, "</script>\n");
	}
	html_lit(b, "</head>\n");
}

/* The header as the partial has it, the link to the page's own section marked as current: as the page itself, or as what it
 * belongs to (WAI-ARIA 1.2, aria-current). */
static void put_header(struct buf *b, const struct page *p)
{
	static const char marker[] = "href=\"";
	const struct partials *partials = &p->site->partials[p->lang];
	const char *text = p->signed_in ? partials->header_in : partials->header_out, *from = text;
	const char *prefix = lang_prefix(p->lang);
	size_t prefix_length = strlen(prefix), length = p->section == NULL ? 0 : strlen(p->section);
	while (length > 0 && (text = strstr(text, marker)) != NULL) {
		text += sizeof marker - 1;
		const char *s = text;
		if (strncmp(s, prefix, prefix_length) != 0 || s[prefix_length] != '/')
			continue;
		s += prefix_length + 1;
		if (strncmp(s, p->section, length) != 0 || s[length] != '"')
			continue;
		s += length + 1;
		buf_put(b, from, (size_t)(s - from));
		if (strcmp(p->path + strspn(p->path, "/"), p->section) == 0)
			html_lit(b, " aria-current=\"page\"");
		else
			html_lit(b, " aria-current=\"true\"");
		from = s;
	}
	buf_puts(b, from);
}

void layout_begin(struct buf *b, const struct page *p)
{
	html_lit(b, "<!DOCTYPE html>\n<html lang=\"");
	html_attr(b, lang_tag(p->lang));
	html_lit(b, "\">\n");
	put_head(b, p);
	html_lit(b, "<body>\n<a class=\"skip\" href=\"#main\">");
	html_tr(b, p->lang, MSG_SKIP_TO_CONTENT);
	html_lit(b, "</a>\n");
	put_header(b, p);
	html_lit(b, "<main id=\"main\">\n");
}

void layout_end(struct buf *b, const struct page *p)
{
	html_lit(b, "</main>\n");
	if (bilingual(p)) {
		enum lang other = other_language(p->lang);
		html_lit(b, "<nav class=\"languages\" aria-label=\"");
		html_tr(b, p->lang, MSG_LANGUAGES);
		html_lit(b, "\"><a class=\"lang\" lang=\"");
		html_attr(b, lang_tag(other));
		html_lit(b, "\" hreflang=\"");
		html_attr(b, lang_tag(other));
		html_lit(b, "\" href=\"");
		put_address(b, p, "", other);
		html_lit(b, "\">");
		html_tr(b, other, MSG_LANGUAGE_NAME);
		html_lit(b, "</a></nav>\n");
	}
	buf_puts(b, p->site->partials[p->lang].footer);
	html_lit(b, "</body>\n</html>\n");
}
