/* fixture: a small site that the views' tests share. Its texts try to break out of wherever they are put. */
#pragma once

#include "model/catalog.h"
#include "model/listing.h"
#include "render/layout.h"

#define HOSTILE "<script>alert(1)</script> \"q\" 'a' & {1} </title>"

extern const struct layout_site fixture_site;
extern const struct catalog fixture_catalog;
enum { FIXTURE_LISTINGS = 3 };
extern const struct listing fixture_listings[FIXTURE_LISTINGS];
/* The time every view is shown at: 2026-02-01 12:00:00 UTC. */
#define FIXTURE_NOW INT64_C(1769947200)

struct page fixture_page(enum lang lang, const char *path);
