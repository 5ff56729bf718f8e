#include "ctl/demo.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/demo_text.h"
#include "model/money.h"
#include "model/slug.h"

enum { DESCRIPTION_BYTES = 4000 };

/* Small towns are lifted a little, or three quarters of them would never show. */
enum { TOWN_FLOOR = 250 };

struct leaf {
	int64_t id;
	enum demo_kind kind;
	uint64_t upto;          /* weights up to and with this one */
	size_t offer, offers;   /* its part of demo_offers */
	size_t say, says;       /* its part of demo_sentences */
};

struct town {
	int64_t id;
	const char *name, *region;
	uint64_t upto;
};

struct demo_maker {
	uint64_t seed;
	const char *currency;
	int64_t unit;           /* minor units of a dollar */
	struct leaf *leaves;
	size_t leaf_count;
	struct town *towns;
	size_t town_count;
};

static void find_texts(struct leaf *leaf, const char *slug)
{
	for (size_t i = 0; i < demo_offer_count; i++)
		if (strcmp(demo_offers[i].leaf, slug) == 0 && leaf->offers++ == 0)
			leaf->offer = i;
	for (size_t i = 0; i < demo_sentence_count; i++)
		if (strcmp(demo_sentences[i].leaf, slug) == 0 && leaf->says++ == 0)
			leaf->say = i;
}

static enum err find_leaves(struct demo_maker *m, const struct catalog *cat)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < demo_category_count; i++) {
		const struct demo_category *d = &demo_categories[i];
		const struct category *c = catalog_category_by_slug(cat, d->slug);
		if (c == NULL)
			return ERR_NOT_FOUND;
		if (d->colour != 0)
			continue;
		struct leaf *leaf = &m->leaves[m->leaf_count++];
		*leaf = (struct leaf){.id = c->id, .kind = d->kind, .upto = sum += d->weight};
		find_texts(leaf, d->slug);
	}
	return ERR_OK;
}

static enum err find_towns(struct demo_maker *m, const struct catalog *cat)
{
	const char *region = "";
	uint64_t sum = 0;
	for (size_t i = 0; i < demo_place_count; i++) {
		const struct demo_place *d = &demo_places[i];
		const struct place *p = catalog_place_by_slug(cat, d->slug);
		if (p == NULL)
			return ERR_NOT_FOUND;
		if (d->weight == 0)
			region = d->name[0];
		else
			m->towns[m->town_count++] = (struct town){p->id, d->name[0], region, sum += d->weight + TOWN_FLOOR};
	}
	return ERR_OK;
}

enum err demo_maker_new(const struct catalog *cat, const char *currency, uint64_t seed, struct demo_maker **out)
{
	struct demo_maker *m = calloc(1, sizeof *m);
	if (m == NULL)
		return ERR_NOMEM;
	m->seed = seed;
	m->currency = currency;
	m->unit = 1;
	for (int d = money_digits(currency); d > 0; d--)
		m->unit *= 10;
	m->leaves = calloc(demo_category_count, sizeof *m->leaves);
	m->towns = calloc(demo_place_count, sizeof *m->towns);
	enum err e = m->leaves == NULL || m->towns == NULL ? ERR_NOMEM : ERR_OK;
	if (e == ERR_OK)
		e = find_leaves(m, cat);
	if (e == ERR_OK)
		e = find_towns(m, cat);
	if (e != ERR_OK) {
		demo_maker_free(m);
		m = NULL;
	}
	*out = m;
	return e;
}

void demo_maker_free(struct demo_maker *m)
{
	if (m == NULL)
		return;
	free(m->leaves);
	free(m->towns);
	free(m);
}

static const struct leaf *pick_leaf(const struct demo_maker *m, struct demo_random *r)
{
	uint64_t at = demo_random_below(r, m->leaves[m->leaf_count - 1].upto);
	const struct leaf *leaf = m->leaves;
	while (leaf->upto <= at)
		leaf++;
	return leaf;
}

static const struct town *pick_town(const struct demo_maker *m, struct demo_random *r)
{
	uint64_t at = demo_random_below(r, m->towns[m->town_count - 1].upto);
	const struct town *town = m->towns;
	while (town->upto <= at)
		town++;
	return town;
}

/* What people round a price of that size to, and how far below a round one they stay. */
static int64_t round_price(int64_t p, struct demo_random *r)
{
	static const struct {
		int64_t below, step[3], less[3];
	} habits[] = {
		{10, {1, 1, 1}, {0, 0, 0}},
		{50, {5, 5, 1}, {0, 0, 0}},
		{250, {5, 10, 10}, {0, 0, 1}},
		{1000, {25, 50, 50}, {0, 0, 1}},
		{10000, {50, 100, 500}, {0, 0, 5}},
		{100000, {500, 500, 1000}, {0, 0, 100}},
		{INT64_MAX, {1000, 5000, 5000}, {0, 0, 100}},
	};
	size_t i = 0;
	while (p >= habits[i].below)
		i++;
	uint64_t habit = demo_random_below(r, 3);
	int64_t step = habits[i].step[habit];
	int64_t rounded = (p + step / 2) / step * step - habits[i].less[habit];
	return rounded < 1 ? 1 : rounded;
}

