#include "../support/suites.h"

#include "fixture.h"
#include "golden.h"
#include "render/feed_view.h"

enum { FEED_CAP = 1 << 16 };

START_TEST(a_feed)
{
	struct buf b;
	buf_init(&b, FEED_CAP);
	feed_view(&b, &fixture_site, LANG_FR, "Recherche\u00a0: " HOSTILE "\x01", "/fr/feed.atom?q=a&category=boats", "/fr/listings?q=a&category=boats",
	          &fixture_catalog, fixture_listings, FIXTURE_LISTINGS, NULL, FIXTURE_NOW);
	golden_check("feed-fr.atom", &b);
	buf_reset(&b);
	feed_view(&b, &fixture_site, LANG_EN, "Newest listings", "/feed.atom", "/listings", &fixture_catalog, NULL, 0, NULL, FIXTURE_NOW);
	golden_check("feed-empty.atom", &b);
	buf_free(&b);
}
END_TEST

START_TEST(a_sitemap)
{
	struct buf b;
	buf_init(&b, FEED_CAP);
	sitemap_index_view(&b, &fixture_site, 3);
	golden_check("sitemap-index.xml", &b);
	buf_reset(&b);
	sitemap_begin(&b);
	sitemap_entry(&b, &fixture_site, "/listings?category=boats&location=avalon", 0);
	sitemap_entry(&b, &fixture_site, "/fr/listings/12/cedar-dory-16-feet", FIXTURE_NOW);
	sitemap_end(&b);
	golden_check("sitemap.xml", &b);
	buf_free(&b);
}
END_TEST

START_TEST(a_search_box_and_rules_for_robots)
{
	struct layout_site site = fixture_site;
	site.name[LANG_FR] = "Les petites annonces d’ici & d’ailleurs";
	struct buf b;
	buf_init(&b, FEED_CAP);
	opensearch_view(&b, &site, LANG_FR);
	golden_check("opensearch-fr.xml", &b);
	buf_reset(&b);
	robots_view(&b, &site);
	golden_check("robots.txt", &b);
	buf_free(&b);
}
END_TEST

START_TEST(a_site_in_french_only)
{
	struct layout_site site = fixture_site;
	site.languages[LANG_EN] = false;
	site.first = LANG_FR;
	struct buf b;
	buf_init(&b, FEED_CAP);
	robots_view(&b, &site);
	ck_assert_ptr_null(strstr(buf_str(&b), "Disallow: /listings"));
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "Disallow: /fr/listings/*/contact"));
	buf_reset(&b);
	sitemap_entry(&b, &site, "/listings", 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "<loc>https://outport.example/fr/listings</loc>"));
	buf_free(&b);
}
END_TEST

Suite *suite_feed_view(void);
Suite *suite_feed_view(void)
{
	Suite *s = suite_create("feed_view");
	TCase *t = tcase_create("feed_view");
	tcase_add_test(t, a_feed);
	tcase_add_test(t, a_sitemap);
	tcase_add_test(t, a_search_box_and_rules_for_robots);
	tcase_add_test(t, a_site_in_french_only);
	suite_add_tcase(s, t);
	return s;
}
