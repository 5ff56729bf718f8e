#include "render/favourite_view.h"

#include "render/account_view.h"
#include "render/listing_card.h"

enum { HREF_CAP = 512 };

static void begin_form(struct buf *b, enum lang lang, int64_t listing_id, const char *keep)
{
	html_lit(b, "<form class=\"inline\" method=\"post\" data-once action=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/listings/");
	html_int(b, listing_id);
	html_lit(b, "/favourite\">\n<input type=\"hidden\" name=\"keep\" value=\"");
	html_attr(b, keep);
	html_lit(b, "\">\n");
}

void favourite_button(struct buf *b, enum lang lang, const struct listing *l, enum favourite_state state)
{
	if (state != FAVOURITE_VISITOR) {
		bool kept = state == FAVOURITE_YES;
		begin_form(b, lang, l->id, kept ? "no" : "yes");
		html_lit(b, "<button class=\"button\" type=\"submit\">");
		html_tr(b, lang, kept ? MSG_FAVOURITE_REMOVE : MSG_FAVOURITE_ADD);
		html_lit(b, "</button>\n</form>\n");
		return;
	}
	struct buf next;
	buf_init(&next, HREF_CAP);
	listing_put_href(&next, lang, l);
	html_lit(b, "<a class=\"button\" rel=\"nofollow\" href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/login?next=");
	html_url(b, buf_str(&next));
	html_lit(b, "\">");
	html_tr(b, lang, MSG_FAVOURITE_ADD);
	html_lit(b, "</a>\n");
	buf_free(&next);
}

static void put_state(struct buf *b, enum lang lang, enum listing_state state)
{
	if (state == LISTING_PUBLISHED)
		return;
	html_lit(b, "<p class=\"state\">");
	html_tr(b, lang, state == LISTING_SOLD ? MSG_FAVOURITE_SOLD : MSG_FAVOURITE_EXPIRED);
	html_lit(b, "</p>\n");
}

static void put_card(struct buf *b, const struct favourites_view *v, const struct favourite *f)
{
	enum lang lang = v->page.lang;
	const struct listing *l = &f->listing;
	bool shown = favourite_shown(l->state);
	if (shown) {
		const struct card_list how = {.lang = lang, .catalog = v->catalog, .photos = v->photos, .now = v->now, .level = 2, .sizes = "(min-width: 48rem) 8rem, 6rem"};
		listing_card_begin(b, &how, l, false, l->state == LISTING_PUBLISHED);
		put_state(b, lang, l->state);
	} else {
		html_lit(b, "<li class=\"card ended\">\n<span class=\"thumb\" aria-hidden=\"true\"></span>\n<h2 class=\"card-title\">");
		html_tr(b, lang, MSG_FAVOURITE_GONE);
		html_lit(b, "</h2>\n");
	}
	begin_form(b, lang, l->id, "no");
	html_lit(b, "<input type=\"hidden\" name=\"from\" value=\"account\">\n<button class=\"button\" type=\"submit\" aria-label=\"");
	html_tr1(b, lang, MSG_FAVOURITE_REMOVE_OF, shown ? l->title : tr(lang, MSG_FAVOURITE_GONE));
	html_lit(b, "\">");
	html_tr(b, lang, MSG_FAVOURITE_REMOVE_SHORT);
	html_lit(b, "</button>\n</form>\n</li>\n");
}

static void put_empty(struct buf *b, enum lang lang)
{
	html_lit(b, "<div class=\"empty\">\n<p>");
	html_tr(b, lang, MSG_FAVOURITES_EMPTY);
	html_lit(b, "</p>\n<p><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/listings\">");
	html_tr(b, lang, MSG_BACK_TO_LISTINGS);
	html_lit(b, "</a></p>\n</div>\n");
}

static void put_pager(struct buf *b, const struct favourites_view *v)
{
	enum lang lang = v->page.lang;
	if (v->first_href == NULL && v->next_href == NULL)
		return;
	html_lit(b, "<nav class=\"pager\" aria-label=\"");
	html_tr(b, lang, MSG_FAVOURITES_PAGES);
	html_lit(b, "\">\n");
	if (v->first_href != NULL) {
		html_lit(b, "<a href=\"");
		html_href(b, v->first_href);
		html_lit(b, "\">");
		html_tr(b, lang, MSG_FAVOURITES_FIRST);
		html_lit(b, "</a>\n");
	}
	if (v->next_href != NULL) {
		html_lit(b, "<a rel=\"next\" href=\"");
		html_href(b, v->next_href);
		html_lit(b, "\">");
		html_tr(b, lang, MSG_PAGER_NEXT);
		html_lit(b, "</a>\n");
	}
	html_lit(b, "</nav>\n");
}

void favourites_view(struct buf *b, const struct favourites_view *v)
{
	enum lang lang = v->page.lang;
	layout_begin(b, &v->page);
	html_lit(b, "<h1>");
	html_tr(b, lang, MSG_FAVOURITES_TITLE);
	html_lit(b, "</h1>\n");
	if (v->n == 0 && v->first_href == NULL) {
		put_empty(b, lang);
	} else {
		html_lit(b, "<ul class=\"cards kept-cards\">\n");
		for (size_t i = 0; i < v->n; i++)
			put_card(b, v, &v->list[i]);
		html_lit(b, "</ul>\n");
	}
	put_pager(b, v);
	account_put_back(b, lang, "/account", MSG_ACCOUNT_BACK);
	layout_end(b, &v->page);
}
