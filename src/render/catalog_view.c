/* The fragments of listing_view.h that are made of categories and places. */
#include "render/listing_view.h"

#include <string.h>

#include "render/listing_card.h"

enum { NEWEST_LARGEST = 800 };

void listing_cards(struct buf *b, enum lang lang, const struct catalog *c, const struct listing *list, size_t n, const struct photo_set *photos, int64_t now)
{
	if (n == 0) {
		html_lit(b, "<p class=\"empty\">");
		html_tr(b, lang, MSG_EMPTY_NEWEST);
		html_lit(b, "</p>\n");
		return;
	}
	const struct card_list how = {
		.lang = lang, .catalog = c, .photos = photos, .now = now, .level = 3, .sizes = "(min-width: 48rem) 18rem, 6rem", .largest = NEWEST_LARGEST,
	};
	listing_card_list(b, &how, list, n);
}

void category_links(struct buf *b, enum lang lang, const struct catalog *c)
{
	html_lit(b, "<ul class=\"categories\">\n");
	for (size_t i = 0; i < c->category_count; i++) {
		const struct category *one = &c->categories[i];
		if (one->parent_id != 0)
			continue;
		html_lit(b, "<li><a class=\"category");
		category_put_class(b, one);
		html_lit(b, "\" href=\"");
		html_attr(b, lang_prefix(lang));
		html_lit(b, "/listings?category=");
		html_url(b, one->slug);
		html_lit(b, "\">");
		html_text(b, one->name[lang]);
		html_lit(b, "</a></li>\n");
	}
	html_lit(b, "</ul>\n");
}

static void put_option(struct buf *b, const char *slug, const char *name, const char *selected)
{
	html_lit(b, "<option value=\"");
	html_attr(b, slug);
	html_lit(b, "\"");
	if (selected != NULL && strcmp(selected, slug) == 0)
		html_lit(b, " selected");
	html_lit(b, ">");
	html_text(b, name);
	html_lit(b, "</option>\n");
}

/* One entry of the two-level lists; a parent with children heads a group that begins with itself. */
static void put_entry(struct buf *b, const char *slug, const char *name, const char *selected, bool top, bool has_children,
                      bool *group_open)
{
	if (top && *group_open) {
		html_lit(b, "</optgroup>\n");
		*group_open = false;
	}
	if (top && has_children) {
		html_lit(b, "<optgroup label=\"");
		html_attr(b, name);
		html_lit(b, "\">\n");
		*group_open = true;
	}
	put_option(b, slug, name, selected);
}

static void write_categories(struct buf *b, enum lang lang, const struct catalog *c, const char *selected)
{
	bool group_open = false;
	for (size_t i = 0; i < c->category_count; i++) {
		const struct category *one = &c->categories[i];
		bool has_children = i + 1 < c->category_count && c->categories[i + 1].parent_id == one->id;
		put_entry(b, one->slug, one->name[lang], selected, one->parent_id == 0, has_children, &group_open);
	}
	if (group_open)
		html_lit(b, "</optgroup>\n");
}

static void write_places(struct buf *b, enum lang lang, const struct catalog *c, const char *selected)
{
	bool group_open = false;
	for (size_t i = 0; i < c->place_count; i++) {
		const struct place *one = &c->places[i];
		bool has_children = i + 1 < c->place_count && c->places[i + 1].parent_id == one->id;
		put_entry(b, one->slug, one->name[lang], selected, one->parent_id == 0, has_children, &group_open);
	}
	if (group_open)
		html_lit(b, "</optgroup>\n");
}

/* Behind the closing quote of the option's value; NULL when the choice has no such option. */
static const char *find_value(const char *choice, const char *slug)
{
	static const char before[] = "<option value=\"";
	size_t n = strlen(slug), k = sizeof before - 1;
	for (const char *at = choice; (at = strstr(at, slug)) != NULL; at += n)
		if (at >= choice + k && memcmp(at - k, before, k) == 0 && at[n] == '"')
			return at + n + 1;
	return NULL;
}

/* A choice that was written out before, with the selected option marked. False when there is none. */
static bool copy_choice(struct buf *b, const char *choice, const char *selected)
{
	if (choice == NULL)
		return false;
	if (selected != NULL && *selected != '\0') {
		const char *mark = find_value(choice, selected);
		if (mark == NULL)
			return false;
		buf_put(b, choice, (size_t)(mark - choice));
		html_lit(b, " selected");
		choice = mark;
	}
	buf_puts(b, choice);
	return true;
}

void category_options(struct buf *b, enum lang lang, const struct catalog *c, const char *selected)
{
	if (!copy_choice(b, c->choice[0][lang], selected))
		write_categories(b, lang, c, selected);
}

void place_options(struct buf *b, enum lang lang, const struct catalog *c, const char *selected)
{
	if (!copy_choice(b, c->choice[1][lang], selected))
		write_places(b, lang, c, selected);
}
