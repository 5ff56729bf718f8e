#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/output.h"
#include "db/account_admin_db.h"
#include "db/account_db.h"
#include "db/member_db.h"
#include "model/mail.h"
#include "util/clock.h"

enum { FIRST_LINK_SECONDS = 7 * 86400, LINK_SECONDS = 86400, REASON_MAX = 400 };

static const char *const trust_names[] = {[TRUST_NEW] = "new", [TRUST_TRUSTED] = "trusted", [TRUST_NEVER] = "never"};

struct member_fields {
	const char *name, *email, *lang, *reason;
};

#define AT(member) offsetof(struct member_fields, member)
static const struct field add_fields[] = {
	{"name", FIELD_TEXT, AT(name), MEMBER_NAME_MIN, MEMBER_NAME_MAX, true},
	{"email", FIELD_EMAIL, AT(email), 3, CONTACT_EMAIL_MAX, true},
	{"lang", FIELD_TOKEN, AT(lang), 2, 2, false},
};
static const struct field reason_fields[] = {{"reason", FIELD_TEXT, AT(reason), 3, REASON_MAX, true}};

static void put_json(struct json *j, const struct member *m)
{
	json_object(j);
	json_key_int(j, "id", m->id);
	json_key_string(j, "email", m->email);
	json_key_string(j, "name", m->name);
	json_key_string(j, "role", member_role_name(m->role));
	json_key_string(j, "state", member_state_name(m->state));
	json_key_string(j, "trust", trust_names[m->trust]);
	json_key_string(j, "lang", m->lang);
	json_key(j, "second_factor");
	json_bool(j, m->totp);
	json_key(j, "created_at");
	json_time(j, m->created_at);
	json_key(j, "signed_in_at");
	json_time(j, m->signed_in_at);
	json_key(j, "delete_at");
	json_time(j, m->delete_at);
	json_object_end(j);
}

static int print_list(struct ctl *ctl, const struct member *list, size_t n, const struct output_page *p)
{
	static const char *const heads[] = {"ID", "E-MAIL", "NAME", "ROLE", "STATE", "TRUST", "LAST SIGN-IN"};
	struct table t;
	table_begin(&t, ctl->arena, 7, heads);
	for (size_t i = 0; i < n; i++) {
		char id[32], seen[32];
		snprintf(id, sizeof id, "%" PRId64, list[i].id);
		output_time(list[i].signed_in_at, seen);
		if (!table_row(&t, (const char *[]){id, list[i].email, list[i].name, member_role_name(list[i].role), member_state_name(list[i].state),
		                                    trust_names[list[i].trust], seen}))
			return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	}
	output_page_print(&t, p, n, n > 0 ? list[n - 1].id : 0, "No members.");
	return CTL_OK;
}

static int read_role(struct ctl *ctl, const char *name, int *out)
{
	enum member_role role;
	if (name == NULL)
		return CTL_OK;
	if (!member_role_parse(name, &role))
		return ctl_usage(ctl, "%s: there is no such role: member, moderator or admin", name);
	*out = (int)role;
	return CTL_OK;
}

static int list(struct ctl *ctl)
{
	struct output_page page;
	int role = -1;
	struct member *members;
	size_t n;
	int status = read_role(ctl, args_value(&ctl->args, "role"), &role);
	if (status == CTL_OK)
		status = output_page_read(ctl, &page);
	if (status != CTL_OK)
		return status;
	enum err e = account_db_list(ctl->db, ctl->arena, role, page.before, (unsigned)page.limit, &members, &n);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the members cannot be read");
	if (!args_has(&ctl->args, "json"))
		return print_list(ctl, members, n, &page);
	struct output o;
	output_begin(&o);
	json_array(&o.json);
	for (size_t i = 0; i < n; i++)
		put_json(&o.json, &members[i]);
	json_array_end(&o.json);
	return output_end(ctl, &o);
}

/* The member of the first argument: a number, or an address. */
static int find(struct ctl *ctl, struct member *out)
{
	const char *who = ctl->args.positional[0];
	long long id;
	char *email = member_email(ctl->arena, who);
	if (email == NULL)
		return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	enum err e = args_number(who, 1, INT64_MAX, &id) ? member_db_get(ctl->db, ctl->arena, id, out) : member_db_find(ctl->db, ctl->arena, email, out);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && out->state == MEMBER_GONE))
		return ctl_fail(ctl, "there is no member \"%s\": see outportctl member list", who);
	return e == ERR_OK ? CTL_OK : ctl_db_fail(ctl, ctl->db, e, "the member cannot be read");
}

