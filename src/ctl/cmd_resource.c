#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/output.h"
#include "db/content_db.h"
#include "util/clock.h"

enum { SLUG_BYTES = 80, BODY_CHARACTERS = 100000, BODY_BYTES = 400000 };

struct resource_fields {
	const char *title_en, *title_fr, *summary_en, *summary_fr, *body_en, *body_fr;
	int64_t position;
};

#define AT(member) offsetof(struct resource_fields, member)
static const struct field fields[] = {
	{"title_en", FIELD_TEXT, AT(title_en), 1, 120, true},
	{"title_fr", FIELD_TEXT, AT(title_fr), 1, 120, true},
	{"summary_en", FIELD_TEXT, AT(summary_en), 1, 300, true},
	{"summary_fr", FIELD_TEXT, AT(summary_fr), 1, 300, true},
	{"position", FIELD_INT, AT(position), 0, 1000000, false},
};
/* Their options name files, so that ctl_form does not see them. */
static const struct field body_fields[] = {
	{"body_en", FIELD_LINES, AT(body_en), 1, BODY_CHARACTERS, true},
	{"body_fr", FIELD_LINES, AT(body_fr), 1, BODY_CHARACTERS, true},
};
enum { FIELDS = sizeof fields / sizeof *fields, BODY_FIELDS = sizeof body_fields / sizeof *body_fields };

static int get(struct ctl *ctl, struct resource *out)
{
	enum err e = resource_db_get(ctl->db, ctl->arena, ctl->args.positional[0], out);
	if (e == ERR_NOT_FOUND)
		return ctl_fail(ctl, "there is no resource \"%s\": see outportctl resource list", ctl->args.positional[0]);
	return e == ERR_OK ? CTL_OK : ctl_db_fail(ctl, ctl->db, e, "the resource cannot be read");
}

static void put_json(struct json *j, const struct resource *r, bool whole)
{
	json_object(j);
	json_key_int(j, "id", r->id);
	json_key_string(j, "slug", r->slug);
	json_key_string(j, "title_en", r->title[0]);
	json_key_string(j, "title_fr", r->title[1]);
	json_key_string(j, "summary_en", r->summary[0]);
	json_key_string(j, "summary_fr", r->summary[1]);
	if (whole) {
		json_key_string(j, "body_en", r->body[0]);
		json_key_string(j, "body_fr", r->body[1]);
	}
	json_key_int(j, "position", r->position);
	json_key(j, "updated_at");
	json_time(j, r->updated_at);
	json_object_end(j);
}

static int print_list(struct ctl *ctl, const struct resource *list, size_t n)
{
	static const char *const heads[] = {"SLUG", "CHANGED", "ENGLISH", "FRENCH"};
	struct table t;
	table_begin(&t, ctl->arena, 4, heads);
	for (size_t i = 0; i < n; i++) {
		char changed[32];
		output_time(list[i].updated_at, changed);
		if (!table_row(&t, (const char *[]){list[i].slug, changed, list[i].title[0], list[i].title[1]}))
			return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	}
	table_print(&t, stdout);
	return CTL_OK;
}

static int list(struct ctl *ctl)
{
	struct resource *items;
	size_t n;
	enum err e = resource_db_list(ctl->db, ctl->arena, &items, &n);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the resources cannot be read");
	if (!args_has(&ctl->args, "json"))
		return print_list(ctl, items, n);
	struct output o;
	output_begin(&o);
	json_array(&o.json);
	for (size_t i = 0; i < n; i++)
		put_json(&o.json, &items[i], false);
	json_array_end(&o.json);
	return output_end(ctl, &o);
}

static int show(struct ctl *ctl)
{
	struct resource r;
	int status = get(ctl, &r);
	if (status != CTL_OK)
		return status;
	if (args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		put_json(&o.json, &r, true);
		return output_end(ctl, &o);
	}
	char changed[32];
	output_time(r.updated_at, changed);
	table_field(stdout, "Slug", r.slug);
	table_field(stdout, "Changed", changed);
	for (int i = 0; i < 2; i++) {
		table_field(stdout, i == 0 ? "English" : "French", r.title[i]);
		table_field(stdout, "", r.summary[i]);
		printf("\n%s\n\n", r.body[i]);
	}
	return CTL_OK;
}

/* The bodies come from files; one that is not named keeps what stands. */
static int read_bodies(struct ctl *ctl, const struct resource *there, struct resource_fields *f)
{
	static const char *const options[] = {"body-en", "body-fr"};
	struct http_param list[BODY_FIELDS];
	struct http_params params = {.list = list};
	struct field_errors errors = {.n = 0};
	for (size_t i = 0; i < BODY_FIELDS; i++) {
		const char *path = args_value(&ctl->args, options[i]);
		char *text = NULL;
		int status = path == NULL ? CTL_OK : ctl_read_file(ctl, path, BODY_BYTES, &text);
		if (status != CTL_OK)
			return status;
		if (text != NULL || there != NULL)
			list[params.n++] = (struct http_param){body_fields[i].name, text != NULL ? text : there->body[i]};
	}
	form_decode(ctl->arena, body_fields, BODY_FIELDS, &params, 2, f, &errors);
	if (errors.n == 0)
		return CTL_OK;
	return ctl_usage(ctl, "--%s: %s", strcmp(errors.list[0].field, "body_en") == 0 ? options[0] : options[1], ctl_field_text(ctl->arena, &errors.list[0]));
}

