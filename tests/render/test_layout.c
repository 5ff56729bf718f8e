#include "../support/suites.h"

#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "render/layout.h"

static void render(struct buf *b, const struct page *p)
{
	layout_begin(b, p);
	layout_end(b, p);
}

START_TEST(a_full_head)
{
	struct page p = fixture_page(LANG_FR, "/listings");
	p.title = HOSTILE;
	p.description = HOSTILE;
	p.query = "q=a%20b&category=boats";
	p.feed = "/fr/feed.atom?q=a%20b&category=boats";
	p.json_ld = "{\"a\":\"\\u003c/script>\"}";
	p.prev = "/fr/listings?cursor=a";
	p.next = "/fr/listings?cursor=b";
	p.section = "listings";
	struct buf b;
	buf_init(&b, 1 << 16);
	render(&b, &p);
	golden_check("layout-full.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(a_page_that_is_not_to_be_indexed_has_no_address_of_its_own)
{
	struct page p = fixture_page(LANG_EN, "/nowhere");
	p.title = "There is no such page";
	p.noindex = true;
	struct buf b;
	buf_init(&b, 1 << 16);
	render(&b, &p);
	golden_check("layout-noindex.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(a_site_in_one_language_offers_no_other)
{
	struct layout_site site = fixture_site;
	site.languages[LANG_FR] = false;
	struct page p = fixture_page(LANG_EN, "/listings");
	p.site = &site;
	p.title = "Listings";
	struct buf b;
	buf_init(&b, 1 << 16);
	render(&b, &p);
	ck_assert_ptr_null(strstr(buf_str(&b), "hreflang"));
	ck_assert_ptr_null(strstr(buf_str(&b), "/fr"));
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "href=\"/styles.css\""));
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "src=\"/scripts.js\" defer"));
	buf_free(&b);
}
END_TEST

/* What an error page was asked for by: its language link stays on this site. */
static const struct {
	const char *path, *href;
} paths[] = {
	{"/", "href=\"/fr/\""},
	{"/listings/12/boat", "href=\"/fr/listings/12/boat\""},
	{"/a b/\"><script>/é", "href=\"/fr/a%20b/%22%3E%3Cscript%3E/%C3%A9\""},
	{"//evil.example/a?b#c", "href=\"/fr/evil.example/a%3Fb%23c\""},
	{"/a//b/", "href=\"/fr/a//b/\""},
	{"", "href=\"/fr/\""},
};

START_TEST(any_path_makes_a_safe_address)
{
	struct page p = fixture_page(LANG_EN, paths[_i].path);
	p.title = "x";
	p.noindex = true;
	struct buf b;
	buf_init(&b, 1 << 16);
	render(&b, &p);
	ck_assert_ptr_nonnull(strstr(buf_str(&b), paths[_i].href));
	buf_reset(&b);
	p.lang = LANG_FR;
	render(&b, &p);
	ck_assert_ptr_null(strstr(buf_str(&b), "href=\"//"));
	buf_free(&b);
}
END_TEST

START_TEST(a_page_within_a_section_marks_it)
{
	struct page p = fixture_page(LANG_EN, "/listings/12/boat");
	p.title = "x";
	p.section = "listings";
	struct buf b;
	buf_init(&b, 1 << 16);
	render(&b, &p);
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "<a href=\"/listings\" aria-current=\"true\">"));
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "<a href=\"/listings-old\">"));
	buf_free(&b);
}
END_TEST

START_TEST(partials_are_read_from_the_client)
{
	char dir[1024];
	const char *top = getenv("top_srcdir");
	struct arena *a = arena_new(1 << 20);
	struct layout_site site = {.url = "", .languages = {true, true}};
	snprintf(dir, sizeof dir, "%s/client", top != NULL ? top : "../..");
	ck_assert_int_eq(layout_load(a, dir, &site), ERR_OK);
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		ck_assert_ptr_nonnull(strstr(site.partials[lang].header_out, "<header class=\"site\">"));
		ck_assert_ptr_nonnull(strstr(site.partials[lang].header_in, "<header class=\"site\">"));
		ck_assert_ptr_nonnull(strstr(site.partials[lang].footer, "<footer class=\"site\">"));
		/* the worker writes them as they are: a directive would be shown */
		ck_assert_ptr_null(strstr(site.partials[lang].header_out, "<!--#"));
		ck_assert_ptr_null(strstr(site.partials[lang].footer, "<!--#"));
	}
	arena_free(a);
}
END_TEST

START_TEST(a_language_that_is_not_offered_needs_no_partials)
{
	char dir[1024];
	const char *top = getenv("top_srcdir");
	struct arena *a = arena_new(1 << 20);
	struct layout_site site = {.url = "", .languages = {[LANG_FR] = true}, .first = LANG_FR};
	snprintf(dir, sizeof dir, "%s/client", top != NULL ? top : "../..");
	ck_assert_int_eq(layout_load(a, dir, &site), ERR_OK);
	ck_assert_ptr_null(site.partials[LANG_EN].footer);
	ck_assert_ptr_nonnull(site.partials[LANG_FR].footer);
	arena_free(a);
}
END_TEST

START_TEST(the_first_language_is_for_whoever_said_nothing)
{
	struct layout_site site = fixture_site;
	site.first = LANG_FR;
	struct page p = fixture_page(LANG_EN, "/listings");
	p.site = &site;
	p.title = "Listings";
	struct buf b;
	buf_init(&b, 1 << 16);
	render(&b, &p);
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "hreflang=\"x-default\" href=\"https://outport.example/fr/listings\""));
	buf_free(&b);
}
END_TEST

START_TEST(a_missing_folder_or_too_little_memory_is_told)
{
	struct layout_site site = {.url = "", .languages = {true, true}};
	struct arena *a = arena_new(1 << 20), *small = arena_new(16);
	char dir[1024];
	const char *top = getenv("top_srcdir");
	snprintf(dir, sizeof dir, "%s/client", top != NULL ? top : "../..");
	ck_assert_int_eq(layout_load(a, "/nonexistent", &site), ERR_IO);
	ck_assert_int_eq(layout_load(small, dir, &site), ERR_NOMEM);
	arena_free(small);
	arena_free(a);
}
END_TEST

Suite *suite_layout(void);
Suite *suite_layout(void)
{
	Suite *s = suite_create("layout");
	TCase *t = tcase_create("layout");
	tcase_add_test(t, a_full_head);
	tcase_add_test(t, a_page_that_is_not_to_be_indexed_has_no_address_of_its_own);
	tcase_add_test(t, a_site_in_one_language_offers_no_other);
	tcase_add_loop_test(t, any_path_makes_a_safe_address, 0, sizeof paths / sizeof paths[0]);
	tcase_add_test(t, a_page_within_a_section_marks_it);
	tcase_add_test(t, partials_are_read_from_the_client);
	tcase_add_test(t, a_language_that_is_not_offered_needs_no_partials);
	tcase_add_test(t, the_first_language_is_for_whoever_said_nothing);
	tcase_add_test(t, a_missing_folder_or_too_little_memory_is_told);
	suite_add_tcase(s, t);
	return s;
}
