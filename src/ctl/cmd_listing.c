#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/moderation_mail.h"
#include "ctl/ctl.h"
#include "ctl/ctl_catalog.h"
#include "ctl/listing_input.h"
#include "ctl/output.h"
#include "db/catalog_db.h"
#include "db/listing_db.h"
#include "model/money.h"
#include "util/clock.h"

enum { REASON_MAX = MODERATION_REASON_MAX, DESCRIPTION_BYTES = 60000 };

static void price_text(const struct listing *l, char out[static 48])
{
	char amount[32];
	money_decimal(l->price_minor, money_digits(l->currency), amount);
	snprintf(out, 48, "%s %s", amount, l->currency);
}

static const char *place_name(const struct catalog *cat, int64_t id)
{
	const struct place *p = catalog_place(cat, id);
	return p == NULL ? "?" : p->slug;
}

static const char *category_name(const struct catalog *cat, int64_t id)
{
	const struct category *c = catalog_category(cat, id);
	return c == NULL ? "?" : c->slug;
}

static void put_json(struct json *j, const struct catalog *cat, const struct listing *l)
{
	char amount[32];
	money_decimal(l->price_minor, money_digits(l->currency), amount);
	json_object(j);
	json_key_int(j, "id", l->id);
	json_key_string(j, "state", listing_state_name(l->state));
	json_key_string(j, "title", l->title);
	if (l->description != NULL)
		json_key_string(j, "description", l->description);
	json_key_string(j, "category", category_name(cat, l->category_id));
	json_key_string(j, "price", amount);
	json_key_string(j, "currency", l->currency);
	json_key_string(j, "location", place_name(cat, l->place_id));
	json_key_int(j, "stock", l->stock);
	if (l->contact_email != NULL) {
		json_key_string(j, "contact_name", l->contact_name);
		json_key_string(j, "contact_email", l->contact_email);
	}
	json_key(j, "created_at");
	json_time(j, l->created_at);
	json_key(j, "published_at");
	json_time(j, l->published_at);
	json_object_end(j);
}

static int print_list(struct ctl *ctl, const struct catalog *cat, const struct listing *list, size_t n, const struct output_page *p)
{
	static const char *const heads[] = {"ID", "CREATED", "PRICE", "CATEGORY", "PLACE", "TITLE"};
	struct table t;
	table_begin(&t, ctl->arena, 6, heads);
	for (size_t i = 0; i < n; i++) {
		const struct listing *l = &list[i];
		char id[32], created[32], price[48];
		snprintf(id, sizeof id, "%" PRId64, l->id);
		output_time(l->created_at, created);
		price_text(l, price);
		if (!table_row(&t, (const char *[]){id, created, price, category_name(cat, l->category_id), place_name(cat, l->place_id), l->title}))
			return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	}
	output_page_print(&t, p, n, n > 0 ? list[n - 1].id : 0, "No listings.");
	return CTL_OK;
}

static int list_state(struct ctl *ctl, enum listing_state state)
{
	struct output_page page;
	struct catalog *cat = NULL;
	struct listing *items;
	size_t n;
	int status = output_page_read(ctl, &page);
	if (status == CTL_OK)
		status = ctl_catalog(ctl, &cat);
	if (status != CTL_OK)
		return status;
	enum err e = listing_db_list_state(ctl->db, ctl->arena, state, page.before, (unsigned)page.limit, &items, &n);
	if (e != ERR_OK) {
		status = ctl_db_fail(ctl, ctl->db, e, "the listings cannot be read");
	} else if (args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		json_array(&o.json);
		for (size_t i = 0; i < n; i++)
			put_json(&o.json, cat, &items[i]);
		json_array_end(&o.json);
		status = output_end(ctl, &o);
	} else {
		status = print_list(ctl, cat, items, n, &page);
	}
	catalog_free(cat);
	return status;
}

