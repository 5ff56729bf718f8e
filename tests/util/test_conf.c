#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/suites.h"
#include "suites_util.h"
#include "util/conf.h"

#define SITE "[site]\nurl = https://example.ca\ncontact_email = owner@example.ca\n"
#define SITE_LINES 3
#define BYTES(s) (s), sizeof(s) - 1

/* Writes n bytes to a new file and gives its name; the caller unlinks and frees it. */
static char *file_with(const char *text, size_t n)
{
	char *path = strdup("/tmp/outport-conf-XXXXXX");
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
	close(fd);
	return path;
}

static enum err load(const char *text, size_t n, struct conf *c, struct conf_error *e)
{
	char *path = file_with(text, n);
	enum err err = conf_load(path, c, e);
	ck_assert_str_eq(e->file, path);
	unlink(path);
	free(path);
	return err;
}

static const struct {
	const char *text;
	size_t n;
	int line;
	const char *says;
} bad[] = {
	/* keys and sections */
	{BYTES(SITE "colour = red\n"), 4, "unknown key \"colour\" in [site]"},
	{BYTES(SITE "Name = Big\n"), 4, "unknown key \"Name\" in [site]"},
	{BYTES(SITE "[sight]\n"), 4, "unknown section [sight]"},
	{BYTES(SITE "[sight]\nname = x\n"), 4, "unknown section [sight]"},
	{BYTES(SITE "[Site]\n"), 4, "unknown section [Site]"},
	{BYTES(SITE "[ site ]\n"), 4, "unknown section [ site ]"},
	{BYTES(SITE "[]\n"), 4, "unknown section []"},
	{BYTES(SITE "[a-name-much-longer-than-any-buffer-that-holds-the-name-of-a-section-could-ever-be]\n"), 4, "unknown section [a-name"},
	{BYTES(SITE "[log] level = debug\n"), 4, "text follows"},
	{BYTES("name = x\n" SITE), 1, "\"name\" stands before any [section]"},
	{BYTES(SITE "threads = 4\n"), 4, "unknown key \"threads\" in [site]"},
	{BYTES(SITE "name = a\nname = b\n"), 5, "\"name\" in [site] is given twice, first in line 4"},
	{BYTES(SITE "\n\n[log]\n\n[site]\nurl = https://example.org\n"), 9, "\"url\" in [site] is given twice, first in line 2"},
	{BYTES(SITE "[worker]\nthreads = 4\n# note\nthreads = 4\n"), 7, "given twice, first in line 5"},
	/* lines that are none */
	{BYTES(SITE "just words\n"), 4, "neither"},
	{BYTES(SITE "just words\n[sight]\n"), 4, "neither"},
	{BYTES(SITE "[sight]\njust words\n"), 4, "unknown section"},
	{BYTES(SITE "[log\n"), 4, "neither"},
	{BYTES(SITE "= value\n"), 4, "unknown key \"\""},
	{BYTES(SITE " name = x\n"), 4, "starts with a blank"},
	{BYTES(SITE "\tname = x\n"), 4, "starts with a blank"},
	{BYTES(SITE " [log]\n"), 4, "starts with a blank"},
	{BYTES(SITE "name = x\n  y\n"), 5, "starts with a blank"},
	{BYTES(SITE "name = a\0b\n"), 4, "NUL"},
	{BYTES(SITE "name = Qu\xe9" "bec\n"), 4, "not UTF-8"},
	{BYTES(SITE "name = \x1b[31m\n"), 4, "control"},
	/* numbers */
	{BYTES(SITE "[worker]\nthreads = 0\n"), 5, "\"threads\" in [worker] must be 1 to 64"},
	{BYTES(SITE "[worker]\nthreads = 65\n"), 5, "must be 1 to 64"},
	{BYTES(SITE "[worker]\nthreads = -1\n"), 5, "must be 1 to 64"},
	{BYTES(SITE "[worker]\nthreads = four\n"), 5, "is not a whole number"},
	{BYTES(SITE "[worker]\nthreads = 4x\n"), 5, "is not a whole number"},
	{BYTES(SITE "[worker]\nthreads = 4.0\n"), 5, "is not a whole number"},
	{BYTES(SITE "[worker]\nthreads = 0x4\n"), 5, "is not a whole number"},
	{BYTES(SITE "[worker]\nthreads = +4\n"), 5, "is not a whole number"},
	{BYTES(SITE "[worker]\nthreads = 4 4\n"), 5, "is not a whole number"},
	{BYTES(SITE "[worker]\nthreads =\n"), 5, "is not a whole number"},
	{BYTES(SITE "[worker]\nthreads = -\n"), 5, "is not a whole number"},
	{BYTES(SITE "[worker]\nthreads = 18446744073709551620\n"), 5, "is not a whole number"},
	{BYTES(SITE "[database]\nport = 65536\n"), 5, "must be 1 to 65535"},
	/* texts */
	{BYTES(SITE "name =\n"), 4, "\"name\" in [site] is empty"},
	{BYTES(SITE "name = ; nothing\n"), 4, "is empty"},
	{BYTES(SITE "currency = cad\n"), 4, "three capital letters"},
	{BYTES(SITE "currency = CA\n"), 4, "three capital letters"},
	{BYTES(SITE "currency = CADX\n"), 4, "is longer than 3 bytes"},
	{BYTES(SITE "name = 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
	            "0123456789012345678901234567\n"), 4, "longer than 127 bytes"},
	{BYTES(SITE "[log]\nlevel = loud\n"), 5, "is not one of: debug info warning error"},
	{BYTES(SITE "[log]\nlevel = INFO\n"), 5, "is not one of"},
	{BYTES(SITE "[log]\nlevel =\n"), 5, "is empty"},
	{BYTES(SITE "[worker]\nruntime_dir = run\n"), 5, "is not an absolute path"},
	{BYTES(SITE "[worker]\nruntime_dir = ./run\n"), 5, "is not an absolute path"},
	{BYTES(SITE "[worker]\nruntime_dir =\n"), 5, "is empty"},
	{BYTES(SITE "[database]\npassword = hunter2\n"), 5, "must say where the secret is kept"},
	{BYTES(SITE "[database]\npassword = file:secret\n"), 5, "must say where"},
	{BYTES(SITE "[database]\npassword = file:/\n"), 5, "must say where"},
	{BYTES(SITE "[database]\npassword = env:\n"), 5, "must say where"},
	{BYTES(SITE "[database]\npassword = kms:secret\n"), 5, "must say where"},
	{BYTES(SITE "[database]\npassword = ssm:\n"), 5, "must say where"},
	{BYTES(SITE "[mail]\nsmtp_password = secretsmanager:\n"), 5, "must say where"},
	{BYTES(SITE "[mail]\nsmtp_password = vault:x\n"), 5, "must say where"},
	{BYTES(SITE "[database]\nuser = kms:credentials\n"), 5, "\"user\" in [database] must say where"},
	{BYTES(SITE "[database]\nhost = ssm:\n"), 5, "must say where"},
	{BYTES(SITE "[database]\nuser = 01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567\n"), 5,
		"is longer than 127 bytes"},
	/* lists */
	{BYTES(SITE "languages = en,de\n"), 4, "\"de\"; known are: en fr"},
	{BYTES(SITE "languages = en,,fr\n"), 4, "holds \"\""},
	{BYTES(SITE "languages = en,en\n"), 4, "same item twice"},
	{BYTES(SITE "languages =\n"), 4, "is empty"},
	{BYTES(SITE "languages = en,\n  de\n"), 5, "\"de\""},
	{BYTES(SITE "languages = en,\n  [fr]\n"), 5, "starts with a blank"},
	{BYTES(SITE "[worker]\ntrusted_proxies = localhost\n"), 5, "neither an address nor a CIDR block"},
	{BYTES(SITE "[worker]\ntrusted_proxies = 10.0.0.0/33\n"), 5, "neither an address"},
	{BYTES(SITE "[worker]\ntrusted_proxies = 10.0.0/8\n"), 5, "neither an address"},
	{BYTES(SITE "[worker]\ntrusted_proxies = 10.0.0.0/\n"), 5, "neither an address"},
	{BYTES(SITE "[worker]\ntrusted_proxies = 10.0.0.0/-1\n"), 5, "neither an address"},
	{BYTES(SITE "[worker]\ntrusted_proxies = ::1/129\n"), 5, "neither an address"},
	{BYTES(SITE "[worker]\ntrusted_proxies = 1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,1.1.1.7,1.1.1.8\n"
	            "  1.1.1.9,1.1.1.10,1.1.1.11,1.1.1.12,1.1.1.13,1.1.1.14,1.1.1.15,1.1.1.16\n  1.1.1.17\n"), 7, "too many items"},
	/* what is required */
	{BYTES(""), 0, "\"url\" in [site] is required"},
	{BYTES("[site]\nurl = https://example.ca\n"), 0, "\"contact_email\" in [site] is required"},
	{BYTES("[site]\nurl = https://example.ca\ncontact_email =\n"), 3, "\"contact_email\" in [site] is required"},
};