static int show(struct ctl *ctl)
{
	struct member m;
	char text[32];
	int status = find(ctl, &m);
	if (status != CTL_OK)
		return status;
	if (args_has(&ctl->args, "json")) {
		struct output o;
		output_begin(&o);
		put_json(&o.json, &m);
		return output_end(ctl, &o);
	}
	snprintf(text, sizeof text, "%" PRId64, m.id);
	table_field(stdout, "Member", text);
	table_field(stdout, "Name", m.name);
	table_field(stdout, "E-mail", m.email);
	table_field(stdout, "Role", member_role_name(m.role));
	table_field(stdout, "State", member_state_name(m.state));
	if (*m.state_reason != '\0')
		table_field(stdout, "Because", m.state_reason);
	table_field(stdout, "Trust", trust_names[m.trust]);
	table_field(stdout, "Second factor", m.totp ? "on" : "off");
	output_time(m.created_at, text);
	table_field(stdout, "Since", text);
	output_time(m.signed_in_at, text);
	table_field(stdout, "Last sign-in", text);
	if (m.delete_at != 0) {
		output_time(m.delete_at, text);
		table_field(stdout, "Goes", text);
	}
	return CTL_OK;
}

static void print_link(const struct ctl *ctl, const struct member *m, const char *token, const char *until)
{
	printf("%s%s/reset/%s\n", ctl->conf.site.url, strcmp(m->lang, "fr") == 0 ? "/fr" : "", token);
	fprintf(stderr, "Good %s, once: whoever has it sets the password. Hand it over by a way that only %s reads.\n", until, m->name);
}

static int add(struct ctl *ctl)
{
	struct member_fields f = {.lang = "en"};
	struct http_param given[] = {{"name", ctl->args.positional[0]}, {"email", ctl->args.positional[1]}, {"lang", "en"}};
	struct http_params params = {.list = given, .n = sizeof given / sizeof *given};
	char token[TOKEN_TEXT + 1];
	uint8_t hash[TOKEN_HASH];
	int role = ROLE_MEMBER;
	int status = read_role(ctl, args_value(&ctl->args, "role"), &role);
	if (status == CTL_OK)
		status = ctl_form(ctl, add_fields, sizeof add_fields / sizeof *add_fields, &params, &f);
	if (status == CTL_OK && strcmp(f.lang, "en") != 0 && strcmp(f.lang, "fr") != 0)
		status = ctl_usage(ctl, "--lang: en or fr");
	if (status != CTL_OK)
		return status;
	struct member m = {.name = f.name, .email = member_email(ctl->arena, f.email), .role = (enum member_role)role, .lang = f.lang};
	if (m.email == NULL)
		return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	int64_t now = clock_unix();
	token_make(token, hash);
	enum err e = account_db_add(ctl->db, &m, hash, now + FIRST_LINK_SECONDS, now);
	if (e == ERR_EXISTS)
		return ctl_fail(ctl, "%s has an account already", m.email);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the member cannot be added");
	print_link(ctl, &m, token, "for a week");
	return CTL_OK;
}

static int reset_link(struct ctl *ctl)
{
	struct member m;
	char token[TOKEN_TEXT + 1];
	uint8_t hash[TOKEN_HASH];
	int status = find(ctl, &m);
	if (status != CTL_OK)
		return status;
	if (m.state == MEMBER_DISABLED)
		return ctl_fail(ctl, "%s is disabled: see outportctl member enable", m.email);
	token_make(token, hash);
	enum err e = account_db_reset_link(ctl->db, m.id, hash, clock_unix() + LINK_SECONDS);
	if (e != ERR_OK)
		return ctl_db_fail(ctl, ctl->db, e, "the link cannot be made");
	print_link(ctl, &m, token, "for a day");
	return CTL_OK;
}

static int change_fail(struct ctl *ctl, const struct member *m, enum err e, const char *conflict)
{
	return e == ERR_CONFLICT ? ctl_fail(ctl, "%s %s", m->email, conflict) : ctl_db_fail(ctl, ctl->db, e, "the member cannot be changed");
}

static int set_role(struct ctl *ctl)
{
	struct member m;
	int role = ROLE_MEMBER;
	int status = read_role(ctl, ctl->args.positional[1], &role);
	if (status == CTL_OK)
		status = find(ctl, &m);
	if (status != CTL_OK)
		return status;
	enum err e = account_db_set_role(ctl->db, m.id, (enum member_role)role, clock_unix());
	if (e != ERR_OK)
		return change_fail(ctl, &m, e, "is the only admin there is: make somebody else one first");
	printf("%s is %s now, and signed out everywhere.\n", m.email, member_role_name((enum member_role)role));
	return CTL_OK;
}

static int set_trust(struct ctl *ctl)
{
	struct member m;
	const char *name = ctl->args.positional[1];
	int trust = -1;
	for (int i = TRUST_NEW; i <= TRUST_NEVER; i++)
		if (strcmp(trust_names[i], name) == 0)
			trust = i;
	if (trust < 0)
		return ctl_usage(ctl, "%s: trust is new, trusted or never", name);
	int status = find(ctl, &m);
	if (status != CTL_OK)
		return status;
	enum err e = account_db_set_trust(ctl->db, m.id, (enum member_trust)trust, clock_unix());
	if (e != ERR_OK)
		return change_fail(ctl, &m, e, "changed meanwhile");
	printf("%s: trust is %s.\n", m.email, name);
	return CTL_OK;
}

