/* listings_view of listing_view.h: the list with its filters, order and pages. */
#include "render/listing_view.h"

#include "render/error_summary.h"
#include "render/listing_card.h"
#include "text/format.h"

enum { NUMBER_CAP = 64, PHOTOS_SOON = 4 };

/* What the listing query calls its values; "location" is the place. */
static const struct field_label query_labels[] = {
	{"q", MSG_FILTER_Q},
	{"category", MSG_FILTER_CATEGORY},
	{"location", MSG_FILTER_PLACE},
	{"min_price", MSG_FILTER_MIN_PRICE},
	{"max_price", MSG_FILTER_MAX_PRICE},
	{"sort", MSG_SORT_LABEL},
};
enum { QUERY_LABELS = sizeof query_labels / sizeof query_labels[0] };

static bool searching(const struct listings_view *v)
{
	return v->query->q != NULL && v->query->q[0] != '\0';
}

static enum listing_sort default_sort(const struct listings_view *v)
{
	return searching(v) ? SORT_RELEVANCE : SORT_NEWEST;
}

static const char *category_slug(const struct listings_view *v)
{
	const struct category *category = catalog_category(v->catalog, v->query->category_id);
	return category == NULL ? "" : category->slug;
}

static const char *place_slug(const struct listings_view *v)
{
	const struct place *place = catalog_place(v->catalog, v->query->place_id);
	return place == NULL ? "" : place->slug;
}

static const char *or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

static void begin_field(struct buf *b, const struct listings_view *v, const char *name, enum msg label)
{
	html_lit(b, "<div class=\"field\">\n<label for=\"f-");
	html_attr(b, name);
	html_lit(b, "\">");
	html_tr(b, v->page.lang, label);
	html_lit(b, "</label>\n");
	field_error_text(b, v->page.lang, v->errors, name);
}

static void put_identity(struct buf *b, const struct listings_view *v, const char *name)
{
	html_lit(b, " id=\"f-");
	html_attr(b, name);
	html_lit(b, "\" name=\"");
	html_attr(b, name);
	html_lit(b, "\"");
	if (v->errors != NULL && field_errors_find(v->errors, name) != NULL) {
		html_lit(b, " aria-invalid=\"true\" aria-describedby=\"e-");
		html_attr(b, name);
		html_lit(b, "\"");
	}
}

static void put_price_field(struct buf *b, const struct listings_view *v, const char *name, enum msg label, const char *value)
{
	begin_field(b, v, name, label);
	html_lit(b, "<input type=\"text\" inputmode=\"decimal\" autocomplete=\"off\"");
	put_identity(b, v, name);
	html_lit(b, " value=\"");
	html_attr(b, or_empty(value));
	html_lit(b, "\">\n</div>\n");
}

static void begin_select(struct buf *b, const struct listings_view *v, const char *name, enum msg label, enum msg all)
{
	begin_field(b, v, name, label);
	html_lit(b, "<select");
	put_identity(b, v, name);
	html_lit(b, ">\n<option value=\"\">");
	html_tr(b, v->page.lang, all);
	html_lit(b, "</option>\n");
}

static void put_hidden(struct buf *b, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	html_lit(b, "<input type=\"hidden\" name=\"");
	html_attr(b, name);
	html_lit(b, "\" value=\"");
	html_attr(b, value);
	html_lit(b, "\">\n");
}

static void put_listings_href(struct buf *b, enum lang lang)
{
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/listings");
}

static void put_filters(struct buf *b, const struct listings_view *v)
{
	enum lang lang = v->page.lang;
	/* folded, so that a phone's first view is the list; the stylesheet opens it beside the list on a wide screen */
	html_lit(b, "<details class=\"filters\"");
	if (v->errors != NULL && v->errors->n > 0)
		html_lit(b, " open");
	html_lit(b, ">\n<summary>");
	html_tr(b, lang, MSG_LISTINGS_FILTERS);
	html_lit(b, "</summary>\n<form class=\"filter-form\" action=\"");
	put_listings_href(b, lang);
	html_lit(b, "\" method=\"get\" role=\"search\" data-live>\n");
	begin_field(b, v, "q", MSG_FILTER_Q);
	html_lit(b, "<input type=\"search\" maxlength=\"200\"");
	put_identity(b, v, "q");
	html_lit(b, " value=\"");
	html_attr(b, or_empty(v->query->q));
	html_lit(b, "\">\n</div>\n");
	begin_select(b, v, "category", MSG_FILTER_CATEGORY, MSG_FILTER_CATEGORY_ALL);
	category_options(b, lang, v->catalog, category_slug(v));
	html_lit(b, "</select>\n</div>\n");
	begin_select(b, v, "location", MSG_FILTER_PLACE, MSG_FILTER_PLACE_ALL);
	place_options(b, lang, v->catalog, place_slug(v));
	html_lit(b, "</select>\n</div>\n<div class=\"prices\">\n");
	put_price_field(b, v, "min_price", MSG_FILTER_MIN_PRICE, v->min_price);
	put_price_field(b, v, "max_price", MSG_FILTER_MAX_PRICE, v->max_price);
	html_lit(b, "</div>\n");
	/* best match first means nothing once the words are taken out */
	if (v->query->sort != default_sort(v) && v->query->sort != SORT_RELEVANCE)
		put_hidden(b, "sort", listing_sort_name(v->query->sort));
	html_lit(b, "<button class=\"button primary\" type=\"submit\">");
	html_tr(b, lang, MSG_FILTER_BUTTON);
	html_lit(b, "</button>\n</form>\n</details>\n");
}