START_TEST(a_wrong_file_is_refused_by_line)
{
	struct conf c;
	struct conf_error e;
	ck_assert_msg(load(bad[_i].text, bad[_i].n, &c, &e) == ERR_INVALID, "taken: %s", bad[_i].text);
	ck_assert_msg(strstr(e.text, bad[_i].says) != NULL, "\"%s\" does not say \"%s\"", e.text, bad[_i].says);
	ck_assert_msg(e.line == bad[_i].line, "line %d, not %d: %s", e.line, bad[_i].line, e.text);
}
END_TEST

static const struct {
	const char *url;
	bool good;
} urls[] = {
	{"http://127.0.0.1:8080", true},
	{"https://example.ca", true},
	{"https://listings.example.ca:8443", true},
	{"https://xn--qubec-csa.example", true},
	{"http://[::1]:8080", true},
	{"http://[2001:db8::1]", true},
	{"http://localhost", true},
	{"example.ca", false},
	{"ftp://example.ca", false},
	{"HTTPS://example.ca", false},
	{"https://", false},
	{"https://example.ca/", false},
	{"https://example.ca/listings", false},
	{"https://example.ca?x", false},
	{"https://example.ca#x", false},
	{"https://user@example.ca", false},
	{"https://example..ca", false},
	{"https://.example.ca", false},
	{"https://example.ca.", false},
	{"https://-example.ca", false},
	{"https://example-.ca", false},
	{"https://exa mple.ca", false},
	{"https://exa\"mple.ca", false},
	{"https://example.ca:", false},
	{"https://example.ca:0", false},
	{"https://example.ca:65536", false},
	{"https://example.ca:80x", false},
	{"https://:80", false},
	{"http://[::1", false},
	{"http://[]", false},
	{"http://[::g]", false},
	{"http://[::1]x", false},
	{"http://[0000000000000000000000000000000000000000000000000000000000000000000::1]", false},
};

