/* demo_catalog: puts the demo's categories, places and resources into the site, those that are not there yet. */
#pragma once

#include "ctl/ctl.h"
#include "model/catalog.h"

int demo_catalog_add(struct ctl *ctl, const struct catalog *present);
int demo_resources_add(struct ctl *ctl);
