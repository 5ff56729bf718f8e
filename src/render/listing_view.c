#include "render/listing_view.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/money.h"
#include "render/favourite_view.h"
#include "render/json.h"
#include "render/listing_card.h"
#include "render/own_listing_view.h"
#include "text/format.h"

enum { JSON_LD_CAP = 64 * 1024, META_CAP = 4096, URL_CAP = 1024, LARGEST = 1600 };

static void put_offer(struct json *j, const struct listing_view *v, const char *url)
{
	const struct listing *l = v->listing;
	const struct place *place = catalog_place(v->catalog, l->place_id);
	char price[32];
	money_decimal(l->price_minor, money_digits(l->currency), price);
	json_key(j, "offers");
	json_object(j);
	json_key_string(j, "@type", "Offer");
	json_key_string(j, "price", price);
	json_key_string(j, "priceCurrency", l->currency);
	json_key_string(j, "availability", l->stock > 0 ? "https://schema.org/InStock" : "https://schema.org/SoldOut");
	json_key_string(j, "url", url);
	if (place != NULL) {
		json_key(j, "areaServed");
		json_object(j);
		json_key_string(j, "@type", "Place");
		json_key_string(j, "name", place->name[v->page.lang]);
		json_object_end(j);
	}
	json_object_end(j);
}

static void put_images(struct json *j, const struct listing_view *v)
{
	struct photo_size size;
	struct buf url;
	if (v->photo_count == 0)
		return;
	buf_init(&url, URL_CAP);
	json_key(j, "image");
	json_array(j);
	for (size_t i = 0; i < v->photo_count; i++) {
		buf_reset(&url);
		photo_put_absolute(&url, v->page.site->url, v->photo_base, &v->photos[i].object, LARGEST, &size);
		json_string(j, buf_str(&url));
	}
	json_array_end(j);
	buf_free(&url);
}

/* schema.org/Product with one Offer, as search engines read it. */
static void put_json_ld(struct buf *out, const struct listing_view *v)
{
	const struct listing *l = v->listing;
	const struct category *category = catalog_category(v->catalog, l->category_id);
	struct buf url;
	struct json j;
	char sku[24];
	snprintf(sku, sizeof sku, "%" PRId64, l->id);
	buf_init(&url, URL_CAP);
	buf_puts(&url, v->page.site->url);
	listing_put_href(&url, v->page.lang, l);
	json_begin(&j, out);
	json_object(&j);
	json_key_string(&j, "@context", "https://schema.org");
	json_key_string(&j, "@type", "Product");
	json_key_string(&j, "name", l->title);
	json_key_string(&j, "description", l->description != NULL ? l->description : l->summary);
	json_key_string(&j, "url", buf_str(&url));
	json_key_string(&j, "sku", sku);
	if (category != NULL)
		json_key_string(&j, "category", category->name[v->page.lang]);
	put_images(&j, v);
	put_offer(&j, v, buf_str(&url));
	json_object_end(&j);
	buf_free(&url);
}

static void put_meta_description(struct buf *out, const struct listing_view *v)
{
	const struct place *place = catalog_place(v->catalog, v->listing->place_id);
	struct buf price;
	buf_init(&price, URL_CAP);
	listing_put_price(&price, v->page.lang, v->listing);
	const char *args[] = {buf_str(&price), place != NULL ? place->name[v->page.lang] : v->page.site->name[v->page.lang],
	                      v->listing->summary};
	tr_format(out, v->page.lang, MSG_LISTING_META, args, 3);
	buf_free(&price);
}

static void put_filter_link(struct buf *b, enum lang lang, const char *key, const char *slug)
{
	html_lit(b, "href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/listings?");
	html_attr(b, key);
	html_lit(b, "=");
	html_url(b, slug);
	html_lit(b, "\"");
}

static void put_breadcrumb(struct buf *b, const struct listing_view *v, const struct category *category)
{
	enum lang lang = v->page.lang;
	const struct category *trail[] = {category == NULL ? NULL : catalog_category(v->catalog, category->parent_id), category};
	html_lit(b, "<nav class=\"breadcrumb\" aria-label=\"");
	html_tr(b, lang, MSG_LISTING_BREADCRUMB);
	html_lit(b, "\">\n<ol>\n<li><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/listings\">");
	html_tr(b, lang, MSG_LISTINGS_TITLE);
	html_lit(b, "</a></li>\n");
	for (size_t i = 0; i < sizeof trail / sizeof trail[0]; i++) {
		if (trail[i] == NULL)
			continue;
		html_lit(b, "<li><a ");
		put_filter_link(b, lang, "category", trail[i]->slug);
		html_lit(b, ">");
		html_text(b, trail[i]->name[lang]);
		html_lit(b, "</a></li>\n");
	}
	html_lit(b, "</ol>\n</nav>\n");
}

