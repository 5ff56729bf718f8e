/* ctl_catalog: the categories and places as commands look them up, by slug. */
#pragma once

#include "ctl/ctl.h"
#include "model/catalog.h"

/* Free it with catalog_free. */
int ctl_catalog(struct ctl *ctl, struct catalog **out);
/* Said when there is none with that slug. */
int ctl_category(struct ctl *ctl, const struct catalog *cat, const char *slug, const struct category **out);
int ctl_place(struct ctl *ctl, const struct catalog *cat, const char *slug, const struct place **out);
