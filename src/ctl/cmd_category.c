#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/ctl_catalog.h"
#include "ctl/output.h"
#include "db/catalog_db.h"

struct category_fields {
	const char *name_en, *name_fr, *parent;
	int64_t colour, position;
};

#define AT(member) offsetof(struct category_fields, member)
static const struct field fields[] = {
	{"name_en", FIELD_TEXT, AT(name_en), 1, 80, true},
	{"name_fr", FIELD_TEXT, AT(name_fr), 1, 80, true},
	{"parent", FIELD_SLUG, AT(parent), 1, 64, false},
	{"colour", FIELD_INT, AT(colour), 1, 12, false},
	{"position", FIELD_INT, AT(position), 0, 1000000, false},
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const char *parent_slug(const struct catalog *cat, const struct category *c)
{
	const struct category *parent = c->parent_id == 0 ? NULL : catalog_category(cat, c->parent_id);
	return parent == NULL ? "" : parent->slug;
}

static void put_json(struct json *j, const struct catalog *cat, const struct category *c)
{
	json_object(j);
	json_key_int(j, "id", c->id);
	json_key_string(j, "slug", c->slug);
	json_key_string(j, "name_en", c->name[0]);
	json_key_string(j, "name_fr", c->name[1]);
	json_key_string(j, "parent", c->parent_id == 0 ? NULL : parent_slug(cat, c));
	json_key_int(j, "colour", c->colour);
	json_key_int(j, "position", c->position);
	json_object_end(j);
}

static int print_list(struct ctl *ctl, const struct catalog *cat)
{
	static const char *const heads[] = {"SLUG", "ENGLISH", "FRENCH", "COLOUR", "POSITION"};
	struct table t;
	table_begin(&t, ctl->arena, 5, heads);
	for (size_t i = 0; i < cat->category_count; i++) {
		const struct category *c = &cat->categories[i];
		char slug[80], colour[16], position[16];
		snprintf(slug, sizeof slug, "%s%s", c->parent_id == 0 ? "" : "  ", c->slug);
		snprintf(colour, sizeof colour, "%d", c->colour);
		snprintf(position, sizeof position, "%d", c->position);
		if (!table_row(&t, (const char *[]){slug, c->name[0], c->name[1], colour, position}))
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
		for (size_t i = 0; i < cat->category_count; i++)
			put_json(&o.json, cat, &cat->categories[i]);
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
	const struct category *c;
	int status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = ctl_category(ctl, cat, ctl->args.positional[0], &c);
	if (status == CTL_OK && args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		put_json(&o.json, cat, c);
		status = output_end(ctl, &o);
	} else if (status == CTL_OK) {
		char number[32];
		table_field(stdout, "Slug", c->slug);
		table_field(stdout, "English", c->name[0]);
		table_field(stdout, "French", c->name[1]);
		table_field(stdout, "Under", parent_slug(cat, c));
		snprintf(number, sizeof number, "%d", c->colour);
		table_field(stdout, "Colour", number);
		snprintf(number, sizeof number, "%d", c->position);
		table_field(stdout, "Position", number);
	}
	catalog_free(cat);
	return status;
}

/* Takes the form over into *c; the parent is looked up. */
static int apply(struct ctl *ctl, const struct catalog *cat, const struct category_fields *f, struct category *c)
{
	const struct category *parent = NULL;
	if (f->parent[0] != '\0') {
		int status = ctl_category(ctl, cat, f->parent, &parent);
		if (status != CTL_OK)
			return status;
		if (parent->parent_id != 0 || parent->id == c->id)
			return ctl_fail(ctl, "--parent: \"%s\" cannot hold categories: there are two levels", f->parent);
		if (args_has(&ctl->args, "colour"))
			return ctl_usage(ctl, "--colour: a category under another has the other's colour");
	}
	c->parent_id = parent == NULL ? 0 : parent->id;
	c->colour = parent == NULL ? (int)f->colour : parent->colour;
	c->position = (int)f->position;
	snprintf(c->name[0], sizeof c->name[0], "%s", f->name_en);
	snprintf(c->name[1], sizeof c->name[1], "%s", f->name_fr);
	return CTL_OK;
}

static int add(struct ctl *ctl)
{
	struct category_fields f = {.colour = 1};
	struct category c = {.id = 0};
	struct catalog *cat = NULL;
	const char *slug = ctl->args.positional[0];
	int status = ctl_slug(ctl, slug, 64);
	if (status == CTL_OK)
		status = ctl_form(ctl, fields, FIELDS, NULL, &f);
	if (status == CTL_OK)
		status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = apply(ctl, cat, &f, &c);
	if (status == CTL_OK) {
		snprintf(c.slug, sizeof c.slug, "%s", slug);
		enum err e = category_db_add(ctl->db, &c);
		if (e == ERR_EXISTS)
			status = ctl_fail(ctl, "there is a category \"%s\" already", slug);
		else if (e != ERR_OK)
			status = ctl_db_fail(ctl, ctl->db, e, "the category cannot be added");
		else
			printf("Category %s added.\n", slug);
	}
	catalog_free(cat);
	return status;
}

static int edit_found(struct ctl *ctl, const struct catalog *cat, const struct category *there)
{
	struct category_fields f = {0};
	struct category c = *there;
	char colour[16], position[16];
	snprintf(colour, sizeof colour, "%d", c.colour);
	snprintf(position, sizeof position, "%d", c.position);
	struct http_param present[] = {
		{"name_en", c.name[0]}, {"name_fr", c.name[1]}, {"parent", parent_slug(cat, there)}, {"colour", colour}, {"position", position},
	};
	struct http_params params = {.list = present, .n = FIELDS};
	int status = ctl_form(ctl, fields, FIELDS, &params, &f);
	if (status == CTL_OK)
		status = apply(ctl, cat, &f, &c);
	if (status != CTL_OK)
		return status;
	enum err e = category_db_edit(ctl->db, &c);
	if (e == ERR_CONFLICT)
		return ctl_fail(ctl, "category \"%s\" cannot be put under another: it holds categories itself", c.slug);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the category cannot be changed");
	printf("Category %s changed.\n", c.slug);
	return CTL_OK;
}

static int edit(struct ctl *ctl)
{
	struct catalog *cat;
	const struct category *c;
	int status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = ctl_category(ctl, cat, ctl->args.positional[0], &c);
	if (status == CTL_OK)
		status = edit_found(ctl, cat, c);
	catalog_free(cat);
	return status;
}

static int remove_one(struct ctl *ctl)
{
	struct catalog *cat;
	const struct category *c;
	int status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = ctl_category(ctl, cat, ctl->args.positional[0], &c);
	if (status == CTL_OK) {
		enum err e = category_db_remove(ctl->db, c->id);
		if (e == ERR_CONFLICT)
			status = ctl_fail(ctl, "category \"%s\" holds listings or other categories: move those first", c->slug);
		else if (e != ERR_OK)
			status = ctl_db_fail(ctl, ctl->db, e, "the category cannot be removed");
		else
			printf("Category %s removed.\n", c->slug);
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
	{"parent", "SLUG", "the category it stands under; '' for none"},
	{"colour", "1-12", "the colour of a category at the top; 1 unless said"},
	{"position", "N", "its place in the order, lowest first"},
	{NULL, NULL, NULL},
};

const struct command category_commands[] = {
	{"category list", "[--json]", "Lists the categories", NULL, read_options, 0, 0, CTL_NEEDS_DB, list},
	{"category show", "SLUG [--json]", "Shows a category", NULL, read_options, 1, 1, CTL_NEEDS_DB, show},
	{"category add", "SLUG --name-en NAME --name-fr NAME [--parent SLUG]", "Adds a category",
	 "SLUG is its part of addresses: small letters, digits and dashes. There are two levels;\n"
	 "a category under another has the other's colour.\n\n"
	 "Examples\n"
	 "  outportctl category add boats --name-en Boats --name-fr Bateaux --colour 1\n"
	 "  outportctl category add kayaks --name-en Kayaks --name-fr Kayaks --parent boats\n",
	 write_options, 1, 1, CTL_NEEDS_DB, add},
	{"category edit", "SLUG [--name-en NAME] [...]", "Changes what is given of a category",
	 "Example\n  outportctl category edit kayaks --name-en 'Canoes & kayaks'\n",
	 write_options, 1, 1, CTL_NEEDS_DB, edit},
	{"category remove", "SLUG", "Removes a category that holds nothing", NULL, NULL, 1, 1, CTL_NEEDS_DB, remove_one},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