static void begin_fact(struct buf *b, enum lang lang, enum msg label)
{
	html_lit(b, "<dt>");
	html_tr(b, lang, label);
	html_lit(b, "</dt><dd>");
}

static void end_fact(struct buf *b)
{
	html_lit(b, "</dd>\n");
}

static void put_node_fact(struct buf *b, enum lang lang, enum msg label, const char *key, const char *slug, const char *name)
{
	begin_fact(b, lang, label);
	html_lit(b, "<a ");
	put_filter_link(b, lang, key, slug);
	html_lit(b, ">");
	html_text(b, name);
	html_lit(b, "</a>");
	end_fact(b);
}

static void put_facts(struct buf *b, const struct listing_view *v, const struct category *category)
{
	enum lang lang = v->page.lang;
	const struct listing *l = v->listing;
	const struct place *place = catalog_place(v->catalog, l->place_id);
	html_lit(b, "<dl class=\"facts\">\n");
	if (place != NULL)
		put_node_fact(b, lang, MSG_LISTING_PLACE, "location", place->slug, place->name[lang]);
	if (category != NULL)
		put_node_fact(b, lang, MSG_LISTING_CATEGORY, "category", category->slug, category->name[lang]);
	if (l->contact_name != NULL) {
		begin_fact(b, lang, MSG_LISTING_SELLER);
		photo_face(b, v->photo_base, l->picture);
		html_text(b, l->contact_name);
		end_fact(b);
	}
	begin_fact(b, lang, MSG_LISTING_STOCK);
	if (l->stock > 0)
		format_count(b, lang, l->stock);
	else
		html_tr(b, lang, MSG_LISTING_STOCK_NONE);
	end_fact(b);
	if (l->published_at != 0) {
		begin_fact(b, lang, MSG_LISTING_PUBLISHED);
		listing_put_time(b, lang, l->published_at, v->now);
		end_fact(b);
	}
	begin_fact(b, lang, MSG_LISTING_NUMBER);
	html_int(b, l->id);
	end_fact(b);
	html_lit(b, "</dl>\n");
}

static void put_action(struct buf *b, const struct listing_view *v, const char *class, const char *action, enum msg text)
{
	html_lit(b, "<a class=\"");
	html_attr(b, class);
	html_lit(b, "\" rel=\"nofollow\" href=\"");
	html_attr(b, lang_prefix(v->page.lang));
	html_lit(b, "/listings/");
	html_int(b, v->listing->id);
	html_lit(b, "/");
	html_attr(b, action);
	html_lit(b, "\">");
	html_tr(b, v->page.lang, text);
	html_lit(b, "</a>\n");
}

/* To those few who see one that is not published. */
static void put_state(struct buf *b, const struct listing_view *v)
{
	enum lang lang = v->page.lang;
	enum listing_state state = v->listing->state;
	if (state == LISTING_PUBLISHED)
		return;
	html_lit(b, "<div class=\"notice\">\n<p><strong>");
	html_tr(b, lang, listing_state_text(state));
	html_lit(b, "</strong></p>\n<p>");
	html_tr(b, lang, state == LISTING_DRAFT ? MSG_STATE_DRAFT_TEXT : MSG_OWN_ONLY_YOU);
	html_lit(b, "</p>\n</div>\n");
}

static void put_own_actions(struct buf *b, const struct listing_view *v)
{
	enum lang lang = v->page.lang;
	if (listing_may(ACT_EDIT, v->listing->state)) {
		html_lit(b, "<a class=\"button primary\" href=\"");
		html_attr(b, lang_prefix(lang));
		html_lit(b, "/account/listings/");
		html_int(b, v->listing->id);
		html_lit(b, "/edit\">");
		html_tr(b, lang, MSG_ACT_EDIT);
		html_lit(b, "</a>\n");
	}
	html_lit(b, "<a class=\"button\" href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/account/listings\">");
	html_tr(b, lang, MSG_OWN_BACK);
	html_lit(b, "</a>\n");
}