static const struct {
	const char *email;
	bool good;
} emails[] = {
	{"owner@example.ca", true},
	{"a.b+c@sub.example.ca", true},
	{"o'brien@example.ca", true},
	{"x@localhost", true},
	{"@example.ca", false},
	{"owner@", false},
	{"owner", false},
	{".owner@example.ca", false},
	{"owner.@example.ca", false},
	{"ow..ner@example.ca", false},
	{"ow ner@example.ca", false},
	{"owner@exa_mple.ca", false},
	{"owner@example.ca.", false},
	{"a@b@example.ca", false},
	{"<owner@example.ca>", false},
	{"owner@example.ca, other@example.ca", false},
	{"0123456789012345678901234567890123456789012345678901234567890123@example.ca", true},
	{"01234567890123456789012345678901234567890123456789012345678901234@example.ca", false},
};

/* Loads a file that differs in one value. */
static void check_value(const char *before, const char *value, bool good)
{
	char text[1024];
	struct conf c;
	struct conf_error e;
	int n = snprintf(text, sizeof text, "[site]\n%s%s\n", before, value);
	ck_assert_msg((load(text, (size_t)n, &c, &e) == ERR_OK) == good, "%s: %s", value, e.text);
	ck_assert_int_eq(e.line, good ? 0 : 3);
}

