#include "ctl/demo.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/demo_text.h"
#include "model/slug.h"
#include "util/utf8.h"
#include "suites_ctl.h"

enum { LISTINGS = 5000, ARENA = 64 * 1024 * 1024 };

/* A catalog of the demo's own entries with made-up ids, as the database would give it. */
static struct catalog *demo_catalog(void)
{
	struct catalog *c = calloc(1, sizeof *c);
	c->categories = calloc(demo_category_count, sizeof *c->categories);
	c->places = calloc(demo_place_count, sizeof *c->places);
	for (size_t i = 0; i < demo_category_count; i++) {
		c->categories[i].id = (int64_t)i + 1;
		snprintf(c->categories[i].slug, sizeof c->categories[i].slug, "%s", demo_categories[i].slug);
	}
	for (size_t i = 0; i < demo_place_count; i++) {
		c->places[i].id = (int64_t)i + 1;
		snprintf(c->places[i].slug, sizeof c->places[i].slug, "%s", demo_places[i].slug);
	}
	c->category_count = demo_category_count;
	c->place_count = demo_place_count;
	return c;
}

static void free_catalog(struct catalog *c)
{
	free(c->categories);
	free(c->places);
	free(c);
}

static void check_slug(const char *slug, size_t max)
{
	ck_assert_msg(slug_valid(slug) && strlen(slug) <= max, "%s", slug);
}

static void check_name(const char *name, size_t max)
{
	ck_assert_msg(utf8_valid(name, strlen(name)) && utf8_length(name) >= 1 && utf8_length(name) <= max, "%s", name);
}

START_TEST(the_tables_fit_the_schema)
{
	size_t tops = 0, regions = 0;
	ck_assert_int_ne(demo_categories[0].colour, 0);
	ck_assert_uint_eq(demo_places[0].weight, 0);
	for (size_t i = 0; i < demo_category_count; i++) {
		const struct demo_category *c = &demo_categories[i];
		check_slug(c->slug, 64);
		check_name(c->name[0], 80);
		check_name(c->name[1], 80);
		ck_assert_int_le(c->colour, 12);
		tops += c->colour != 0;
		ck_assert(c->colour != 0 || c->weight > 0);
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(c->slug, demo_categories[k].slug);
	}
	for (size_t i = 0; i < demo_place_count; i++) {
		const struct demo_place *p = &demo_places[i];
		check_slug(p->slug, 64);
		check_name(p->name[0], 80);
		check_name(p->name[1], 80);
		regions += p->weight == 0;
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(p->slug, demo_places[k].slug);
	}
	ck_assert_uint_ge(tops, 10);
	ck_assert_uint_ge(demo_category_count - tops, 50);
	ck_assert_uint_ge(regions, 5);
	ck_assert_uint_le(regions, 8);
	ck_assert_uint_ge(demo_place_count - regions, 120);
	ck_assert_uint_le(demo_slot_count, DEMO_SLOTS_MAX);
}
END_TEST

START_TEST(articles_are_whole_in_both_languages)
{
	ck_assert_uint_ge(demo_article_count, 8);
	for (size_t i = 0; i < demo_article_count; i++) {
		const struct demo_article *d = &demo_articles[i];
		check_slug(d->slug, 80);
		for (int lang = 0; lang < 2; lang++) {
			check_name(d->title[lang], 120);
			check_name(d->summary[lang], 300);
			ck_assert_uint_ge(utf8_length(d->body[lang]), 400);
		}
		ck_assert_str_ne(d->body[0], d->body[1]);
	}
}
END_TEST

static size_t fitting(const char *slug, char offer)
{
	size_t n = 0;
	for (size_t i = 0; i < demo_sentence_count; i++) {
		const struct demo_sentence *s = &demo_sentences[i];
		n += strcmp(s->leaf, slug) == 0 && (s->offers[0] == '\0' || strchr(s->offers, offer) != NULL);
	}
	return n;
}