/* The public part of a profile, as far as it says anything. */
static void put_seller(struct buf *b, const struct listing_view *v)
{
	enum lang lang = v->page.lang;
	const struct place *place = v->seller != NULL && v->seller->place_id != 0 ? catalog_place(v->catalog, v->seller->place_id) : NULL;
	if (v->seller == NULL || (*v->seller->about == '\0' && place == NULL))
		return;
	html_lit(b, "<h2>");
	html_tr(b, lang, MSG_LISTING_ABOUT_SELLER);
	html_lit(b, "</h2>\n");
	if (place != NULL) {
		html_lit(b, "<p>");
		html_tr1(b, lang, MSG_LISTING_SELLER_PLACE, place->name[lang]);
		html_lit(b, "</p>\n");
	}
	html_lines(b, v->seller->about);
}

static void put_article(struct buf *b, const struct listing_view *v)
{
	const struct category *category = catalog_category(v->catalog, v->listing->category_id);
	enum lang lang = v->page.lang;
	put_breadcrumb(b, v, category);
	html_lit(b, "<article class=\"listing");
	if (v->photo_count > 0)
		html_lit(b, " with-photos");
	category_put_class(b, category);
	html_lit(b, "\">\n<h1>");
	html_text(b, v->listing->title);
	html_lit(b, "</h1>\n<p class=\"price\">");
	listing_put_price(b, lang, v->listing);
	html_lit(b, "</p>\n");
	photo_gallery(b, &(struct photo_gallery){.lang = lang, .base = v->photo_base, .title = v->listing->title, .list = v->photos, .n = v->photo_count});
	put_facts(b, v, category);
	html_lit(b, "<div class=\"description\">\n<h2>");
	html_tr(b, lang, MSG_LISTING_DESCRIPTION);
	html_lit(b, "</h2>\n");
	html_lines(b, v->listing->description != NULL ? v->listing->description : v->listing->summary);
	put_seller(b, v);
	html_lit(b, "</div>\n<div class=\"actions\">\n");
	if (v->mine) {
		put_own_actions(b, v);
	} else if (v->listing->state == LISTING_PUBLISHED) {
		put_action(b, v, "button primary", "contact", MSG_LISTING_CONTACT);
		favourite_button(b, lang, v->listing, v->favourite);
		put_action(b, v, "button", "report", MSG_LISTING_REPORT);
	}
	html_lit(b, "</div>\n</article>\n");
}

void listing_view(struct buf *b, const struct listing_view *v)
{
	struct page page = v->page;
	struct page_image image;
	struct buf json_ld, description, image_url, image_alt;
	buf_init(&json_ld, JSON_LD_CAP);
	buf_init(&description, META_CAP);
	buf_init(&image_url, URL_CAP);
	buf_init(&image_alt, META_CAP);
	put_json_ld(&json_ld, v);
	put_meta_description(&description, v);
	page.json_ld = json_ld.error == ERR_OK ? buf_str(&json_ld) : NULL;
	if (page.description == NULL)
		page.description = buf_str(&description);
	if (page.og_type == NULL)
		page.og_type = "product";
	if (v->photo_count > 0) {
		struct photo_size size;
		photo_put_absolute(&image_url, page.site->url, v->photo_base, &v->photos[0].object, LARGEST, &size);
		photo_put_alt(&image_alt, page.lang, v->listing->title, &v->photos[0], 0, v->photo_count);
		image = (struct page_image){buf_str(&image_url), size.width, size.height, buf_str(&image_alt)};
		page.image = &image;
	}
	layout_begin(b, &page);
	put_state(b, v);
	put_article(b, v);
	if (v->similar_count > 0) {
		html_lit(b, "<section class=\"similar\">\n<h2>");
		html_tr(b, page.lang, MSG_LISTING_SIMILAR);
		html_lit(b, "</h2>\n");
		const struct card_list how = {.lang = page.lang, .catalog = v->catalog, .photos = v->similar_photos, .now = v->now, .level = 3};
		listing_card_list(b, &how, v->similar, v->similar_count);
		html_lit(b, "</section>\n");
	}
	layout_end(b, &page);
	buf_free(&json_ld);
	buf_free(&description);
	buf_free(&image_url);
	buf_free(&image_alt);
}