START_TEST(an_address_of_the_site_is_one)
{
	check_value("contact_email = owner@example.ca\nurl = ", urls[_i].url, urls[_i].good);
}
END_TEST

START_TEST(an_email_is_one)
{
	check_value("url = https://example.ca\ncontact_email = ", emails[_i].email, emails[_i].good);
}
END_TEST

START_TEST(every_key_is_read)
{
	static const char text[] =
		"\xef\xbb\xbf# all of it, with a byte order mark and DOS lines\r\n"
		"[site] ; the site\r\nname = Outport NL\r\nname_fr = Outport T.-N.\r\nurl = https://example.ca\r\n"
		"contact_email = owner@example.ca\r\ncurrency = EUR\r\nlanguages = fr , en\r\n"
		"[database]\nsocket = /s\nhost: db.example\nport = 3307\nname = n\nuser = u\npassword = file:/p ; here\n"
		"connect_timeout = 3\nread_timeout = 4\nstatement_timeout_ms = 0\ntls_ca = /ca.pem\n"
		"[worker]\nthreads = 8\nmax_connections = 99\nread_timeout_ms = 1000\ndrain_seconds = 5\narena_kb = 512\n"
		"runtime_dir = /r\nclient_dir = /c\ntrusted_proxies = 10.0.0.0/8, ::1 ; ours\n  192.0.2.1, ; more\n\t2001:db8::/32\n"
		"[limits]\nsubmit_per_hour = 1\ncontact_per_hour = 2\nreport_per_hour = 3\nregister_per_hour = 4\nsign_in_per_account = 5\nsign_in_per_address = 6\nform_min_seconds = 0\nform_max_seconds = 60\n"
		"[mail]\ntransport = smtp\nfolder = /m\nfrom = a@example.ca\nfrom_name = Ours\nreply_to = b@example.ca\nsmtp_url = smtps://[::1]:465\n"
		"smtp_user = me\nsmtp_password = env:P\nsmtp_tls_ca = /mail.pem\nsmtp_timeout = 7\n"
		"[log]\nlevel = error";
	struct conf c;
	struct conf_error e;
	enum err err = load(BYTES(text), &c, &e);
	ck_assert_msg(err == ERR_OK, "line %d: %s", e.line, e.text);
	ck_assert_str_eq(c.site.name, "Outport NL");
	ck_assert_str_eq(c.site.name_fr, "Outport T.-N.");
	ck_assert_str_eq(c.site.url, "https://example.ca");
	ck_assert_str_eq(c.site.contact_email, "owner@example.ca");
	ck_assert_str_eq(c.site.currency, "EUR");
	ck_assert_str_eq(c.site.languages, "fr,en");
	ck_assert_str_eq(c.database.socket, "/s");
	ck_assert_str_eq(c.database.host, "db.example");
	ck_assert_int_eq(c.database.port, 3307);
	ck_assert_str_eq(c.database.name, "n");
	ck_assert_str_eq(c.database.user, "u");
	ck_assert_str_eq(c.database.password, "file:/p");
	ck_assert_int_eq(c.database.connect_timeout, 3);
	ck_assert_int_eq(c.database.read_timeout, 4);
	ck_assert_int_eq(c.database.statement_timeout_ms, 0);
	ck_assert_str_eq(c.database.tls_ca, "/ca.pem");
	ck_assert_int_eq(c.worker.threads, 8);
	ck_assert_int_eq(c.worker.max_connections, 99);
	ck_assert_int_eq(c.worker.read_timeout_ms, 1000);
	ck_assert_int_eq(c.worker.drain_seconds, 5);
	ck_assert_int_eq(c.worker.arena_kb, 512);
	ck_assert_str_eq(c.worker.runtime_dir, "/r");
	ck_assert_str_eq(c.worker.client_dir, "/c");
	ck_assert_str_eq(c.worker.trusted_proxies, "10.0.0.0/8,::1,192.0.2.1,2001:db8::/32");
	ck_assert_int_eq(c.limits.submit_per_hour, 1);
	ck_assert_int_eq(c.limits.contact_per_hour, 2);
	ck_assert_int_eq(c.limits.report_per_hour, 3);
	ck_assert_int_eq(c.limits.register_per_hour, 4);
	ck_assert_int_eq(c.limits.sign_in_per_account, 5);
	ck_assert_int_eq(c.limits.sign_in_per_address, 6);
	ck_assert_int_eq(c.limits.form_min_seconds, 0);
	ck_assert_int_eq(c.limits.form_max_seconds, 60);
	ck_assert_str_eq(c.mail.transport, "smtp");
	ck_assert_str_eq(c.mail.folder, "/m");
	ck_assert_str_eq(c.mail.from, "a@example.ca");
	ck_assert_str_eq(c.mail.from_name, "Ours");
	ck_assert_str_eq(c.mail.reply_to, "b@example.ca");
	ck_assert_str_eq(c.mail.smtp_url, "smtps://[::1]:465");
	ck_assert_str_eq(c.mail.smtp_user, "me");
	ck_assert_str_eq(c.mail.smtp_password, "env:P");
	ck_assert_str_eq(c.mail.smtp_tls_ca, "/mail.pem");
	ck_assert_int_eq(c.mail.smtp_timeout, 7);
	ck_assert_str_eq(c.log.level, "error");
}
END_TEST

