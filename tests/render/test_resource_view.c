#include "../support/suites.h"

#include "fixture.h"
#include "golden.h"
#include "render/resource_view.h"

static const struct resource articles[] = {
	{.id = 1, .slug = "selling-safely", .title = {"Selling safely", "Vendre en sécurité"},
	 .summary = {"Meet where there are people.", "Rencontrez-vous là où il y a des gens."},
	 .body = {"Meet where there are *people*.\n\n# Paying\n\n" HOSTILE "\n", "Rencontrez-vous là où il y a des *gens*.\n"}, .updated_at = FIXTURE_NOW},
	{.id = 2, .slug = "b", .title = {HOSTILE, HOSTILE}, .summary = {HOSTILE, HOSTILE}, .updated_at = FIXTURE_NOW},
};

START_TEST(an_article)
{
	struct resource_view v = {.page = fixture_page(LANG_EN, "/resources/selling-safely"), .resource = &articles[0]};
	struct buf b;
	buf_init(&b, 1 << 16);
	resource_view(&b, &v);
	golden_check("resource.html", &b);
	buf_reset(&b);
	v.page.lang = LANG_FR;
	resource_view(&b, &v);
	golden_check("resource-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(the_list_of_articles)
{
	struct buf b;
	buf_init(&b, 1 << 16);
	resource_links(&b, LANG_FR, articles, 2);
	golden_check("fragment-resources-fr.html", &b);
	buf_reset(&b);
	resource_links(&b, LANG_EN, articles, 0);
	golden_check("fragment-resources-empty.html", &b);
	buf_free(&b);
}
END_TEST

Suite *suite_resource_view(void);
Suite *suite_resource_view(void)
{
	Suite *s = suite_create("resource_view");
	TCase *t = tcase_create("resource_view");
	tcase_add_test(t, an_article);
	tcase_add_test(t, the_list_of_articles);
	suite_add_tcase(s, t);
	return s;
}