static void put_count(struct buf *b, const struct listings_view *v)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<p class=\"count\" role=\"status\">");
	if (v->count == 0) {
		html_tr(b, lang, MSG_LISTINGS_COUNT_NONE);
	} else if (v->count > 0) {
		bool over = v->count >= LISTING_COUNT_STOP;
		struct buf number;
		buf_init(&number, NUMBER_CAP);
		format_count(&number, lang, over ? LISTING_COUNT_STOP - 1 : v->count);
		html_tr1(b, lang, over ? MSG_LISTINGS_COUNT_OVER : v->count == 1 ? MSG_LISTINGS_COUNT_ONE : MSG_LISTINGS_COUNT_MANY,
		         buf_str(&number));
		buf_free(&number);
	}
	html_lit(b, "</p>\n");
}

static void put_chips(struct buf *b, const struct listings_view *v)
{
	if (v->chip_count == 0)
		return;
	html_lit(b, "<ul class=\"chips\" aria-label=\"");
	html_tr(b, v->page.lang, MSG_LISTINGS_ACTIVE);
	html_lit(b, "\">\n");
	for (size_t i = 0; i < v->chip_count; i++) {
		html_lit(b, "<li><a class=\"chip remove\" rel=\"nofollow\" href=\"");
		html_href(b, v->chips[i].href);
		html_lit(b, "\" aria-label=\"");
		html_tr1(b, v->page.lang, MSG_FILTER_REMOVE, v->chips[i].text);
		html_lit(b, "\">");
		html_text(b, v->chips[i].text);
		html_lit(b, "</a></li>\n");
	}
	html_lit(b, "</ul>\n");
}

static void put_sort_option(struct buf *b, const struct listings_view *v, enum listing_sort sort, enum msg text)
{
	/* the default order has no name in the address */
	html_lit(b, "<option value=\"");
	if (sort != default_sort(v))
		html_attr(b, listing_sort_name(sort));
	html_lit(b, "\"");
	if (v->query->sort == sort)
		html_lit(b, " selected");
	html_lit(b, ">");
	html_tr(b, v->page.lang, text);
	html_lit(b, "</option>\n");
}

static void put_sort(struct buf *b, const struct listings_view *v)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<form class=\"sort\" action=\"");
	put_listings_href(b, lang);
	html_lit(b, "\" method=\"get\">\n");
	put_hidden(b, "q", v->query->q);
	put_hidden(b, "category", category_slug(v));
	put_hidden(b, "location", place_slug(v));
	put_hidden(b, "min_price", v->min_price);
	put_hidden(b, "max_price", v->max_price);
	html_lit(b, "<label for=\"f-sort\">");
	html_tr(b, lang, MSG_SORT_LABEL);
	html_lit(b, "</label>\n<select id=\"f-sort\" name=\"sort\">\n");
	if (searching(v))
		put_sort_option(b, v, SORT_RELEVANCE, MSG_SORT_RELEVANCE);
	put_sort_option(b, v, SORT_NEWEST, MSG_SORT_NEWEST);
	put_sort_option(b, v, SORT_PRICE_ASC, MSG_SORT_PRICE_ASC);
	put_sort_option(b, v, SORT_PRICE_DESC, MSG_SORT_PRICE_DESC);
	html_lit(b, "</select>\n<button class=\"button\" type=\"submit\">");
	html_tr(b, lang, MSG_SORT_BUTTON);
	html_lit(b, "</button>\n</form>\n");
}

static void put_pager_link(struct buf *b, enum lang lang, const char *rel, const char *href, enum msg text)
{
	if (href == NULL)
		return;
	html_lit(b, "<a rel=\"");
	html_attr(b, rel);
	html_lit(b, "\" href=\"");
	html_href(b, href);
	html_lit(b, "\">");
	html_tr(b, lang, text);
	html_lit(b, "</a>\n");
}

static void put_pager(struct buf *b, const struct listings_view *v)
{
	if (v->previous_href == NULL && v->next_href == NULL)
		return;
	html_lit(b, "<nav class=\"pager\" aria-label=\"");
	html_tr(b, v->page.lang, MSG_PAGER_LABEL);
	html_lit(b, "\">\n");
	put_pager_link(b, v->page.lang, "prev", v->previous_href, MSG_PAGER_PREVIOUS);
	put_pager_link(b, v->page.lang, "next", v->next_href, MSG_PAGER_NEXT);
	html_lit(b, "</nav>\n");
}

