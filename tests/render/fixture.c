#include "fixture.h"

const struct layout_site fixture_site = {
	.name = {"Outport", "Outport"},
	.url = "https://outport.example",
	.languages = {true, true},
	.partials = {
		{"<header class=\"site\"><nav><a href=\"/listings\">Listings</a> <a href=\"/listings-old\">Old</a> <a href=\"/submit\">Submit</a></nav></header>\n",
	         "<header class=\"site\">in</header>\n", "<footer class=\"site\">Footer</footer>\n"},
		{"<header class=\"site\"><nav><a href=\"/fr/listings\">Annonces</a> <a href=\"/listings\">Listings</a></nav></header>\n",
	         "<header class=\"site\">in</header>\n", "<footer class=\"site\">Pied de page</footer>\n"},
	},
};

static struct category categories[] = {
	{.id = 1, .slug = "boats", .name = {"Boats & gear", "Bateaux et équipement"}, .colour = 3},
	{.id = 2, .parent_id = 1, .slug = "dories", .name = {"Dories", "Doris"}, .colour = 3},
	{.id = 3, .parent_id = 1, .slug = "engines", .name = {"Engines", "Moteurs"}, .colour = 3},
	{.id = 4, .slug = "free", .name = {"Free stuff", "À donner"}, .colour = 12},
};

static struct place places[] = {
	{.id = 10, .slug = "avalon", .name = {"Avalon", "Avalon"}},
	{.id = 11, .parent_id = 10, .slug = "st-johns", .name = {"St. John's", "St. John's"}},
	{.id = 12, .slug = "labrador", .name = {"Labrador", "Labrador"}},
};

const struct catalog fixture_catalog = {
	.categories = categories,
	.category_count = sizeof categories / sizeof categories[0],
	.places = places,
	.place_count = sizeof places / sizeof places[0],
};

const struct listing fixture_listings[FIXTURE_LISTINGS] = {
	{.id = 12, .state = LISTING_PUBLISHED, .title = "Cedar dory, 16 feet", .slug = "cedar-dory-16-feet", .summary = "Built in 1998, dry all winter.",
	 .description = "Built in 1998, dry all winter.\nTwo pairs of oars.\n\nCan be seen at the wharf.", .category_id = 2, .place_id = 11,
	 .price_minor = 125050, .currency = "CAD", .stock = 1, .published_at = FIXTURE_NOW - 3 * 3600, .updated_at = FIXTURE_NOW - 3600},
	{.id = 13, .state = LISTING_PUBLISHED, .title = HOSTILE, .slug = "script", .summary = HOSTILE, .description = HOSTILE "\n\n" HOSTILE,
	 .category_id = 4, .place_id = 12, .price_minor = 0, .currency = "CAD", .stock = 0, .published_at = FIXTURE_NOW - 40 * 86400},
	{.id = 14, .state = LISTING_PUBLISHED, .title = "Moteur hors-bord “Évinrude” à réparer", .slug = "moteur-hors-bord", .summary = "À réparer.",
	 .category_id = 999, .place_id = 999, .price_minor = 99900, .currency = "CAD", .stock = 12, .published_at = FIXTURE_NOW - 30},
};

struct page fixture_page(enum lang lang, const char *path)
{
	return (struct page){.site = &fixture_site, .lang = lang, .path = path};
}
