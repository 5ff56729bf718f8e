#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/output.h"
#include "db/message_db.h"
#include "util/utf8.h"

enum { EXCERPT = 50 };

static const char *const kinds[] = {"site", "seller", "report"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *kind_name(enum message_kind kind)
{
	return (unsigned)kind < KINDS ? kinds[kind] : "?";
}

static void put_json(struct json *j, const struct message *m)
{
	json_object(j);
	json_key_int(j, "id", m->id);
	json_key_string(j, "kind", kind_name(m->kind));
	json_key(j, "listing_id");
	if (m->listing_id == 0)
		json_null(j);
	else
		json_int(j, m->listing_id);
	json_key_string(j, "name", m->name);
	json_key_string(j, "email", m->email);
	json_key_string(j, "message", m->body);
	json_key_string(j, "lang", m->lang);
	json_key(j, "created_at");
	json_time(j, m->created_at);
	json_key(j, "read_at");
	json_time(j, m->read_at);
	json_object_end(j);
}

static int print_list(struct ctl *ctl, const struct message *list, size_t n, const struct output_page *p)
{
	static const char *const heads[] = {"ID", "", "RECEIVED", "KIND", "FROM", "MESSAGE"};
	struct table t;
	table_begin(&t, ctl->arena, 6, heads);
	for (size_t i = 0; i < n; i++) {
		char id[32], received[32];
		snprintf(id, sizeof id, "%" PRId64, list[i].id);
		output_time(list[i].created_at, received);
		if (!table_row(&t, (const char *[]){id, list[i].read_at == 0 ? "new" : "", received, kind_name(list[i].kind), list[i].name,
		                                    utf8_ellipsis(ctl->arena, list[i].body, EXCERPT)}))
			return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	}
	output_page_print(&t, p, n, n > 0 ? list[n - 1].id : 0, "No messages.");
	return CTL_OK;
}

static int read_kind(struct ctl *ctl, int *out)
{
	const char *name = args_value(&ctl->args, "kind");
	*out = -1;
	if (name == NULL)
		return CTL_OK;
	for (int i = 0; i < (int)KINDS; i++)
		if (strcmp(name, kinds[i]) == 0)
			*out = i;
	return *out >= 0 ? CTL_OK : ctl_usage(ctl, "--kind: site, seller or report");
}

static int list(struct ctl *ctl)
{
	struct output_page page;
	int kind;
	struct message *items;
	size_t n;
	int status = read_kind(ctl, &kind);
	if (status == CTL_OK)
		status = output_page_read(ctl, &page);
	if (status != CTL_OK)
		return status;
	enum err e = message_db_list(ctl->db, ctl->arena, kind, page.before, (unsigned)page.limit, &items, &n);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the messages cannot be read");
	if (!args_has(&ctl->args, "json"))
		return print_list(ctl, items, n, &page);
	struct output o;
	output_begin(&o);
	json_array(&o.json);
	for (size_t i = 0; i < n; i++)
		put_json(&o.json, &items[i]);
	json_array_end(&o.json);
	return output_end(ctl, &o);
}

static void print_message(const struct message *m)
{
	char text[32];
	snprintf(text, sizeof text, "%" PRId64, m->id);
	table_field(stdout, "Message", text);
	output_time(m->created_at, text);
	table_field(stdout, "Received", text);
	table_field(stdout, "Kind", kind_name(m->kind));
	if (m->listing_id != 0) {
		snprintf(text, sizeof text, "%" PRId64, m->listing_id);
		table_field(stdout, "Listing", text);
	}
	table_field(stdout, "From", m->name);
	table_field(stdout, "E-mail", m->email);
	table_field(stdout, "Language", m->lang);
	table_field(stdout, "", "");
	table_field(stdout, "", m->body);
}

static int fail(struct ctl *ctl, int64_t id, enum err e, const char *what)
{
	if (e == ERR_NOT_FOUND)
		return ctl_fail(ctl, "there is no message %" PRId64, id);
	return ctl_db_fail(ctl, ctl->db, e, what);
}

static int show(struct ctl *ctl)
{
	int64_t id;
	struct message m;
	int status = ctl_id(ctl, 0, &id);
	if (status != CTL_OK)
		return status;
	enum err e = message_db_get(ctl->db, ctl->arena, id, &m);
	if (e != ERR_OK)
		return fail(ctl, id, e, "the message cannot be read");
	if (args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		put_json(&o.json, &m);
		status = output_end(ctl, &o);
	} else {
		print_message(&m);
	}
	if (status != CTL_OK || m.read_at != 0)
		return status;
	e = message_db_mark_read(ctl->db, id);
	return e == ERR_OK ? CTL_OK : fail(ctl, id, e, "the message cannot be marked as read");
}

static int remove_one(struct ctl *ctl)
{
	int64_t id;
	int status = ctl_id(ctl, 0, &id);
	if (status != CTL_OK)
		return status;
	enum err e = message_db_remove(ctl->db, id);
	if (e != ERR_OK)
		return fail(ctl, id, e, "the message cannot be removed");
	printf("Message %" PRId64 " removed.\n", id);
	return CTL_OK;
}

static const struct arg_option list_options[] = {
	{"kind", "KIND", "site, seller or report; all unless said"},
	OUTPUT_PAGE_OPTIONS,
};
static const struct arg_option show_options[] = {
	{"json", NULL, "as JSON"},
	{NULL, NULL, NULL},
};

const struct command message_commands[] = {
	{"message list", "[--kind KIND] [--limit N] [--before ID]", "Lists what visitors wrote",
	 "site: by the contact page. seller and report are from before there were conversations,\n"
	 "which go from person to person, and flags, which moderators have at /moderation.\n\n"
	 "Example\n  outportctl message list --kind site\n",
	 list_options, 0, 0, CTL_NEEDS_DB, list},
	{"message show", "ID [--json]", "Shows a message and marks it as read", NULL, show_options, 1, 1, CTL_NEEDS_DB, show},
	{"message remove", "ID", "Removes a message for good", NULL, NULL, 1, 1, CTL_NEEDS_DB, remove_one},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