static const char *const references[] = {
	"file:/etc/outport/p", "env:P", "kms:/etc/outport/credentials.kms", "ssm:/outport/db", "secretsmanager:outport",
	"secretsmanager:arn:aws:secretsmanager:ca-central-1:123456789012:secret:rds!db-1234-AbCdEf",
};

START_TEST(a_reference_is_one_wherever_it_may_stand)
{
	char text[1024];
	struct conf c;
	struct conf_error e;
	int n = snprintf(text, sizeof text, SITE "[database]\nhost = %s\nuser = %s\npassword = %s\n[mail]\nsmtp_password = %s\n", references[_i], references[_i],
	                 references[_i], references[_i]);
	ck_assert_msg(load(text, (size_t)n, &c, &e) == ERR_OK, "line %d: %s", e.line, e.text);
	ck_assert_str_eq(c.database.host, references[_i]);
	ck_assert_str_eq(c.database.user, references[_i]);
	ck_assert_str_eq(c.mail.smtp_password, references[_i]);
	ck_assert(conf_is_reference(references[_i]));
	ck_assert(!conf_is_reference("") && !conf_is_reference("outport") && !conf_is_reference("KMS:/x") && !conf_is_reference("2001:db8::1"));
}
END_TEST

static const struct {
	const char *url;
	bool good;
} mail_servers[] = {
	{"smtp://mail.example.ca:587", true}, {"smtps://mail.example.ca", true}, {"smtp://192.0.2.1:25", true}, {"smtp://[2001:db8::1]:25", true}, {"smtp://", false},
	{"mail.example.ca", false}, {"http://mail.example.ca", false}, {"smtp://me:secret@mail.example.ca", false}, {"smtp://mail.example.ca/x", false},
	{"smtp://mail.example.ca:0", false}, {"smtp://mail.example.ca:65536", false}, {"smtp://mail example", false}, {"SMTP://mail.example.ca", false},
};