static int list(struct ctl *ctl)
{
	enum listing_state state = LISTING_PUBLISHED;
	const char *name = args_value(&ctl->args, "state");
	if (name != NULL && !listing_state_parse(name, &state))
		return ctl_usage(ctl, "--state: " LISTING_STATE_NAMES);
	return list_state(ctl, state);
}

static int pending(struct ctl *ctl)
{
	return list_state(ctl, LISTING_PENDING);
}

/* The listing that the first argument names. */
static int get(struct ctl *ctl, struct listing *out)
{
	int64_t id;
	int status = ctl_id(ctl, 0, &id);
	if (status != CTL_OK)
		return status;
	enum err e = listing_db_get(ctl->db, ctl->arena, id, out);
	if (e == ERR_NOT_FOUND)
		return ctl_fail(ctl, "there is no listing %" PRId64, id);
	return e == ERR_OK ? CTL_OK : ctl_db_fail(ctl, ctl->db, e, "the listing cannot be read");
}

static void print_listing(const struct catalog *cat, const struct listing *l)
{
	char text[48];
	snprintf(text, sizeof text, "%" PRId64, l->id);
	table_field(stdout, "Listing", text);
	table_field(stdout, "State", listing_state_name(l->state));
	if (l->state == LISTING_REJECTED || l->state == LISTING_HELD)
		table_field(stdout, "Reason", l->state == LISTING_HELD ? l->held_reason : l->reject_reason);
	table_field(stdout, "Title", l->title);
	price_text(l, text);
	table_field(stdout, "Price", text);
	snprintf(text, sizeof text, "%" PRId64, l->stock);
	table_field(stdout, "Stock", text);
	table_field(stdout, "Category", category_name(cat, l->category_id));
	table_field(stdout, "Place", place_name(cat, l->place_id));
	table_field(stdout, "Contact", l->contact_name);
	table_field(stdout, "E-mail", l->contact_email);
	output_time(l->created_at, text);
	table_field(stdout, "Created", text);
	output_time(l->published_at, text);
	table_field(stdout, "Published", text);
	output_time(l->expires_at, text);
	table_field(stdout, "Expires", text);
	table_field(stdout, "", "");
	table_field(stdout, "", l->description);
}

static int show(struct ctl *ctl)
{
	struct catalog *cat = NULL;
	struct listing l;
	int status = get(ctl, &l);
	if (status == CTL_OK)
		status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK && args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		put_json(&o.json, cat, &l);
		status = output_end(ctl, &o);
	} else if (status == CTL_OK) {
		print_listing(cat, &l);
	}
	catalog_free(cat);
	return status;
}

/* The form, with --description-file in the description's place. */
static int read_listing(struct ctl *ctl, const struct catalog *cat, struct http_params *present, struct listing *out)
{
	struct listing_fields f = LISTING_FIELDS_DEFAULT;
	const char *path = args_value(&ctl->args, "description-file");
	struct http_param from_file = {"description", NULL};
	struct http_params only_file = {.list = &from_file, .n = 1};
	int status = CTL_OK;
	if (path != NULL && args_has(&ctl->args, "description"))
		return ctl_usage(ctl, "--description and --description-file: give one of them");
	if (path != NULL) {
		char *text = NULL;
		status = ctl_read_file(ctl, path, DESCRIPTION_BYTES, &text);
		from_file.value = text;
		if (present == NULL)
			present = &only_file;
		for (size_t i = 0; i < present->n; i++)
			if (strcmp(present->list[i].name, "description") == 0)
				present->list[i].value = text;
	}
	if (status == CTL_OK)
		status = ctl_form(ctl, listing_fields_table, LISTING_FIELD_COUNT, present, &f);
	if (status != CTL_OK)
		return status;
	struct input_problem problem;
	if (!listing_input_resolve(cat, &f, out, &problem))
		return ctl_fail(ctl, "--%s: %s", problem.field, problem.text);
	out->currency = ctl->conf.site.currency;
	return CTL_OK;
}

