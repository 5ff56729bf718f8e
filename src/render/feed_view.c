#include "render/feed_view.h"

#include "render/listing_card.h"
#include "render/xml.h"
#include "util/clock.h"

static void put_declaration(struct buf *b)
{
	xml_lit(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
}

static void put_time(struct buf *b, int64_t t)
{
	char text[32];
	clock_rfc3339(t, text);
	xml_text(b, text);
}

/* An absolute address of ours; path begins with "/" or is "". */
static void put_url(struct buf *b, const struct layout_site *site, const char *path)
{
	xml_text(b, site->url);
	xml_text(b, path);
}

static void put_entry_url(struct buf *b, const struct layout_site *site, enum lang lang, const struct listing *l)
{
	xml_text(b, site->url);
	listing_put_href(b, lang, l);
}

/* Made of what never changes: the title, and so the slug, may. */
static void put_entry_id(struct buf *b, const struct layout_site *site, const struct listing *l)
{
	xml_text(b, site->url);
	xml_lit(b, "/listings/");
	buf_i64(b, l->id);
}

static void put_entry_title(struct buf *b, enum lang lang, const struct listing *l)
{
	struct buf price, title;
	buf_init(&price, 256);
	buf_init(&title, 4096);
	listing_put_price(&price, lang, l);
	tr_format(&title, lang, MSG_FEED_ENTRY_TITLE, (const char *const[]){l->title, buf_str(&price)}, 2);
	xml_text(b, buf_str(&title));
	buf_free(&price);
	buf_free(&title);
}

/* RFC 4287, section 4.2.7.2: what belongs to the entry and is larger than it. */
static void put_photo(struct buf *b, const struct layout_site *site, const struct photo_set *photos, const struct listing *l)
{
	enum { BOX = 800 };
	const struct photo *photo = photo_set_find(photos, l->id);
	struct photo_size size;
	if (photo == NULL)
		return;
	xml_lit(b, "<link rel=\"enclosure\" type=\"image/jpeg\" href=\"");
	photo_put_absolute(b, site->url, photos->base, &photo->object, BOX, &size);
	xml_lit(b, "\"/>\n");
}

static void put_entry(struct buf *b, const struct layout_site *site, enum lang lang, const struct catalog *c, const struct listing *l, const struct photo_set *photos)
{
	const struct category *category = catalog_category(c, l->category_id);
	const struct place *place = catalog_place(c, l->place_id);
	xml_lit(b, "<entry>\n<id>");
	put_entry_id(b, site, l);
	xml_lit(b, "</id>\n<title>");
	put_entry_title(b, lang, l);
	xml_lit(b, "</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"");
	put_entry_url(b, site, lang, l);
	xml_lit(b, "\"/>\n");
	put_photo(b, site, photos, l);
	xml_lit(b, "<published>");
	put_time(b, l->published_at);
	xml_lit(b, "</published>\n<updated>");
	put_time(b, l->updated_at > l->published_at ? l->updated_at : l->published_at);
	xml_lit(b, "</updated>\n");
	if (category != NULL) {
		xml_lit(b, "<category term=\"");
		xml_text(b, category->slug);
		xml_lit(b, "\" label=\"");
		xml_text(b, category->name[lang]);
		xml_lit(b, "\"/>\n");
	}
	if (place != NULL) {
		xml_lit(b, "<category term=\"");
		xml_text(b, place->slug);
		xml_lit(b, "\" label=\"");
		xml_text(b, place->name[lang]);
		xml_lit(b, "\"/>\n");
	}
	xml_lit(b, "<summary>");
	xml_text(b, l->summary);
	xml_lit(b, "</summary>\n</entry>\n");
}

/* RFC 4287, section 4.1.1: id, title and updated are required; updated is the newest entry's. */
void feed_view(struct buf *b, const struct layout_site *site, enum lang lang, const char *title, const char *self, const char *html,
               const struct catalog *c, const struct listing *list, size_t n, const struct photo_set *photos, int64_t now)
{
	int64_t updated = n > 0 ? 0 : now;
	for (size_t i = 0; i < n; i++) {
		int64_t t = list[i].updated_at > list[i].published_at ? list[i].updated_at : list[i].published_at;
		if (t > updated)
			updated = t;
	}
	put_declaration(b);
	xml_lit(b, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
	xml_text(b, lang_tag(lang));
	xml_lit(b, "\">\n<id>");
	put_url(b, site, self);
	xml_lit(b, "</id>\n<title>");
	xml_text(b, title);
	xml_lit(b, "</title>\n<updated>");
	put_time(b, updated);
	xml_lit(b, "</updated>\n<author><name>");
	xml_text(b, site->name[lang]);
	xml_lit(b, "</name></author>\n<icon>");
	put_url(b, site, "/favicon.svg");
	xml_lit(b, "</icon>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"");
	put_url(b, site, self);
	xml_lit(b, "\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"");
	put_url(b, site, html);
	xml_lit(b, "\"/>\n");
	for (size_t i = 0; i < n; i++)
		put_entry(b, site, lang, c, &list[i], photos);
	xml_lit(b, "</feed>\n");
}

void sitemap_index_view(struct buf *b, const struct layout_site *site, int64_t parts)
{
	put_declaration(b);
	xml_lit(b, "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
	for (int64_t i = 0; i < parts; i++) {
		xml_lit(b, "<sitemap><loc>");
		put_url(b, site, "/sitemap-");
		buf_i64(b, i);
		xml_lit(b, ".xml</loc></sitemap>\n");
	}
	xml_lit(b, "</sitemapindex>\n");
}

void sitemap_begin(struct buf *b)
{
	put_declaration(b);
	xml_lit(b, "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
}

void sitemap_entry(struct buf *b, const struct layout_site *site, const char *path, int64_t lastmod)
{
	xml_lit(b, "<url><loc>");
	put_url(b, site, lang_prefix(site->first));
	xml_text(b, path);
	xml_lit(b, "</loc>");
	if (lastmod != 0) {
		xml_lit(b, "<lastmod>");
		put_time(b, lastmod);
		xml_lit(b, "</lastmod>");
	}
	xml_lit(b, "</url>\n");
}

void sitemap_end(struct buf *b)
{
	xml_lit(b, "</urlset>\n");
}

/* OpenSearch 1.1 (draft 6): ShortName holds at most 16 characters, Description 1,024. */
void opensearch_view(struct buf *b, const struct layout_site *site, enum lang lang)
{
	enum { SHORT_NAME = 16 };
	struct buf text;
	buf_init(&text, 1024);
	const char *name = site->name[lang];
	for (size_t characters = 0; *name != '\0'; name++) {
		if (((unsigned char)*name & 0xc0) != 0x80 && ++characters > SHORT_NAME)
			break;
		buf_putc(&text, *name);
	}
	put_declaration(b);
	xml_lit(b, "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n<ShortName>");
	xml_text(b, buf_str(&text));
	xml_lit(b, "</ShortName>\n<Description>");
	buf_reset(&text);
	tr_format(&text, lang, MSG_OPENSEARCH_DESCRIPTION, (const char *const[]){site->name[lang]}, 1);
	xml_text(b, buf_str(&text));
	buf_free(&text);
	xml_lit(b, "</Description>\n<InputEncoding>UTF-8</InputEncoding>\n<Language>");
	xml_text(b, lang_tag(lang));
	xml_lit(b, "</Language>\n<Image width=\"16\" height=\"16\" type=\"image/x-icon\">");
	put_url(b, site, "/favicon.ico");
	xml_lit(b, "</Image>\n<Url type=\"text/html\" method=\"get\" template=\"");
	put_url(b, site, lang_prefix(lang));
	xml_lit(b, "/listings?q={searchTerms}\"/>\n<Url type=\"application/atom+xml\" template=\"");
	put_url(b, site, lang_prefix(lang));
	xml_lit(b, "/feed.atom?q={searchTerms}\"/>\n</OpenSearchDescription>\n");
}

/* RFC 9309. A crawler has nothing to gain from every mix of filters, nor from forms. */
void robots_view(struct buf *b, const struct layout_site *site)
{
	static const char *const refused[] = {
		"/api/", "/fragments/", "/listings/*/contact", "/listings/*/report", "/listings?*cursor=", "/listings?*min_price=",
		"/listings?*max_price=", "/listings?*q=", "/listings?*sort=",
	};
	buf_puts(b, "User-agent: *\n");
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		for (size_t i = 0; site->languages[lang] && i < sizeof refused / sizeof refused[0]; i++) {
			buf_puts(b, "Disallow: ");
			buf_puts(b, lang_prefix((enum lang)lang));
			buf_puts(b, refused[i]);
			buf_putc(b, '\n');
		}
	}
	buf_puts(b, "\nSitemap: ");
	buf_puts(b, site->url);
	buf_puts(b, "/sitemap.xml\n");
}