static int read_fields(struct ctl *ctl, const struct http_params *present, const struct resource *there, struct resource *r)
{
	struct resource_fields f = {0};
	int status = ctl_form(ctl, fields, FIELDS, present, &f);
	if (status == CTL_OK)
		status = read_bodies(ctl, there, &f);
	r->slug = ctl->args.positional[0];
	r->title[0] = f.title_en;
	r->title[1] = f.title_fr;
	r->summary[0] = f.summary_en;
	r->summary[1] = f.summary_fr;
	r->body[0] = f.body_en;
	r->body[1] = f.body_fr;
	r->position = f.position;
	r->updated_at = clock_unix();
	return status;
}

static int add(struct ctl *ctl)
{
	struct resource r = {.id = 0};
	int status = ctl_slug(ctl, ctl->args.positional[0], SLUG_BYTES);
	if (status == CTL_OK)
		status = read_fields(ctl, NULL, NULL, &r);
	if (status != CTL_OK)
		return status;
	enum err e = resource_db_add(ctl->db, &r);
	if (e == ERR_EXISTS)
		return ctl_fail(ctl, "there is a resource \"%s\" already", r.slug);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the resource cannot be added");
	printf("Resource %s added.\n", r.slug);
	return CTL_OK;
}

static int edit(struct ctl *ctl)
{
	struct resource there, r;
	int status = get(ctl, &there);
	if (status != CTL_OK)
		return status;
	char position[32];
	snprintf(position, sizeof position, "%" PRId64, there.position);
	struct http_param present[] = {
		{"title_en", there.title[0]}, {"title_fr", there.title[1]}, {"summary_en", there.summary[0]}, {"summary_fr", there.summary[1]},
		{"position", position},
	};
	struct http_params params = {.list = present, .n = FIELDS};
	r = there;
	status = read_fields(ctl, &params, &there, &r);
	if (status != CTL_OK)
		return status;
	enum err e = resource_db_edit(ctl->db, &r);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the resource cannot be changed");
	printf("Resource %s changed.\n", r.slug);
	return CTL_OK;
}

static int remove_one(struct ctl *ctl)
{
	const char *slug = ctl->args.positional[0];
	enum err e = resource_db_remove(ctl->db, slug);
	if (e == ERR_NOT_FOUND)
		return ctl_fail(ctl, "there is no resource \"%s\": see outportctl resource list", slug);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the resource cannot be removed");
	printf("Resource %s removed.\n", slug);
	return CTL_OK;
}

static const struct arg_option read_options[] = {
	{"json", NULL, "as JSON"},
	{NULL, NULL, NULL},
};
static const struct arg_option write_options[] = {
	{"title-en", "TEXT", "its title in English"},
	{"title-fr", "TEXT", "its title in French"},
	{"summary-en", "TEXT", "a sentence for the list, in English"},
	{"summary-fr", "TEXT", "the same in French"},
	{"body-en", "FILE", "the article in English, as Markdown; - for stdin"},
	{"body-fr", "FILE", "the article in French"},
	{"position", "N", "its place in the order, lowest first"},
	{NULL, NULL, NULL},
};

const struct command resource_commands[] = {
	{"resource list", "[--json]", "Lists the articles", NULL, read_options, 0, 0, CTL_NEEDS_DB, list},
	{"resource show", "SLUG [--json]", "Shows an article in both languages", NULL, read_options, 1, 1, CTL_NEEDS_DB, show},
	{"resource add", "SLUG --title-en TEXT --title-fr TEXT [...]", "Adds an article",
	 "The article is Markdown (CommonMark) in a file per language; HTML in it is left out.\n\n"
	 "Example\n"
	 "  outportctl resource add winter-tires \\\n"
	 "      --title-en 'Winter tires' --title-fr \"Pneus d'hiver\" \\\n"
	 "      --summary-en 'What to look for.' --summary-fr 'Que regarder.' \\\n"
	 "      --body-en tires.en.md --body-fr tires.fr.md\n",
	 write_options, 1, 1, CTL_NEEDS_DB, add},
	{"resource edit", "SLUG [--title-en TEXT] [...]", "Changes what is given of an article",
	 "Example\n  outportctl resource edit winter-tires --body-en tires.en.md\n",
	 write_options, 1, 1, CTL_NEEDS_DB, edit},
	{"resource remove", "SLUG", "Removes an article", NULL, NULL, 1, 1, CTL_NEEDS_DB, remove_one},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