static int add(struct ctl *ctl)
{
	struct catalog *cat = NULL;
	struct listing l = {.state = args_has(&ctl->args, "publish") ? LISTING_PUBLISHED : LISTING_PENDING};
	int status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = read_listing(ctl, cat, NULL, &l);
	if (status == CTL_OK) {
		l.created_at = l.updated_at = clock_unix();
		l.published_at = l.state == LISTING_PUBLISHED ? l.created_at : 0;
		enum err e = listing_db_submit(ctl->db, ctl->arena, cat, &l);
		if (e == ERR_EXISTS)
			status = ctl_fail(ctl, "this seller has a listing with the same text already");
		else if (e != ERR_OK)
			status = ctl_db_fail(ctl, ctl->db, e, "the listing cannot be added");
		else
			printf("Listing %" PRId64 " added, %s.\n", l.id, listing_state_name(l.state));
	}
	catalog_free(cat);
	return status;
}

static int edit_found(struct ctl *ctl, const struct catalog *cat, struct listing *l)
{
	char price[32], stock[32];
	money_decimal(l->price_minor, money_digits(l->currency), price);
	snprintf(stock, sizeof stock, "%" PRId64, l->stock);
	struct http_param present[LISTING_FIELD_COUNT] = {
		{"title", l->title}, {"description", l->description}, {"category", category_name(cat, l->category_id)}, {"price", price},
		{"location", place_name(cat, l->place_id)}, {"stock", stock}, {"contact_name", l->contact_name}, {"contact_email", l->contact_email},
	};
	struct http_params params = {.list = present, .n = LISTING_FIELD_COUNT};
	int status = read_listing(ctl, cat, &params, l);
	if (status != CTL_OK)
		return status;
	l->updated_at = clock_unix();
	enum err e = listing_db_edit(ctl->db, ctl->arena, cat, l);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the listing cannot be changed");
	printf("Listing %" PRId64 " changed.\n", l->id);
	return CTL_OK;
}

static int edit(struct ctl *ctl)
{
	struct catalog *cat = NULL;
	struct listing l;
	int status = get(ctl, &l);
	if (status == CTL_OK && l.state == LISTING_REMOVED)
		status = ctl_fail(ctl, "listing %" PRId64 " has been removed", l.id);
	if (status == CTL_OK)
		status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK)
		status = edit_found(ctl, cat, &l);
	catalog_free(cat);
	return status;
}

/* Says what became of a change of state. */
static int changed(struct ctl *ctl, const struct listing *l, enum err e, const char *done)
{
	if (e == ERR_CONFLICT)
		return ctl_fail(ctl, "listing %" PRId64 " is %s: it cannot be %s", l->id, listing_state_name(l->state), done);
	if (e == ERR_GONE)
		return ctl_fail(ctl, "listing %" PRId64 " is of a member who is leaving: it cannot be %s", l->id, done);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the listing cannot be changed");
	printf("Listing %" PRId64 " %s: %s\n", l->id, done, l->title);
	return CTL_OK;
}

/* As a moderator decides, with the entry in the log and the mail; the log says the site did it. */
static int decide(struct ctl *ctl, enum decision_kind kind, const char *reason, const char *done)
{
	struct catalog *cat = NULL;
	struct listing l;
	int status = get(ctl, &l);
	if (status == CTL_OK)
		status = ctl_catalog(ctl, &cat);
	if (status == CTL_OK) {
		const struct app app = {.conf = &ctl->conf};
		struct context c = {.app = &app, .db = ctl->db, .arena = ctl->arena, .catalog = cat, .now = clock_unix()};
		struct decision d = {.kind = kind, .words = reason};
		status = changed(ctl, &l, moderation_carry_out(&c, &l, 0, &d), done);
	}
	catalog_free(cat);
	return status;
}

static int approve(struct ctl *ctl)
{
	return decide(ctl, DECISION_APPROVE, NULL, "published");
}

