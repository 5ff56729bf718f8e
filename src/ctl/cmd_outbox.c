#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/output.h"
#include "db/outbox_db.h"
#include "db/photo_db.h"
#include "db/photo_pending_db.h"
#include "model/mail.h"

enum { SECRET_MIN = 20, ABOUT = 48 };

static const char *const states[] = {"waiting", "done", "dead"};
enum { STATES = sizeof states / sizeof *states };

static const char *state_name(const struct outbox_row *r)
{
	return (unsigned)r->state < STATES ? states[r->state] : "?";
}

static bool in_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* A copy in which whatever may be a link's token is hidden: long words of a token's letters behind what separates a link's parts. */
static const char *masked(struct arena *a, const char *s)
{
	static const char hidden[] = "(hidden)";
	char *out = arena_alloc(a, strlen(s) + 1), *to = out;
	if (out == NULL)
		return "";
	for (const char *p = s; *p != '\0';) {
		size_t n = 0;
		while (in_token(p[n]))
			n++;
		bool secret = n >= SECRET_MIN && p > s && strchr("/=?&.#:", p[-1]) != NULL;
		memcpy(to, secret ? hidden : p, secret ? sizeof hidden - 1 : n + (n == 0));
		to += secret ? sizeof hidden - 1 : n + (n == 0);
		p += n + (n == 0);
	}
	*to = '\0';
	return out;
}

/* The mail it is; false: none, or wiped. */
static bool mail_of(struct ctl *ctl, const struct outbox_row *r, struct mail *m)
{
	return strcmp(r->kind, OUTBOX_MAIL) == 0 && mail_decode(ctl->arena, r->payload, m) == ERR_OK;
}

/* What a row is about, for a line of a list: whom a mail goes to, which listing's photos go, which photo's record is due. */
static const char *about(const struct outbox_row *r, const struct mail *m, char out[static ABOUT])
{
	if (m != NULL)
		return m->to;
	bool record = strcmp(r->kind, OUTBOX_PHOTO_RECORD) == 0;
	if (strcmp(r->kind, OUTBOX_PHOTO_PUT) == 0) {
		/* {"key":"…"}; wiped when it is done */
		snprintf(out, ABOUT, "%.*s", PHOTO_KEY_MAX, strlen(r->payload) > 8 ? r->payload + 8 : "-");
		return out;
	}
	if (!record && strcmp(r->kind, OUTBOX_PHOTOS) != 0)
		return "-";
	snprintf(out, ABOUT, "%s %" PRId64, record ? "photo" : "listing", r->subject_id);
	return out;
}

static void put_json(struct ctl *ctl, struct json *j, const struct outbox_row *r)
{
	struct mail m;
	bool mail = mail_of(ctl, r, &m);
	json_object(j);
	json_key_int(j, "id", r->id);
	json_key_string(j, "kind", r->kind);
	json_key_string(j, "mail", mail ? mail_kind_name(m.kind) : "");
	json_key_string(j, "to", mail ? m.to : "");
	if (strcmp(r->kind, OUTBOX_PHOTOS) == 0)
		json_key_int(j, "listing_id", r->subject_id);
	json_key_string(j, "state", state_name(r));
	json_key_int(j, "attempts", r->attempts);
	json_key(j, "created_at");
	json_time(j, r->created_at);
	json_key(j, "due_at");
	json_time(j, r->due_at);
	json_key(j, "done_at");
	json_time(j, r->done_at);
	json_key_string(j, "claimed_by", r->claimed_by);
	json_key(j, "claimed_until");
	json_time(j, r->claimed_until);
	json_key_string(j, "last_error", r->last_error);
	json_key_string(j, "payload", masked(ctl->arena, r->payload));
	json_object_end(j);
}

static int print_list(struct ctl *ctl, const struct outbox_row *list, size_t n, const struct output_page *p)
{
	static const char *const heads[] = {"ID", "STATE", "WHAT", "TO", "TRIES", "DUE", "LAST ERROR"};
	struct table t;
	table_begin(&t, ctl->arena, 7, heads);
	for (size_t i = 0; i < n; i++) {
		char id[32], attempts[32], due[32], to[ABOUT];
		struct mail m;
		bool mail = mail_of(ctl, &list[i], &m);
		snprintf(id, sizeof id, "%" PRId64, list[i].id);
		snprintf(attempts, sizeof attempts, "%" PRId64, list[i].attempts);
		output_time(list[i].due_at, due);
		if (!table_row(&t, (const char *[]){id, state_name(&list[i]), mail ? mail_kind_name(m.kind) : list[i].kind, about(&list[i], mail ? &m : NULL, to), attempts,
		                                    list[i].state == OUTBOX_WAITING ? due : "-", list[i].last_error}))
			return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	}
	output_page_print(&t, p, n, n > 0 ? list[n - 1].id : 0, "Nothing.");
	return CTL_OK;
}

static int read_state(struct ctl *ctl, int *out)
{
	const char *name = args_value(&ctl->args, "state");
	*out = -1;
	if (name == NULL)
		return CTL_OK;
	for (int i = 0; i < (int)STATES; i++)
		if (strcmp(name, states[i]) == 0)
			*out = i;
	return *out >= 0 ? CTL_OK : ctl_usage(ctl, "--state: waiting, done or dead");
}

