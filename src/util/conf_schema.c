#include "util/conf_schema.h"

#include <stdlib.h>
#include <string.h>

/* AT(section, key) is what every entry starts with. */
#define AT(s, k) .section = #s, .key = #k, .offset = offsetof(struct conf, s.k), .size = sizeof ((struct conf *)0)->s.k

static const struct conf_key schema[] = {
	{AT(site, name), .type = CONF_TEXT, .initial = "Outport", .about = "The site's name in English: titles, feeds, the search box. Headers and static pages are files in `client_dir`."},
	{AT(site, name_fr), .type = CONF_TEXT, .initial = "", .about = "The site's name in French; the English one when empty."},
	{AT(site, url), .type = CONF_URL, .required = true, .initial = "",
	 .about = "The address visitors use, for canonical links, feeds and the sitemap."},
	{AT(site, contact_email), .type = CONF_EMAIL, .required = true, .initial = "",
	 .about = "Where the site's owner can be reached; shown on the contact and privacy pages."},
	{AT(site, currency), .type = CONF_CURRENCY, .initial = "CAD", .about = "The currency of every price."},
	{AT(site, languages), .type = CONF_LIST, .initial = "en,fr", .choices = "en fr",
	 .about = "The languages offered; the first is the default."},

	{AT(database, socket), .type = CONF_PATH, .initial = "/run/mysqld/mysqld.sock",
	 .about = "The local server's socket, used when `host` is empty."},
	{AT(database, host), .type = CONF_TEXT_OR_SECRET, .max = 255, .initial = "", .about = "Name or address of a remote server."},
	{AT(database, port), .type = CONF_INT, .min = 1, .max = 65535, .initial = "3306", .about = "The remote server's port."},
	{AT(database, name), .type = CONF_TEXT, .initial = "outport", .about = "The database."},
	{AT(database, user), .type = CONF_TEXT_OR_SECRET, .max = 127, .initial = "outport", .about = "The database's user."},
	{AT(database, password), .type = CONF_SECRET, .initial = "",
	 .about = "Where the password is kept; empty for socket authentication. Never the password itself."},
	{AT(database, connect_timeout), .type = CONF_INT, .min = 1, .max = 60, .initial = "2",
	 .about = "Seconds to wait for a connection."},
	{AT(database, read_timeout), .type = CONF_INT, .min = 1, .max = 600, .initial = "5",
	 .about = "Seconds to wait for the server's answer."},
	{AT(database, statement_timeout_ms), .type = CONF_INT, .min = 0, .max = 60000, .initial = "500",
	 .about = "Milliseconds after which the server gives a page's statement up; 0 for never."},
	{AT(database, tls_ca), .type = CONF_PATH, .initial = "",
	 .about = "A file of certificate authorities: when given, TLS is enforced and the server verified."},
	{AT(database, replica_host), .type = CONF_TEXT, .initial = "",
	 .about = "A server that follows the primary, for reads that may be some seconds late; the primary when empty. Name, user, password and `tls_ca` are the primary's."},
	{AT(database, replica_port), .type = CONF_INT, .min = 1, .max = 65535, .initial = "3306", .about = "The replica's port."},

	{AT(worker, threads), .type = CONF_INT, .min = 1, .max = 64, .initial = "4",
	 .about = "Threads of a process; each owns a database connection."},
	{AT(worker, max_connections), .type = CONF_INT, .min = 16, .max = 65536, .initial = "2048",
	 .about = "FastCGI connections a process holds at once."},
	{AT(worker, read_timeout_ms), .type = CONF_INT, .min = 100, .max = 60000, .initial = "5000",
	 .about = "Milliseconds a peer may be silent while its request is being read."},
	{AT(worker, drain_seconds), .type = CONF_INT, .min = 1, .max = 300, .initial = "20",
	 .about = "Seconds that requests in flight get to finish when the process is told to stop."},
	{AT(worker, arena_kb), .type = CONF_INT, .min = 256, .max = 65536, .initial = "4096",
	 .about = "Kilobytes of memory one request may use."},
	{AT(worker, runtime_dir), .type = CONF_PATH, .initial = "/run/outport",
	 .about = "Folder shared by the workers of a host, for the metrics."},
	{AT(worker, client_dir), .type = CONF_PATH, .initial = OUTPORT_DATADIR "/client", .shown = "PREFIX/share/outport/client",
	 .about = "Folder of the static site, whose partials the worker's pages share."},
	{AT(worker, trusted_proxies), .type = CONF_ADDRESSES, .initial = "",
	 .about = "Proxies in front of nginx whose `X-Forwarded-For` is believed."},

	{AT(limits, submit_per_hour), .type = CONF_INT, .min = 1, .max = 100000, .initial = "10",
	 .about = "Listings one address may submit in an hour."},
	{AT(limits, contact_per_hour), .type = CONF_INT, .min = 1, .max = 100000, .initial = "10",
	 .about = "Messages one address may send in an hour, to the site and to sellers."},
	{AT(limits, report_per_hour), .type = CONF_INT, .min = 1, .max = 100000, .initial = "20",
	 .about = "Listings one address may report in an hour."},
	{AT(limits, address_per_hour), .type = CONF_INT, .min = 1, .max = 100000, .initial = "20",
	 .about = "How often one address may leave itself on `/reverse-ip` in an hour."},
	{AT(limits, photo_per_hour), .type = CONF_INT, .min = 1, .max = 100000, .initial = "100",
	 .about = "Photos one member may send in an hour."},
	{AT(limits, register_per_hour), .type = CONF_INT, .min = 1, .max = 100000, .initial = "10",
	 .about = "Accounts, and as many links for a new password, one address may ask for in an hour."},
	{AT(limits, sign_in_per_account), .type = CONF_INT, .min = 1, .max = 100000, .initial = "10",
	 .about = "Failed sign-ins in 15 minutes after which an account has to wait, whoever tries."},
	{AT(limits, sign_in_per_address), .type = CONF_INT, .min = 1, .max = 100000, .initial = "30",
	 .about = "Failed sign-ins in 15 minutes after which an address has to wait, whatever account it tries."},
	{AT(limits, form_min_seconds), .type = CONF_INT, .min = 0, .max = 60, .initial = "2",
	 .about = "A form sent back sooner than this is a robot's."},
	{AT(limits, form_max_seconds), .type = CONF_INT, .min = 60, .max = 604800, .initial = "86400",
	 .about = "A form sent back later than this is shown again, with its values."},

	{AT(moderation, trusted_after), .type = CONF_INT, .min = 0, .max = 1000, .initial = "3",
	 .about = "A member whose listings were approved so often, and never rightly reported, is trusted: new ones go live at once. 0: nobody becomes trusted by themselves."},
	{AT(moderation, flags_to_hold), .type = CONF_INT, .min = 0, .max = 1000, .initial = "3",
	 .about = "So many people's reports take a listing out of sight until a moderator has looked at it; 0 for never."},

	{AT(mail, transport), .type = CONF_CHOICE, .initial = "folder", .choices = "folder smtp ses",
	 .about = "Where mails go: into files, for trying things out, to a mail server, or to Amazon SES."},
	{AT(mail, folder), .type = CONF_PATH, .initial = "",
	 .about = "The folder of those files, a file per mail; `mail` below `[worker] runtime_dir` when empty."},
	{AT(mail, from), .type = CONF_EMAIL, .initial = "",
	 .about = "The address mails come from, at a domain of the site's own; `outport@` and the host of `[site] url` when empty. To be given with `smtp` and `ses`."},
	{AT(mail, from_name), .type = CONF_TEXT, .initial = "", .about = "The name beside it; the site's name when empty."},
	{AT(mail, reply_to), .type = CONF_EMAIL, .initial = "",
	 .about = "Where an answer to a mail goes; `[site] contact_email` when empty."},
	{AT(mail, smtp_url), .type = CONF_SMTP_URL, .initial = "",
	 .about = "The mail server. With `smtp://` STARTTLS is demanded: a mail never goes out in the clear."},
	{AT(mail, smtp_user), .type = CONF_TEXT, .initial = "", .about = "Who signs in there; nobody when empty."},
	{AT(mail, smtp_password), .type = CONF_SECRET, .initial = "", .about = "Where that user's password is kept. Never the password itself."},
	{AT(mail, smtp_tls_ca), .type = CONF_PATH, .initial = "",
	 .about = "A file of certificate authorities to verify the mail server by; the system's when empty."},
	{AT(mail, smtp_timeout), .type = CONF_INT, .min = 5, .max = 200, .initial = "60",
	 .about = "Seconds that the delivery of one mail may take."},
	{AT(mail, ses_configuration_set), .type = CONF_TEXT, .initial = "", .about = "The configuration set that mails are sent with by `ses`; none when empty."},

	{AT(media, store), .type = CONF_CHOICE, .initial = "folder", .choices = "folder s3", .about = "Where photos are kept: in a folder, or in Amazon S3."},
	{AT(media, bucket), .type = CONF_TEXT, .initial = "", .about = "The bucket of `s3`. To be given with it."},
	{AT(media, prefix), .type = CONF_TEXT, .initial = "photos/", .about = "What the keys of photos in the bucket begin with."},
	{AT(media, meta), .type = CONF_CHOICE, .initial = "mysql", .choices = "mysql dynamodb",
	 .about = "Where records of photos are kept: in the database, or in Amazon DynamoDB as well."},
	{AT(media, meta_table), .type = CONF_TEXT, .initial = "", .about = "The table of `dynamodb`. To be given with it."},
	{AT(media, photos), .type = CONF_PATH, .initial = "",
	 .about = "The folder photos are kept in; `photos` below `[worker] runtime_dir` when empty."},
	{AT(media, spool), .type = CONF_PATH, .initial = "",
	 .about = "The folder an upload lies in, without a name, while it is read; that of the photos when empty."},
	{AT(media, url), .type = CONF_URL, .initial = "",
	 .about = "The address of a host that serves nothing but photos; `/media` of the site's own when empty."},
	{AT(media, decoders), .type = CONF_INT, .min = 1, .max = 16, .initial = "1",
	 .about = "Photos that one process decodes at the same time, each in up to 450 MB of memory."},

	{AT(address, store), .type = CONF_CHOICE, .initial = "mysql", .choices = "mysql dynamodb",
	 .about = "Where addresses that visitors leave on `/reverse-ip` are kept: in the database, or in Amazon DynamoDB."},
	{AT(address, table), .type = CONF_TEXT, .initial = "", .about = "The table of `dynamodb`. To be given with it."},
	{AT(address, keep_days), .type = CONF_INT, .min = 1, .max = 3650, .initial = "90", .about = "Days after which such an address is forgotten."},

	{AT(aws, region), .type = CONF_TEXT, .initial = "",
	 .about = "The region of all AWS services; the environment's `AWS_REGION` when empty. Credentials are never configured here: see [aws.md](aws.md)."},

	{AT(monitor, cloudwatch_namespace), .type = CONF_TEXT, .initial = "",
	 .about = "The namespace under which `outport-jobs` publishes the pool's metrics to Amazon CloudWatch once a minute; nothing is published when empty."},

	{AT(log, level), .type = CONF_CHOICE, .initial = "info", .choices = "debug info warning error",
	 .about = "The least important lines to log."},
};