/* Each leaf has offers and sentences, each standing together in the tables, as the generator takes them. */
START_TEST(every_leaf_has_words)
{
	for (size_t i = 0; i < demo_category_count; i++) {
		const char *slug = demo_categories[i].slug;
		size_t offers = 0, says = 0, last = 0;
		if (demo_categories[i].colour != 0)
			continue;
		for (size_t k = 0; k < demo_offer_count; k++) {
			if (strcmp(demo_offers[k].leaf, slug) != 0)
				continue;
			ck_assert(offers == 0 || last == k - 1);
			ck_assert_int_lt(demo_offers[k].low, demo_offers[k].high);
			ck_assert_uint_ge(demo_offers[k].stock, 1);
			last = k;
			offers++;
		}
		for (size_t k = 0; k < demo_sentence_count; k++) {
			if (strcmp(demo_sentences[k].leaf, slug) != 0)
				continue;
			ck_assert(says == 0 || last == k - 1);
			last = k;
			says++;
		}
		ck_assert_msg(offers >= 2 && offers <= 9 && says >= 2, "%s", slug);
		for (size_t k = 0; k < offers; k++)
			ck_assert_msg(fitting(slug, (char)('1' + k)) >= 2, "%s, offer %zu", slug, k + 1);
	}
}
END_TEST

static void check_text(const char *s, size_t min, size_t max, bool lines)
{
	size_t n = utf8_length(s);
	ck_assert_msg(utf8_valid(s, strlen(s)) && !utf8_has_control(s, strlen(s), lines), "%s", s);
	ck_assert_msg(n >= min && n <= max, "%s", s);
	/* nothing of a template is left, no space stands where none belongs */
	ck_assert_msg(strpbrk(s, "${}|") == NULL && strstr(s, "  ") == NULL && strstr(s, " .") == NULL && strstr(s, " ,") == NULL, "%s", s);
}

START_TEST(listings_keep_the_sites_rules)
{
	struct catalog *cat = demo_catalog();
	struct arena *a = arena_new(ARENA);
	struct demo_maker *m;
	bool seen[200] = {false};
	ck_assert_int_eq(demo_maker_new(cat, "CAD", 1, &m), ERR_OK);
	for (uint64_t i = 0; i < LISTINGS; i++) {
		struct listing l;
		ck_assert_int_eq(demo_listing_make(m, i, a, &l), ERR_OK);
		check_text(l.title, LISTING_TITLE_MIN, LISTING_TITLE_MAX, false);
		check_text(l.description, LISTING_DESCRIPTION_MIN, LISTING_DESCRIPTION_MAX, true);
		check_text(l.contact_name, 1, CONTACT_NAME_MAX, false);
		ck_assert_ptr_nonnull(strstr(l.contact_email, "@example.com"));
		ck_assert(l.price_minor >= 0 && l.price_minor <= 25000000 && l.price_minor % 100 == 0);
		ck_assert(l.stock >= 1 && l.stock <= LISTING_STOCK_MAX);
		ck_assert_int_eq(l.state, LISTING_PUBLISHED);
		ck_assert_uint_ne(demo_places[l.place_id - 1].weight, 0);
		ck_assert_int_eq(demo_categories[l.category_id - 1].colour, 0);
		seen[l.category_id - 1] = true;
	}
	for (size_t i = 0; i < demo_category_count; i++)
		ck_assert_msg(seen[i] || demo_categories[i].colour != 0, "no listing in %s", demo_categories[i].slug);
	demo_maker_free(m);
	arena_free(a);
	free_catalog(cat);
}
END_TEST

START_TEST(the_seed_and_the_number_decide)
{
	struct catalog *cat = demo_catalog();
	struct arena *a = arena_new(ARENA);
	struct demo_maker *one, *again, *other;
	ck_assert_int_eq(demo_maker_new(cat, "CAD", 7, &one), ERR_OK);
	ck_assert_int_eq(demo_maker_new(cat, "CAD", 7, &again), ERR_OK);
	ck_assert_int_eq(demo_maker_new(cat, "CAD", 8, &other), ERR_OK);
	int same = 0;
	for (uint64_t i = 0; i < 200; i++) {
		struct listing l, l2, l3;
		ck_assert_int_eq(demo_listing_make(one, i, a, &l), ERR_OK);
		ck_assert_int_eq(demo_listing_make(again, i, a, &l2), ERR_OK);
		ck_assert_int_eq(demo_listing_make(other, i, a, &l3), ERR_OK);
		ck_assert_str_eq(l.title, l2.title);
		ck_assert_str_eq(l.description, l2.description);
		ck_assert_str_eq(l.contact_email, l2.contact_email);
		ck_assert_int_eq(l.price_minor, l2.price_minor);
		same += strcmp(l.description, l3.description) == 0;
	}
	ck_assert_int_lt(same, 5);
	demo_maker_free(one);
	demo_maker_free(again);
	demo_maker_free(other);
	arena_free(a);
	free_catalog(cat);
}
END_TEST

