#include "ctl/ctl_catalog.h"

#include "db/catalog_db.h"

int ctl_catalog(struct ctl *ctl, struct catalog **out)
{
	*out = NULL;
	enum err e = catalog_db_load(ctl->db, out);
	return e == ERR_OK ? CTL_OK : ctl_db_fail(ctl, ctl->db, e, "the categories and places cannot be read");
}

int ctl_category(struct ctl *ctl, const struct catalog *cat, const char *slug, const struct category **out)
{
	*out = catalog_category_by_slug(cat, slug);
	return *out != NULL ? CTL_OK : ctl_fail(ctl, "there is no category \"%s\": see outportctl category list", slug);
}

int ctl_place(struct ctl *ctl, const struct catalog *cat, const char *slug, const struct place **out)
{
	*out = catalog_place_by_slug(cat, slug);
	return *out != NULL ? CTL_OK : ctl_fail(ctl, "there is no place \"%s\": see outportctl place list", slug);
}