static int list(struct ctl *ctl)
{
	struct output_page page;
	int state;
	struct outbox_row *items;
	size_t n;
	int status = read_state(ctl, &state);
	if (status == CTL_OK)
		status = output_page_read(ctl, &page);
	if (status != CTL_OK)
		return status;
	enum err e = outbox_db_list(ctl->db, ctl->arena, state, page.before, (unsigned)page.limit, &items, &n);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the outbox cannot be read");
	if (!args_has(&ctl->args, "json"))
		return print_list(ctl, items, n, &page);
	struct output o;
	output_begin(&o);
	json_array(&o.json);
	for (size_t i = 0; i < n; i++)
		put_json(ctl, &o.json, &items[i]);
	json_array_end(&o.json);
	return output_end(ctl, &o);
}

static int fail(struct ctl *ctl, int64_t id, enum err e)
{
	if (e == ERR_NOT_FOUND)
		return ctl_fail(ctl, "there is no %" PRId64 " in the outbox", id);
	if (e == ERR_CONFLICT)
		return ctl_fail(ctl, "%" PRId64 " is done, or being delivered at this moment", id);
	return ctl_db_fail(ctl, ctl->db, e, "the outbox cannot be changed");
}

static void print_row(struct ctl *ctl, const struct outbox_row *r)
{
	char text[96];
	struct mail m;
	snprintf(text, sizeof text, "%" PRId64, r->id);
	table_field(stdout, "Number", text);
	table_field(stdout, "Kind", r->kind);
	if (mail_of(ctl, r, &m)) {
		table_field(stdout, "Mail", mail_kind_name(m.kind));
		table_field(stdout, "To", m.to);
		table_field(stdout, "Language", m.lang);
	} else if (strcmp(r->kind, OUTBOX_PHOTOS) == 0) {
		table_field(stdout, "Removes", about(r, NULL, text));
	}
	table_field(stdout, "State", state_name(r));
	output_time(r->created_at, text);
	table_field(stdout, "Ordered", text);
	output_time(r->state == OUTBOX_WAITING ? r->due_at : r->done_at, text);
	table_field(stdout, r->state == OUTBOX_WAITING ? "Due" : "Ended", text);
	snprintf(text, sizeof text, "%" PRId64, r->attempts);
	table_field(stdout, "Attempts", text);
	if (r->claimed_by[0] != '\0')
		table_field(stdout, "Taken by", r->claimed_by);
	if (r->last_error[0] != '\0')
		table_field(stdout, "Last error", r->last_error);
	table_field(stdout, "", "");
	table_field(stdout, "", masked(ctl->arena, r->payload));
}

static int show(struct ctl *ctl)
{
	int64_t id;
	struct outbox_row row;
	int status = ctl_id(ctl, 0, &id);
	if (status != CTL_OK)
		return status;
	enum err e = outbox_db_get(ctl->db, ctl->arena, id, &row);
	if (e != ERR_OK)
		return fail(ctl, id, e);
	if (!args_has(&ctl->args, "json")) {
		print_row(ctl, &row);
		return CTL_OK;
	}
	struct output o;
	output_begin(&o);
	put_json(ctl, &o.json, &row);
	return output_end(ctl, &o);
}

static int change(struct ctl *ctl, enum err (*how)(struct db *db, int64_t id), const char *said)
{
	int64_t id;
	int status = ctl_id(ctl, 0, &id);
	if (status != CTL_OK)
		return status;
	enum err e = how(ctl->db, id);
	if (e != ERR_OK)
		return fail(ctl, id, e);
	printf("%" PRId64 " %s.\n", id, said);
	return CTL_OK;
}

static int retry(struct ctl *ctl)
{
	return change(ctl, outbox_db_retry, "is due at once");
}

static int drop(struct ctl *ctl)
{
	return change(ctl, outbox_db_drop, "removed");
}

static const struct arg_option list_options[] = {
	{"state", "STATE", "waiting, done or dead; waiting and dead ones unless said"},
	OUTPUT_PAGE_OPTIONS,
};
static const struct arg_option show_options[] = {
	{"json", NULL, "as JSON"},
	{NULL, NULL, NULL},
};

const struct command outbox_commands[] = {
	{"outbox list", "[--state STATE] [--limit N] [--before ID]", "Lists what waits to go out and what was given up",
	 "Mails, the photos of ended listings that are to be removed (\"photos\"), what is on its\n"
	 "way to S3 (\"photo_put\"), and what is on its way to DynamoDB: records of photos\n"
	 "(\"photo_meta\") and addresses (\"address\").\n"
	 "dead: refused for good, or tried for three days. The content is wiped when a row is\n"
	 "done; done ones are forgotten after 30 days, dead ones after 90.\n\n"
	 "Example\n  outportctl outbox list --state dead\n",
	 list_options, 0, 0, CTL_NEEDS_DB, list},
	{"outbox show", "ID [--json]", "Shows one, its secrets hidden", NULL, show_options, 1, 1, CTL_NEEDS_DB, show},
	{"outbox retry", "ID", "Tries one again at once, a dead one too", NULL, NULL, 1, 1, CTL_NEEDS_DB, retry},
	{"outbox drop", "ID", "Removes one for good", NULL, NULL, 1, 1, CTL_NEEDS_DB, drop},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