static void put_advice(struct buf *b, enum lang lang, enum msg advice)
{
	html_lit(b, "<li>");
	html_tr(b, lang, advice);
	html_lit(b, "</li>\n");
}

static void put_link(struct buf *b, enum lang lang, const char *path, enum msg text)
{
	html_lit(b, "<p><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, path);
	html_lit(b, "\">");
	html_tr(b, lang, text);
	html_lit(b, "</a></p>\n");
}

/* Nothing matches: what to try depends on what was asked. */
static void put_empty(struct buf *b, const struct listings_view *v)
{
	enum lang lang = v->page.lang;
	const struct listing_query *q = v->query;
	html_lit(b, "<div class=\"empty\">\n");
	if (v->chip_count == 0 && !q->has_cursor && q->page <= 1) {
		html_lit(b, "<p>");
		html_tr(b, lang, MSG_EMPTY_NEWEST);
		html_lit(b, "</p>\n");
		put_link(b, lang, "/submit", MSG_SUBMIT_TITLE);
	} else if (q->has_cursor || q->page > 1) {
		html_lit(b, "<p>");
		html_tr(b, lang, MSG_EMPTY_PAGE);
		html_lit(b, "</p>\n");
		put_link(b, lang, "/listings", MSG_BACK_TO_LISTINGS);
	} else {
		html_lit(b, "<h2>");
		html_tr(b, lang, MSG_EMPTY_TITLE);
		html_lit(b, "</h2>\n<p>");
		html_tr(b, lang, MSG_EMPTY_TRY);
		html_lit(b, "</p>\n<ul>\n");
		if (searching(v))
			put_advice(b, lang, MSG_EMPTY_TRY_WORDS);
		if (v->chip_count > 1)
			put_advice(b, lang, MSG_EMPTY_TRY_FILTERS);
		if (q->min_price >= 0 || q->max_price >= 0)
			put_advice(b, lang, MSG_EMPTY_TRY_PRICE);
		if (q->place_id != 0)
			put_advice(b, lang, MSG_EMPTY_TRY_PLACE);
		put_advice(b, lang, MSG_EMPTY_TRY_LATER);
		html_lit(b, "</ul>\n");
		put_link(b, lang, "/listings", MSG_FILTER_CLEAR);
	}
	html_lit(b, "</div>\n");
}

static void put_notice(struct buf *b, enum lang lang, enum msg text)
{
	html_lit(b, "<div class=\"notice\"><p>");
	html_tr(b, lang, text);
	html_lit(b, "</p></div>\n");
}

static void put_results(struct buf *b, const struct listings_view *v)
{
	enum lang lang = v->page.lang;
	bool refused = v->errors != NULL && v->errors->n > 0;
	html_lit(b, "<section class=\"results\" id=\"results\" data-swap aria-label=\"");
	html_tr(b, lang, MSG_LISTINGS_RESULTS);
	html_lit(b, "\">\n");
	error_summary(b, lang, v->errors, query_labels, QUERY_LABELS);
	if (!refused && !v->too_broad)
		put_count(b, v);
	put_chips(b, v);
	if (v->save_href != NULL) {
		html_lit(b, "<p class=\"onwards save\"><a rel=\"nofollow\" href=\"");
		html_href(b, v->save_href);
		html_lit(b, "\">");
		html_tr(b, lang, MSG_SAVED_LINK);
		html_lit(b, "</a></p>\n");
	}
	if (v->too_broad) {
		html_lit(b, "<div class=\"notice\" role=\"status\">\n<h2>");
		html_tr(b, lang, MSG_SEARCH_TOO_BROAD_TITLE);
		html_lit(b, "</h2>\n<p>");
		html_tr(b, lang, MSG_SEARCH_TOO_BROAD);
		html_lit(b, "</p>\n</div>\n");
	} else if (!refused) {
		if (v->result->n > 0) {
			put_sort(b, v);
			const struct card_list how = {
				.lang = lang, .catalog = v->catalog, .photos = v->photos, .now = v->now, .level = 2, .sizes = "(min-width: 60rem) 9rem, 6rem", .soon = PHOTOS_SOON,
			};
			listing_card_list(b, &how, v->result->items, v->result->n);
		} else if (!v->result->scan_stopped) {
			put_empty(b, v);
		}
		if (v->result->scan_stopped)
			put_notice(b, lang, MSG_SCAN_STOPPED);
		put_pager(b, v);
	}
	html_lit(b, "</section>\n");
}

void listings_view(struct buf *b, const struct listings_view *v)
{
	struct page page = v->page;
	if (page.title == NULL)
		page.title = tr(page.lang, MSG_LISTINGS_TITLE);
	if (page.description == NULL)
		page.description = tr(page.lang, MSG_LISTINGS_DESCRIPTION);
	if (page.section == NULL)
		page.section = "listings";
	layout_begin(b, &page);
	html_lit(b, "<h1>");
	html_text(b, page.title);
	html_lit(b, "</h1>\n<div class=\"browse\">\n");
	put_filters(b, v);
	put_results(b, v);
	html_lit(b, "</div>\n");
	layout_end(b, &page);
}
