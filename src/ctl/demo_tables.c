#include "ctl/demo.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

const struct demo_category demo_categories[] = {
#define TOP(slug, en, fr, colour) {slug, {en, fr}, colour, 0, GOODS},
#define LEAF(slug, en, fr, weight, kind) {slug, {en, fr}, 0, weight, kind},
#include "ctl/demo_categories.def"
#undef TOP
#undef LEAF
};
const size_t demo_category_count = COUNT(demo_categories);

const struct demo_place demo_places[] = {
#define REGION(slug, en, fr) {slug, {en, fr}, 0},
#define TOWN(slug, en, fr, weight) {slug, {en, fr}, weight},
#include "ctl/demo_places.def"
#undef REGION
#undef TOWN
};
const size_t demo_place_count = COUNT(demo_places);

const struct demo_article demo_articles[] = {
#define ARTICLE(slug, title_en, title_fr, summary_en, summary_fr, body_en, body_fr) \
	{slug, {title_en, title_fr}, {summary_en, summary_fr}, {body_en, body_fr}},
#include "ctl/demo_resources.def"
#undef ARTICLE
};
const size_t demo_article_count = COUNT(demo_articles);

#define SAY(leaf, text)
#define SAY_OF(leaf, offers, text)
const struct demo_offer demo_offers[] = {
#define OFFER(leaf, low, high, stock, title) {leaf, low, high, stock, false, title},
#define OFFER_GOODS(leaf, low, high, stock, title) {leaf, low, high, stock, true, title},
#include "ctl/demo_listings.def"
#undef OFFER
#undef OFFER_GOODS
};
const size_t demo_offer_count = COUNT(demo_offers);
#undef SAY
#undef SAY_OF

#define OFFER(leaf, low, high, stock, title)
#define OFFER_GOODS(leaf, low, high, stock, title)
const struct demo_sentence demo_sentences[] = {
#define SAY(leaf, text) {leaf, "", text},
#define SAY_OF(leaf, offers, text) {leaf, offers, text},
#include "ctl/demo_listings.def"
#undef SAY
#undef SAY_OF
};
const size_t demo_sentence_count = COUNT(demo_sentences);
#undef OFFER
#undef OFFER_GOODS

const struct demo_phrase demo_phrases[] = {
#define PHRASE(kind, part, text) {kind, part, text},
#include "ctl/demo_phrases.def"
#undef PHRASE
};
const size_t demo_phrase_count = COUNT(demo_phrases);

const struct demo_slot demo_slots[] = {
#define SLOT(name, text) {name, text},
#include "ctl/demo_slots.def"
#undef SLOT
};
const size_t demo_slot_count = COUNT(demo_slots);

#define LAST(name)
const char *const demo_first_names[] = {
#define FIRST(name) name,
#include "ctl/demo_people.def"
#undef FIRST
};
const size_t demo_first_name_count = COUNT(demo_first_names);
#undef LAST

#define FIRST(name)
const char *const demo_last_names[] = {
#define LAST(name) name,
#include "ctl/demo_people.def"
#undef LAST
};
const size_t demo_last_name_count = COUNT(demo_last_names);
#undef FIRST