START_TEST(needs_its_categories)
{
	struct catalog *cat = demo_catalog();
	struct demo_maker *m;
	cat->category_count--;
	ck_assert_int_eq(demo_maker_new(cat, "CAD", 1, &m), ERR_NOT_FOUND);
	ck_assert_ptr_null(m);
	free_catalog(cat);
}
END_TEST

static const struct {
	const char *pattern;
	const char *texts; /* all that may come of it, each between bars */
} templates[] = {
	{"plain", "|plain|"},
	{"{a|b}", "|a|b|"},
	{"x{a|}y", "|xay|xy|"},
	{"{1..3}", "|1|2|3|"},
	{"{10..20/5} ft", "|10 ft|15 ft|20 ft|"},
	{"{a{1|2}|b}", "|a1|a2|b|"},
	{"in $town, $region", "|in Nain, Labrador|"},
	{"$townie", "|$townie|"},
	{"{$town|x}.", "|Nain.|x.|"},
	{"{open", "|open|"},
};

START_TEST(templates_fill)
{
	struct arena *a = arena_new(ARENA);
	struct demo_random r;
	char hits[200] = "";
	demo_random_seed(&r, 3, 4);
	for (int i = 0; i < 200; i++) {
		struct demo_text t = {.random = &r, .arena = a, .town = "Nain", .region = "Labrador"};
		struct buf b;
		char between[100];
		buf_init(&b, 90);
		demo_text_fill(&t, templates[_i].pattern, &b);
		snprintf(between, sizeof between, "|%s|", buf_str(&b));
		const char *at = strstr(templates[_i].texts, between);
		ck_assert_msg(at != NULL, "%s", between);
		hits[at - templates[_i].texts] = 1;
		buf_free(&b);
	}
	/* each of them came up */
	for (const char *p = templates[_i].texts; p[1] != '\0'; p = strchr(p + 1, '|'))
		ck_assert_msg(hits[p - templates[_i].texts], "%s", p);
	arena_free(a);
}
END_TEST

START_TEST(slots_stay_within_a_listing)
{
	struct arena *a = arena_new(ARENA);
	struct demo_random r;
	demo_random_seed(&r, 3, 4);
	for (int i = 0; i < 50; i++) {
		struct demo_text t = {.random = &r, .arena = a, .town = "", .region = ""};
		struct buf b;
		buf_init(&b, 300);
		demo_text_fill(&t, "$car_model", &b);
		size_t n = b.len;
		demo_text_fill(&t, "$car_model", &b);
		ck_assert_uint_eq(b.len, 2 * n);
		ck_assert_int_eq(memcmp(b.data, b.data + n, n), 0);
		buf_free(&b);
	}
	arena_free(a);
}
END_TEST

Suite *suite_demo(void)
{
	Suite *s = suite_create("demo");
	TCase *t = tcase_create("demo");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_tables_fit_the_schema);
	tcase_add_test(t, articles_are_whole_in_both_languages);
	tcase_add_test(t, every_leaf_has_words);
	tcase_add_test(t, listings_keep_the_sites_rules);
	tcase_add_test(t, the_seed_and_the_number_decide);
	tcase_add_test(t, needs_its_categories);
	tcase_add_loop_test(t, templates_fill, 0, sizeof templates / sizeof *templates);
	tcase_add_test(t, slots_stay_within_a_listing);
	suite_add_tcase(s, t);
	return s;
}