START_TEST(a_mail_server_is_one)
{
	char text[1024];
	struct conf c;
	struct conf_error e;
	int n = snprintf(text, sizeof text, SITE "[mail]\nsmtp_url = %s\n", mail_servers[_i].url);
	ck_assert_msg((load(text, (size_t)n, &c, &e) == ERR_OK) == mail_servers[_i].good, "%s: %s", mail_servers[_i].url, e.text);
	ck_assert_int_eq(e.line, mail_servers[_i].good ? 0 : SITE_LINES + 2);
}
END_TEST

START_TEST(mail_goes_below_the_runtime_folder_unless_said)
{
	struct conf c;
	char path[64], small[8];
	conf_defaults(&c);
	snprintf(c.worker.runtime_dir, sizeof c.worker.runtime_dir, "/run/x");
	ck_assert_int_eq(conf_mail_folder(&c, path, sizeof path), ERR_OK);
	ck_assert_str_eq(path, "/run/x/mail");
	snprintf(c.mail.folder, sizeof c.mail.folder, "/srv/mail");
	ck_assert_int_eq(conf_mail_folder(&c, path, sizeof path), ERR_OK);
	ck_assert_str_eq(path, "/srv/mail");
	ck_assert_int_eq(conf_mail_folder(&c, small, sizeof small), ERR_TOO_LARGE);
}
END_TEST

START_TEST(the_least_file_gives_the_defaults)
{
	struct conf c, defaults;
	struct conf_error e;
	ck_assert_int_eq(load(BYTES(SITE), &c, &e), ERR_OK);
	conf_defaults(&defaults);
	ck_assert_int_eq(c.worker.threads, defaults.worker.threads);
	ck_assert_int_eq(c.worker.threads, 4);
	ck_assert_str_eq(c.site.name, "Outport");
	ck_assert_str_eq(c.site.name_fr, "Outport");
	ck_assert_str_eq(c.site.languages, "en,fr");
	ck_assert_mem_eq(&c.database, &defaults.database, sizeof c.database);
	ck_assert_mem_eq(&c.worker, &defaults.worker, sizeof c.worker);
	ck_assert_mem_eq(&c.limits, &defaults.limits, sizeof c.limits);
	ck_assert_mem_eq(&c.log, &defaults.log, sizeof c.log);
}
END_TEST

/* inih would cut a line of 200 bytes in two and take the second half for a line. */
START_TEST(a_line_as_long_as_the_readers_room)
{
	char text[512];
	struct conf c;
	struct conf_error e;
	int n = snprintf(text, sizeof text, SITE "# %0*d\n[log]\nlevel = debug\n", 190 + _i, 0);
	enum err err = load(text, (size_t)n, &c, &e);
	size_t line = 2 + 190 + (size_t)_i;
	ck_assert_int_eq(err, line <= 198 ? ERR_OK : ERR_INVALID);
	if (err == ERR_INVALID) {
		ck_assert_int_eq(e.line, 4);
		ck_assert_ptr_nonnull(strstr(e.text, "longer than 198 bytes"));
	} else {
		ck_assert_str_eq(c.log.level, "debug");
	}
}
END_TEST

START_TEST(what_cannot_be_read_is_said)
{
	struct conf c;
	struct conf_error e;
	ck_assert_int_eq(conf_load("/nonexistent/outport.conf", &c, &e), ERR_IO);
	ck_assert_str_eq(e.file, "/nonexistent/outport.conf");
	ck_assert_int_eq(e.line, 0);
	ck_assert_str_eq(e.text, "cannot be opened: No such file or directory");
	ck_assert_int_eq(conf_load("/tmp", &c, &e), ERR_IO);
	ck_assert_str_eq(e.text, "cannot be read: Is a directory");
}
END_TEST

static const struct {
	const char *content;
	size_t n, room;
	enum err err;
	const char *secret;
} secrets[] = {
	{BYTES("hunter2"), 512, ERR_OK, "hunter2"},
	{BYTES("hunter2\n"), 512, ERR_OK, "hunter2"},
	{BYTES("hunter2\r\n"), 512, ERR_OK, "hunter2"},
	{BYTES("hunter2\n\n"), 512, ERR_OK, "hunter2\n"},
	{BYTES(" two words "), 512, ERR_OK, " two words "},
	{BYTES(""), 512, ERR_OK, ""},
	{BYTES("\n"), 512, ERR_OK, ""},
	{BYTES("1234567"), 8, ERR_OK, "1234567"},
	{BYTES("12345678"), 8, ERR_TOO_LARGE, ""},
	{BYTES("123456789012345678"), 8, ERR_TOO_LARGE, ""},
	{BYTES("a\0b"), 512, ERR_INVALID, ""},
};