/* Most things ask little of their range: the square of an even distribution. */
static int64_t pick_price(const struct demo_offer *offer, enum demo_kind kind, struct demo_random *r)
{
	int64_t u = (int64_t)demo_random_below(r, 1001);
	int64_t p = offer->low + (offer->high - offer->low) * u / 1000 * u / 1000;
	if (kind == GOODS && offer->high <= 200 && demo_random_below(r, 50) == 0)
		return 0;
	return round_price(p, r);
}

static void say_phrase(struct demo_text *t, enum demo_kind kind, enum demo_part part, struct buf *out)
{
	size_t first = 0, n = 0;
	for (size_t i = 0; i < demo_phrase_count; i++)
		if (demo_phrases[i].kind == kind && demo_phrases[i].part == part && n++ == 0)
			first = i;
	if (n == 0)
		return;
	buf_putc(out, ' ');
	demo_text_fill(t, demo_phrases[first + demo_random_below(t->random, n)].text, out);
}

static bool fits(const struct demo_sentence *s, size_t offer)
{
	return s->offers[0] == '\0' || strchr(s->offers, (int)('1' + offer)) != NULL;
}

/* Two or three sentences that fit the offer, then condition, sometimes the reason, and the terms. */
static void describe(struct demo_text *t, const struct leaf *leaf, size_t offer, struct buf *out)
{
	enum demo_kind kind = demo_offers[leaf->offer + offer].goods ? GOODS : leaf->kind;
	uint64_t start = demo_random_below(t->random, leaf->says), n = 2 + demo_random_below(t->random, 2);
	for (uint64_t i = 0, said = 0; said < n && i < leaf->says; i++) {
		const struct demo_sentence *s = &demo_sentences[leaf->say + (start + i) % leaf->says];
		if (!fits(s, offer))
			continue;
		if (said++ > 0)
			buf_putc(out, ' ');
		demo_text_fill(t, s->text, out);
	}
	say_phrase(t, kind, CONDITION, out);
	if (demo_random_below(t->random, 3) != 0)
		say_phrase(t, kind, REASON, out);
	if (demo_random_below(t->random, 2) == 0) {
		buf_putc(out, '\n');
		buf_putc(out, '\n');
		struct buf terms;
		buf_init(&terms, DESCRIPTION_BYTES);
		say_phrase(t, kind, TERMS, &terms);
		/* without the space that joins sentences */
		buf_puts(out, buf_str(&terms)[0] == ' ' ? buf_str(&terms) + 1 : "");
		buf_free(&terms);
	} else {
		say_phrase(t, kind, TERMS, out);
	}
}

static void name_contact(struct demo_random *r, struct arena *a, struct listing *out)
{
	const char *first = demo_first_names[demo_random_below(r, demo_first_name_count)];
	const char *last = demo_last_names[demo_random_below(r, demo_last_name_count)];
	char slug[SLUG_MAX + 1];
	struct buf b;
	buf_init(&b, CONTACT_EMAIL_MAX);
	buf_puts(&b, first);
	buf_putc(&b, ' ');
	buf_puts(&b, last);
	out->contact_name = arena_strdup(a, buf_str(&b));
	slug_make(buf_str(&b), slug);
	for (char *p = slug; *p != '\0'; p++)
		if (*p == '-')
			*p = '.';
	buf_reset(&b);
	buf_puts(&b, slug);
	buf_i64(&b, (int64_t)demo_random_below(r, 90) + 10);
	buf_puts(&b, "@example.com");
	out->contact_email = arena_strdup(a, buf_str(&b));
	buf_free(&b);
}

enum err demo_listing_make(const struct demo_maker *m, uint64_t i, struct arena *a, struct listing *out)
{
	struct demo_random r;
	demo_random_seed(&r, m->seed, i);
	const struct leaf *leaf = pick_leaf(m, &r);
	const struct town *town = pick_town(m, &r);
	size_t which = demo_random_below(&r, leaf->offers);
	const struct demo_offer *offer = &demo_offers[leaf->offer + which];
	struct demo_text text = {.random = &r, .arena = a, .town = town->name, .region = town->region};
	struct buf b;
	buf_init(&b, DESCRIPTION_BYTES);
	*out = (struct listing){.state = LISTING_PUBLISHED, .category_id = leaf->id, .place_id = town->id, .currency = m->currency, .stock = 1};
	demo_text_fill(&text, offer->title, &b);
	out->title = arena_strdup(a, buf_str(&b));
	enum err e = b.error;
	buf_reset(&b);
	describe(&text, leaf, which, &b);
	out->description = arena_strdup(a, buf_str(&b));
	if (e == ERR_OK)
		e = b.error;
	buf_free(&b);
	out->price_minor = pick_price(offer, leaf->kind, &r) * m->unit;
	if (offer->stock > 1)
		out->stock = 1 + (int64_t)demo_random_below(&r, offer->stock);
	name_contact(&r, a, out);
	if (e == ERR_OK && (out->title == NULL || out->description == NULL || out->contact_name == NULL || out->contact_email == NULL))
		e = ERR_NOMEM;
	return e;
}