static int reject(struct ctl *ctl)
{
	struct reason {
		const char *reason;
	} f = {""};
	static const struct field fields[] = {{"reason", FIELD_TEXT, offsetof(struct reason, reason), 0, REASON_MAX, false}};
	int status = ctl_form(ctl, fields, 1, NULL, &f);
	return status == CTL_OK ? decide(ctl, DECISION_REJECT, f.reason, "rejected") : status;
}

static int remove_one(struct ctl *ctl)
{
	return decide(ctl, DECISION_REMOVE, NULL, "removed");
}

static const struct arg_option list_options[] = {
	{"state", "STATE", OUTPUT_STATE_HELP},
	OUTPUT_PAGE_OPTIONS,
};
static const struct arg_option pending_options[] = {OUTPUT_PAGE_OPTIONS};
static const struct arg_option show_options[] = {
	{"json", NULL, "as JSON"},
	{NULL, NULL, NULL},
};
static const struct arg_option reject_options[] = {
	{"reason", "TEXT", "why: the author and everybody who looks at the moderation log can read it"},
	{NULL, NULL, NULL},
};
#define FIELD_OPTIONS \
	{"title", "TEXT", "4 to 120 characters"}, \
	{"description", "TEXT", "20 to 10,000 characters"}, \
	{"description-file", "FILE", "the description from a file; - for stdin"}, \
	{"category", "SLUG", "see outportctl category list"}, \
	{"price", "AMOUNT", "such as 1250.50; 0 for free"}, \
	{"location", "SLUG", "see outportctl place list"}, \
	{"stock", "N", "how many there are; 1 unless said"}, \
	{"contact-name", "NAME", "the seller's name"}, \
	{"contact-email", "ADDRESS", "the seller's address, never shown"}
static const struct arg_option add_options[] = {
	FIELD_OPTIONS,
	{"publish", NULL, "show it at once; pending unless said"},
	{NULL, NULL, NULL},
};
static const struct arg_option edit_options[] = {
	FIELD_OPTIONS,
	{NULL, NULL, NULL},
};

const struct command listing_commands[] = {
	{"listing list", "[--state STATE] [--limit N] [--before ID]", "Lists listings, newest first",
	 "Example\n  outportctl listing list --state rejected\n", list_options, 0, 0, CTL_NEEDS_DB, list},
	{"listing pending", "[--limit N] [--before ID]", "Lists the listings that wait for a decision", NULL, pending_options, 0, 0, CTL_NEEDS_DB, pending},
	{"listing show", "ID [--json]", "Shows a listing with its seller's address", NULL, show_options, 1, 1, CTL_NEEDS_DB, show},
	{"listing approve", "ID", "Publishes a listing that waits, or was rejected", NULL, NULL, 1, 1, CTL_NEEDS_DB, approve},
	{"listing reject", "ID [--reason TEXT]", "Refuses a listing that waits",
	 "Example\n  outportctl listing reject 42 --reason 'Fish of the food fishery may not be sold'\n",
	 reject_options, 1, 1, CTL_NEEDS_DB, reject},
	{"listing add", "--title TEXT --description TEXT --category SLUG [...]", "Adds a listing, as the form on the site does",
	 "Example\n"
	 "  outportctl listing add --title 'Dory, 16 ft' --description-file dory.txt \\\n"
	 "      --category fishing-boats --price 1800 --location twillingate \\\n"
	 "      --contact-name 'Leo Pike' --contact-email leo@example.com --publish\n",
	 add_options, 0, 0, CTL_NEEDS_DB, add},
	{"listing edit", "ID [--price AMOUNT] [...]", "Changes what is given of a listing",
	 "Example\n  outportctl listing edit 42 --price 1500\n", edit_options, 1, 1, CTL_NEEDS_DB, edit},
	{"listing remove", "ID", "Takes a listing off the site; its address answers that it is gone", NULL, NULL, 1, 1, CTL_NEEDS_DB, remove_one},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
