#include <stdio.h>

#include "ctl/ctl.h"
#include "ctl/ctl_catalog.h"
#include "ctl/output.h"
#include "db/catalog_db.h"

struct place_fields {
	const char *name_en, *name_fr, *region;
};

#define AT(member) offsetof(struct place_fields, member)
static const struct field fields[] = {
	{"name_en", FIELD_TEXT, AT(name_en), 1, 80, true},
	{"name_fr", FIELD_TEXT, AT(name_fr), 1, 80, true},
	{"region", FIELD_SLUG, AT(region), 1, 64, false},
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const char *region_slug(const struct catalog *cat, const struct place *p)
{
	const struct place *region = p->parent_id == 0 ? NULL : catalog_place(cat, p->parent_id);
	return region == NULL ? "" : region->slug;
}

static void put_json(struct json *j, const struct catalog *cat, const struct place *p)
{
	json_object(j);
	json_key_int(j, "id", p->id);
	json_key_string(j, "slug", p->slug);
	json_key_string(j, "name_en", p->name[0]);
	json_key_string(j, "name_fr", p->name[1]);
	json_key_string(j, "region", p->parent_id == 0 ? NULL : region_slug(cat, p));
	json_object_end(j);
}

static int print_list(struct ctl *ctl, const struct catalog *cat)
{
	static const char *const heads[] = {"SLUG", "ENGLISH", "FRENCH"};
	struct table t;
	table_begin(&t, ctl->arena, 3, heads);
	for (size_t i = 0; i < cat->place_count; i++) {
		const struct place *p = &cat->places[i];
		char slug[80];
		snprintf(slug, sizeof slug, "%s%s", p->parent_id == 0 ? "" : "  ", p->slug);
		if (!table_row(&t, (const char *[]){slug, p->name[0], p->name[1]}))
			return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	}
	table_print(&t, stdout);
	return CTL_OK;
}

static int list(struct ctl *ctl)
{
	struct catalog *cat;
	int status = ctl_catalog(ctl, &cat);
	if (status != CTL_OK)
		return status;
	if (args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		json_array(&o.json);
		for (size_t i = 0; i < cat->place_count; i++)
			put_json(&o.json, cat, &cat->places[i]);
		json_array_end(&o.json);
		status = output_end(ctl, &o);
	} else {
		status = print_list(ctl, cat);
	}
	catalog_free(cat);
	return status;
}

static int show(struct ctl *ctl)
{
	struct catalog *cat;
	const struct place *p;
	int status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = ctl_place(ctl, cat, ctl->args.positional[0], &p);
	if (status == CTL_OK && args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		put_json(&o.json, cat, p);
		status = output_end(ctl, &o);
	} else if (status == CTL_OK) {
		table_field(stdout, "Slug", p->slug);
		table_field(stdout, "English", p->name[0]);
		table_field(stdout, "French", p->name[1]);
		table_field(stdout, "Region", region_slug(cat, p));
	}
	catalog_free(cat);
	return status;
}

static int apply(struct ctl *ctl, const struct catalog *cat, const struct place_fields *f, struct place *p)
{
	const struct place *region = NULL;
	if (f->region[0] != '\0') {
		int status = ctl_place(ctl, cat, f->region, &region);
		if (status != CTL_OK)
			return status;
		if (region->parent_id != 0 || region->id == p->id)
			return ctl_fail(ctl, "--region: \"%s\" is no region: it lies in one, or is the place itself", f->region);
	}
	p->parent_id = region == NULL ? 0 : region->id;
	snprintf(p->name[0], sizeof p->name[0], "%s", f->name_en);
	snprintf(p->name[1], sizeof p->name[1], "%s", f->name_fr);
	return CTL_OK;
}

static int add(struct ctl *ctl)
{
	struct place_fields f = {0};
	struct place p = {.id = 0};
	struct catalog *cat = NULL;
	const char *slug = ctl->args.positional[0];
	int status = ctl_slug(ctl, slug, 64);
	if (status == CTL_OK)
		status = ctl_form(ctl, fields, FIELDS, NULL, &f);
	if (status == CTL_OK)
		status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = apply(ctl, cat, &f, &p);
	if (status == CTL_OK) {
		snprintf(p.slug, sizeof p.slug, "%s", slug);
		enum err e = place_db_add(ctl->db, &p);
		if (e == ERR_EXISTS)
			status = ctl_fail(ctl, "there is a place \"%s\" already", slug);
		else if (e != ERR_OK)
			status = ctl_db_fail(ctl, ctl->db, e, "the place cannot be added");
		else
			printf("Place %s added.\n", slug);
	}
	catalog_free(cat);
	return status;
}

static int edit_found(struct ctl *ctl, const struct catalog *cat, const struct place *there)
{
	struct place_fields f = {0};
	struct place p = *there;
	struct http_param present[] = {{"name_en", p.name[0]}, {"name_fr", p.name[1]}, {"region", region_slug(cat, there)}};
	struct http_params params = {.list = present, .n = FIELDS};
	int status = ctl_form(ctl, fields, FIELDS, &params, &f);
	if (status == CTL_OK)
		status = apply(ctl, cat, &f, &p);
	if (status != CTL_OK)
		return status;
	enum err e = place_db_edit(ctl->db, &p);
	if (e == ERR_CONFLICT)
		return ctl_fail(ctl, "place \"%s\" cannot be put in a region: it holds places itself", p.slug);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the place cannot be changed");
	printf("Place %s changed.\n", p.slug);
	return CTL_OK;
}

static int edit(struct ctl *ctl)
{
	struct catalog *cat;
	const struct place *p;
	int status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = ctl_place(ctl, cat, ctl->args.positional[0], &p);
	if (status == CTL_OK)
		status = edit_found(ctl, cat, p);
	catalog_free(cat);
	return status;
}

static int remove_one(struct ctl *ctl)
{
	struct catalog *cat;
	const struct place *p;
	int status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = ctl_place(ctl, cat, ctl->args.positional[0], &p);
	if (status == CTL_OK) {
		enum err e = place_db_remove(ctl->db, p->id);
		if (e == ERR_CONFLICT)
			status = ctl_fail(ctl, "place \"%s\" holds listings or other places: move those first", p->slug);
		else if (e != ERR_OK)
			status = ctl_db_fail(ctl, ctl->db, e, "the place cannot be removed");
		else
			printf("Place %s removed.\n", p->slug);
	}
	catalog_free(cat);
	return status;
}

static const struct arg_option read_options[] = {
	{"json", NULL, "as JSON"},
	{NULL, NULL, NULL},
};
static const struct arg_option write_options[] = {
	{"name-en", "NAME", "its name in English"},
	{"name-fr", "NAME", "its name in French"},
	{"region", "SLUG", "the region it lies in; '' for a region itself"},
	{NULL, NULL, NULL},
};

const struct command place_commands[] = {
	{"place list", "[--json]", "Lists the regions and their communities", NULL, read_options, 0, 0, CTL_NEEDS_DB, list},
	{"place show", "SLUG [--json]", "Shows a place", NULL, read_options, 1, 1, CTL_NEEDS_DB, show},
	{"place add", "SLUG --name-en NAME --name-fr NAME [--region SLUG]", "Adds a region or a community",
	 "SLUG is its part of addresses: small letters, digits and dashes. Without --region it is\n"
	 "a region.\n\n"
	 "Examples\n"
	 "  outportctl place add labrador --name-en Labrador --name-fr Labrador\n"
	 "  outportctl place add nain --name-en Nain --name-fr Nain --region labrador\n",
	 write_options, 1, 1, CTL_NEEDS_DB, add},
	{"place edit", "SLUG [--name-en NAME] [...]", "Changes what is given of a place",
	 "Example\n  outportctl place edit fogo-island --name-fr 'Île Fogo'\n",
	 write_options, 1, 1, CTL_NEEDS_DB, edit},
	{"place remove", "SLUG", "Removes a place that holds nothing", NULL, NULL, 1, 1, CTL_NEEDS_DB, remove_one},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