const struct conf_key *conf_schema(size_t *n)
{
	*n = sizeof schema / sizeof *schema;
	return schema;
}

bool conf_schema_has_section(const char *section)
{
	for (size_t i = 0; i < sizeof schema / sizeof *schema; i++)
		if (strcmp(schema[i].section, section) == 0)
			return true;
	return false;
}

void conf_defaults(struct conf *c)
{
	char why[CONF_WHY_MAX];
	*c = (struct conf){0};
	for (size_t i = 0; i < sizeof schema / sizeof *schema; i++)
		if (!conf_value_store(&schema[i], schema[i].initial, c, why))
			abort(); /* the table contradicts itself: every test would stop here */
}

/* "`a`, `b` or `c`" of "a b c". */
static void print_choices(FILE *out, const char *choices, const char *last)
{
	for (const char *word = choices; *word != '\0';) {
		size_t n = strcspn(word, " ");
		const char *next = word + n + (word[n] != '\0');
		if (word != choices)
			fputs(*next == '\0' ? last : ", ", out);
		fprintf(out, "`%.*s`", (int)n, word);
		word = next;
	}
}

static void print_accepted(FILE *out, const struct conf_key *k)
{
	size_t bytes = k->size - 1;
	switch (k->type) {
	case CONF_TEXT: fprintf(out, "text, at most %zu bytes", bytes); break;
	case CONF_INT: fprintf(out, "whole number, %lld to %lld", (long long)k->min, (long long)k->max); break;
	case CONF_PATH: fputs("absolute path", out); break;
	case CONF_EMAIL: fputs("e-mail address", out); break;
	case CONF_URL: fputs("`http://` or `https://`, host and port, no slash at the end", out); break;
	case CONF_SMTP_URL: fputs("`smtp://` or `smtps://`, host and port", out); break;
	case CONF_CURRENCY: fputs("ISO 4217 code", out); break;
	case CONF_CHOICE: print_choices(out, k->choices, " or "); break;
	case CONF_LIST:
		fputs("list of ", out);
		print_choices(out, k->choices, " and ");
		break;
	case CONF_ADDRESSES: fprintf(out, "list of addresses or CIDR blocks, at most %d", CONF_TRUSTED_MAX); break;
	case CONF_SECRET: fputs("[reference](#secrets)", out); break;
	case CONF_TEXT_OR_SECRET: fprintf(out, "text, at most %lld bytes, or [reference](#secrets)", (long long)k->max); break;
	}
}

void conf_print_schema(FILE *out)
{
	const char *section = "";
	for (size_t i = 0; i < sizeof schema / sizeof *schema; i++) {
		const struct conf_key *k = &schema[i];
		if (strcmp(section, k->section) != 0) {
			section = k->section;
			fprintf(out, "%s### `[%s]`\n\n| key | value | default | meaning |\n|---|---|---|---|\n",
			        i > 0 ? "\n" : "", section);
		}
		fprintf(out, "| `%s` | ", k->key);
		print_accepted(out, k);
		const char *initial = k->shown != NULL ? k->shown : k->initial;
		if (k->required)
			fputs(" | **required** | ", out);
		else
			fprintf(out, *initial != '\0' ? " | `%s` | " : " | %s| ", initial);
		fprintf(out, "%s |\n", k->about);
	}
}