START_TEST(a_secret_comes_from_its_file)
{
	char reference[300], out[512];
	char *path = file_with(secrets[_i].content, secrets[_i].n);
	snprintf(reference, sizeof reference, "file:%s", path);
	memset(out, 'x', sizeof out);
	ck_assert_int_eq(conf_secret(reference, out, secrets[_i].room), secrets[_i].err);
	ck_assert_str_eq(out, secrets[_i].secret);
	/* What was refused is not left behind in the caller's memory. */
	if (secrets[_i].err != ERR_OK)
		for (size_t i = 0; i < secrets[_i].room; i++)
			ck_assert_int_eq(out[i], 0);
	unlink(path);
	free(path);
}
END_TEST

START_TEST(a_secret_comes_from_elsewhere_or_not_at_all)
{
	char out[8] = "x";
	ck_assert_int_eq(conf_secret("", out, sizeof out), ERR_OK);
	ck_assert_str_eq(out, "");
	setenv("OUTPORT_TEST_SECRET", "s3", 1);
	ck_assert_int_eq(conf_secret("env:OUTPORT_TEST_SECRET", out, sizeof out), ERR_OK);
	ck_assert_str_eq(out, "s3");
	setenv("OUTPORT_TEST_SECRET", "12345678", 1);
	ck_assert_int_eq(conf_secret("env:OUTPORT_TEST_SECRET", out, sizeof out), ERR_TOO_LARGE);
	unsetenv("OUTPORT_TEST_SECRET");
	ck_assert_int_eq(conf_secret("env:OUTPORT_TEST_SECRET", out, sizeof out), ERR_NOT_FOUND);
	ck_assert_int_eq(conf_secret("file:/nonexistent/secret", out, sizeof out), ERR_NOT_FOUND);
	ck_assert_int_eq(conf_secret("file:/tmp", out, sizeof out), ERR_IO);
	ck_assert_int_eq(conf_secret("hunter2", out, sizeof out), ERR_INVALID);
	ck_assert_int_eq(conf_secret("kms:/x", out, sizeof out), ERR_INVALID);
	ck_assert_str_eq(out, "");
}
END_TEST

Suite *suite_conf(void)
{
	Suite *s = suite_create("conf");
	TCase *t = tcase_create("conf");
	tcase_add_loop_test(t, a_wrong_file_is_refused_by_line, 0, sizeof bad / sizeof *bad);
	tcase_add_loop_test(t, an_address_of_the_site_is_one, 0, sizeof urls / sizeof *urls);
	tcase_add_loop_test(t, an_email_is_one, 0, sizeof emails / sizeof *emails);
	tcase_add_test(t, every_key_is_read);
	tcase_add_loop_test(t, a_reference_is_one_wherever_it_may_stand, 0, sizeof references / sizeof *references);
	tcase_add_loop_test(t, a_mail_server_is_one, 0, sizeof mail_servers / sizeof *mail_servers);
	tcase_add_test(t, mail_goes_below_the_runtime_folder_unless_said);
	tcase_add_test(t, the_least_file_gives_the_defaults);
	tcase_add_loop_test(t, a_line_as_long_as_the_readers_room, 0, 24);
	tcase_add_test(t, what_cannot_be_read_is_said);
	tcase_add_loop_test(t, a_secret_comes_from_its_file, 0, sizeof secrets / sizeof *secrets);
	tcase_add_test(t, a_secret_comes_from_elsewhere_or_not_at_all);
	suite_add_tcase(s, t);
	return s;
}
