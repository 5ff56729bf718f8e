#include "render/listing_card.h"

#include "text/format.h"
#include "util/clock.h"

void listing_put_path(struct buf *b, const struct listing *l)
{
	html_lit(b, "/listings/");
	html_int(b, l->id);
	html_lit(b, "/");
	html_url(b, l->slug);
}

void listing_put_href(struct buf *b, enum lang lang, const struct listing *l)
{
	html_attr(b, lang_prefix(lang));
	listing_put_path(b, l);
}

void listing_put_price(struct buf *b, enum lang lang, const struct listing *l)
{
	format_money(b, lang, l->price_minor, l->currency);
}

void listing_put_time(struct buf *b, enum lang lang, int64_t t, int64_t now)
{
	char exact[32];
	clock_rfc3339(t, exact);
	html_lit(b, "<time datetime=\"");
	html_attr(b, exact);
	html_lit(b, "\">");
	format_age(b, lang, t, now);
	html_lit(b, "</time>");
}

void category_put_class(struct buf *b, const struct category *category)
{
	if (category == NULL)
		return;
	html_lit(b, " cat-");
	html_int(b, category->colour);
}

void listing_put_class(struct buf *b, const struct catalog *c, const struct category *category)
{
	category_put_class(b, category);
	if (category != NULL && category->parent_id != 0)
		category = catalog_category(c, category->parent_id);
	if (category == NULL)
		return;
	html_lit(b, " in-");
	html_attr(b, category->slug);
}

static void put_meta(struct buf *b, enum lang lang, const struct category *category, const struct place *place,
                     const struct listing *l, int64_t now)
{
	html_lit(b, "<p class=\"meta\">");
	if (category != NULL) {
		html_lit(b, "<span class=\"chip");
		category_put_class(b, category);
		html_lit(b, "\">");
		html_text(b, category->name[lang]);
		html_lit(b, "</span> ");
	}
	if (place != NULL) {
		html_lit(b, "<span class=\"place\">");
		html_text(b, place->name[lang]);
		html_lit(b, "</span> ");
	}
	listing_put_time(b, lang, l->published_at, now);
	html_lit(b, "</p>\n");
}

static void put_title(struct buf *b, enum lang lang, const struct listing *l, int level, bool linked)
{
	char digit = (char)('0' + level);
	html_lit(b, "<h");
	buf_putc(b, digit);
	html_lit(b, " class=\"card-title\">");
	if (linked) {
		html_lit(b, "<a class=\"card-link\" href=\"");
		listing_put_href(b, lang, l);
		html_lit(b, "\">");
	}
	html_text(b, l->title);
	if (linked)
		html_lit(b, "</a>");
	html_lit(b, "</h");
	buf_putc(b, digit);
	html_lit(b, ">\n");
}

/* The title beside it says what it is. */
static void put_thumb(struct buf *b, const struct card_list *how, const struct listing *l, bool soon)
{
	const struct photo *photo = photo_set_find(how->photos, l->id);
	if (photo == NULL) {
		html_lit(b, "<span class=\"thumb\" aria-hidden=\"true\"></span>\n");
		return;
	}
	html_lit(b, "<span class=\"thumb photo\" aria-hidden=\"true\">");
	photo_picture(b, &photo->object, &(struct photo_shown){
		.base = how->photos->base, .sizes = how->sizes != NULL ? how->sizes : "6rem", .alt = "", .largest = how->largest,
		.load = soon ? PHOTO_SOON : PHOTO_NEAR,
	});
	html_lit(b, "</span>\n");
}

void listing_card_begin(struct buf *b, const struct card_list *how, const struct listing *l, bool soon, bool linked)
{
	const struct category *category = catalog_category(how->catalog, l->category_id);
	html_lit(b, "<li class=\"card");
	listing_put_class(b, how->catalog, category);
	if (!linked)
		html_lit(b, " ended");
	html_lit(b, "\">\n");
	put_thumb(b, how, l, soon);
	put_title(b, how->lang, l, how->level, linked);
	html_lit(b, "<p class=\"price\">");
	listing_put_price(b, how->lang, l);
	html_lit(b, "</p>\n");
	put_meta(b, how->lang, category, catalog_place(how->catalog, l->place_id), l, how->now);
}

void listing_card_list(struct buf *b, const struct card_list *how, const struct listing *list, size_t n)
{
	html_lit(b, "<ul class=\"cards\">\n");
	for (size_t i = 0; i < n; i++) {
		listing_card_begin(b, how, &list[i], i < how->soon, true);
		html_lit(b, "</li>\n");
	}
	html_lit(b, "</ul>\n");
}