static int disable(struct ctl *ctl)
{
	struct member_fields f = {.name = NULL};
	struct member m;
	int status = ctl_form(ctl, reason_fields, 1, NULL, &f);
	if (status == CTL_OK)
		status = find(ctl, &m);
	if (status != CTL_OK)
		return status;
	const struct mail mail = {.kind = MAIL_DISABLED, .to = m.email, .to_name = m.name, .lang = m.lang, .arg = {f.reason}};
	enum err e = account_db_disable(ctl->db, m.id, f.reason, clock_unix(), mail_encode(ctl->arena, &mail));
	if (e != ERR_OK)
		return change_fail(ctl, &m, e, "is not active, or is the only admin there is");
	printf("%s is disabled, and signed out everywhere.\n", m.email);
	return CTL_OK;
}

static int enable(struct ctl *ctl)
{
	struct member m;
	int status = find(ctl, &m);
	if (status != CTL_OK)
		return status;
	enum err e = account_db_enable(ctl->db, m.id, clock_unix());
	if (e != ERR_OK)
		return change_fail(ctl, &m, e, "is not disabled");
	printf("%s is enabled.\n", m.email);
	return CTL_OK;
}

static int totp_off(struct ctl *ctl)
{
	struct member m;
	int status = find(ctl, &m);
	if (status != CTL_OK)
		return status;
	struct buf link;
	buf_init(&link, 1024);
	buf_puts(&link, ctl->conf.site.url);
	buf_puts(&link, strcmp(m.lang, "fr") == 0 ? "/fr/account/security" : "/account/security");
	const struct mail mail = {.kind = MAIL_TOTP_OFF, .to = m.email, .to_name = m.name, .lang = m.lang, .arg = {buf_str(&link)}};
	enum err e = account_db_totp_off(ctl->db, &(const struct totp_switch){.member_id = m.id, .mail = mail_encode(ctl->arena, &mail)});
	buf_free(&link);
	if (e != ERR_OK)
		return change_fail(ctl, &m, e, "has no second factor");
	printf("%s signs in with the password alone now, and was told so by mail.\n", m.email);
	return CTL_OK;
}

static const struct arg_option add_options[] = {
	{"role", "ROLE", "member, moderator or admin; member unless said"},
	{"lang", "LANG", "of their mails: en or fr; en unless said"},
	{NULL, NULL, NULL},
};
static const struct arg_option list_options[] = {
	{"role", "ROLE", "member, moderator or admin; all unless said"},
	OUTPUT_PAGE_OPTIONS,
};
static const struct arg_option show_options[] = {
	{"json", NULL, "as JSON"},
	{NULL, NULL, NULL},
};
static const struct arg_option disable_options[] = {
	{"reason", "TEXT", "for the member and the public log"},
	{NULL, NULL, NULL},
};

const struct command member_commands[] = {
	{"member add", "NAME EMAIL [--role ROLE] [--lang LANG]", "Adds a member and prints the link to set the first password",
	 "Example\n  outportctl member add \"Elsie Wareham\" elsie@example.com --role admin\n", add_options, 2, 2, CTL_NEEDS_DB, add},
	{"member list", "[--role ROLE] [--limit N] [--before ID]", "Lists the members", NULL, list_options, 0, 0, CTL_NEEDS_DB, list},
	{"member show", "MEMBER [--json]", "Shows a member: by number or e-mail address", NULL, show_options, 1, 1, CTL_NEEDS_DB, show},
	{"member role", "MEMBER ROLE", "Makes a member, a moderator or an admin of somebody",
	 "Their sessions and personal tokens end: those were given to other rights. The only\nadmin stays one.\n", NULL, 2, 2, CTL_NEEDS_DB, set_role},
	{"member trust", "MEMBER TRUST", "Says whether listings of theirs go live at once: new, trusted or never", NULL, NULL, 2, 2, CTL_NEEDS_DB, set_trust},
	{"member disable", "MEMBER --reason TEXT", "Keeps a member out; they are told why",
	 "Their sessions and personal tokens end at once. The listings stay as they are.\n", disable_options, 1, 1, CTL_NEEDS_DB, disable},
	{"member enable", "MEMBER", "Lets a disabled member in again", NULL, NULL, 1, 1, CTL_NEEDS_DB, enable},
	{"member reset-link", "MEMBER", "Prints a link to set a new password", "For whoever has lost the mailbox too. It is good for a day.\n", NULL, 1, 1, CTL_NEEDS_DB, reset_link},
	{"member totp-off", "MEMBER", "Takes the second factor off: for whoever has lost the phone and the recovery codes",
	 "Make sure it is them: the password alone opens the account afterwards. They are signed\nout everywhere and told by mail.\n", NULL, 1, 1,
	 CTL_NEEDS_DB, totp_off},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
