#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "ctl/prompt.h"
#include "ctl/secret_file.h"
#include "store/secret.h"
#include "util/file.h"

enum { FILE_BYTES = 16 * 1024 };

/* ---- encrypt ---- */

/* What standard input holds, into locked memory. */
static int read_input(struct ctl *ctl, struct secret **out)
{
	char why[SECRET_WHY_MAX];
	size_t n = 0;
	ssize_t got = 1;
	char *text = sodium_malloc(SECRET_JSON_MAX + 1);
	if (text == NULL)
		return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	while (n <= SECRET_JSON_MAX && (got = read(STDIN_FILENO, text + n, SECRET_JSON_MAX + 1 - n)) != 0) {
		if (got < 0 && errno != EINTR)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	int status = CTL_OK;
	if (got < 0)
		status = ctl_fail(ctl, "standard input cannot be read: %s", strerror(errno));
	else if (n > SECRET_JSON_MAX)
		status = ctl_fail(ctl, "standard input: at most %d bytes can be encrypted", SECRET_JSON_MAX);
	n -= n > 0 && text[n - 1] == '\n';
	if (status == CTL_OK && secret_parse(text, n, out, why) != ERR_OK)
		status = ctl_fail(ctl, "standard input: %s", why);
	sodium_free(text);
	return status;
}

static int ask_port(struct ctl *ctl, int64_t *out)
{
	char text[16];
	long long port = 0;
	int status = prompt_line(ctl, "Port, or nothing", false, text, sizeof text);
	if (status == CTL_OK && text[0] != '\0' && !args_number(text, 1, 65535, &port))
		return ctl_fail(ctl, "the port is a whole number from 1 to 65535");
	*out = port;
	return status;
}

static int ask(struct ctl *ctl, struct secret **out)
{
	char why[SECRET_WHY_MAX];
	struct secret *s = NULL, *again = NULL;
	if (secret_parse("", 0, &s, why) != ERR_OK || secret_parse("", 0, &again, why) != ERR_OK) {
		secret_free(s);
		return ctl_fail(ctl, "%s", why);
	}
	int status = prompt_line(ctl, "User name, or nothing", false, s->username, sizeof s->username);
	if (status == CTL_OK)
		status = prompt_line(ctl, "Password (it is not shown)", true, s->password, sizeof s->password);
	if (status == CTL_OK)
		status = prompt_line(ctl, "The same password again", true, again->password, sizeof again->password);
	if (status == CTL_OK && strcmp(s->password, again->password) != 0)
		status = ctl_fail(ctl, "the two passwords differ: nothing was made");
	if (status == CTL_OK)
		status = prompt_line(ctl, "Host, or nothing", false, s->host, sizeof s->host);
	if (status == CTL_OK)
		status = ask_port(ctl, &s->port);
	if (status == CTL_OK)
		status = prompt_line(ctl, "Database, or nothing", false, s->database, sizeof s->database);
	secret_free(again);
	if (status == CTL_OK)
		*out = s;
	else
		secret_free(s);
	return status;
}

static int write_encrypted(struct ctl *ctl, const struct secret *s, const char *path)
{
	char why[SECRET_WHY_MAX], fields[SECRET_FIELDS_MAX];
	const char *group = args_value(&ctl->args, "group");
	struct buf text;
	buf_init(&text, FILE_BYTES);
	enum err e = secret_encrypt(ctl->cloud, args_value(&ctl->args, "key-id"), s, &text, why);
	int status = e == ERR_OK ? secret_file_write(ctl, path, &text, group, args_has(&ctl->args, "force"))
	                         : ctl_fail(ctl, "nothing was encrypted by %s: %s", args_value(&ctl->args, "key-id"), why);
	buf_free(&text);
	if (status != CTL_OK)
		return status;
	secret_fields(s, fields);
	char *whole = realpath(path, NULL);
	printf("%s holds %s (mode %s).\nThe configuration names it by: kms:%s\n", path, fields, group == NULL ? "0600" : "0640", whole != NULL ? whole : path);
	free(whole);
	return CTL_OK;
}

static int encrypt(struct ctl *ctl)
{
	const char *path = args_value(&ctl->args, "out"), *key = args_value(&ctl->args, "key-id");
	struct secret *s = NULL;
	if (key == NULL || key[0] == '\0' || path == NULL || path[0] == '\0')
		return ctl_usage(ctl, "--%s is needed", key == NULL || key[0] == '\0' ? "key-id" : "out");
	/* before anything is typed in vain */
	if (!args_has(&ctl->args, "force") && access(path, F_OK) == 0)
		return ctl_fail(ctl, "%s is there already: --force replaces it", path);
	int status = prompt_possible() ? ask(ctl, &s) : read_input(ctl, &s);
	if (status == CTL_OK && s->password[0] == '\0')
		status = ctl_fail(ctl, "there is no password in it: nothing was encrypted");
	if (status == CTL_OK)
		status = write_encrypted(ctl, s, path);
	secret_free(s);
	return status;
}

/* ---- decrypt ---- */

/* By write(2): no copy stays in a buffer of stdio. */
static int show(struct ctl *ctl, const struct secret *s)
{
	size_t n = 0;
	char *json = sodium_malloc(SECRET_JSON_MAX + 1);
	enum err e = json != NULL ? secret_write(s, json, &n) : ERR_NOMEM;
	int status = e == ERR_OK ? CTL_OK : ctl_fail(ctl, "it cannot be shown: %s", err_text(e));
	if (e == ERR_OK)
		json[n++] = '\n';
	if (status == CTL_OK && !file_write_all(STDOUT_FILENO, json, n))
		status = ctl_fail(ctl, "the output cannot be written");
	sodium_free(json);
	return status;
}

static int decrypt(struct ctl *ctl)
{
	char reference[CONF_TEXT_MAX], why[SECRET_WHY_MAX], fields[SECRET_FIELDS_MAX];
	const char *path = ctl->args.positional[0];
	struct secret *s;
	if (snprintf(reference, sizeof reference, "kms:%s", path) >= (int)sizeof reference)
		return ctl_usage(ctl, "%s: the path is too long", path);
	if (secret_read(ctl->cloud, reference, &s, why) != ERR_OK)
		return ctl_fail(ctl, "%s cannot be decrypted: %s", path, why);
	int status = CTL_OK;
	secret_fields(s, fields);
	if (args_has(&ctl->args, "show"))
		status = show(ctl, s);
	else
		printf("%s holds %s. Its values are shown with --show only.\n", path, fields);
	secret_free(s);
	return status;
}

/* ---- show-source ---- */

struct source {
	const char *key, *value;
	bool password; /* what the key is there for */
};

static bool show_secret(struct ctl *ctl, const struct source *k)
{
	char why[SECRET_WHY_MAX], fields[SECRET_FIELDS_MAX];
	struct secret *s;
	if (!secret_is_reference(k->value)) {
		printf("%s: %s\n", k->key, k->value[0] == '\0' ? "none" : "as the configuration says");
		return true;
	}
	enum err e = secret_read(ctl->cloud, k->value, &s, why);
	if (e != ERR_OK) {
		printf("%s = %s\n  cannot be read%s: %s\n", k->key, k->value, secret_is_away(e) ? " for now" : "", why);
		return false;
	}
	secret_fields(s, fields);
	bool lacks = k->password && s->password[0] == '\0', plain = !k->password && strcmp(fields, "password") == 0;
	printf("%s = %s\n  can be read: tells %s%s\n", k->key, k->value, plain ? "the value itself" : fields, lacks ? ", but no password" : "");
	if (strcmp(k->key, "[database] password") == 0 && (s->username[0] != '\0' || s->host[0] != '\0' || s->database[0] != '\0' || s->port != 0))
		puts("  what it tells beside the password goes before the file's own values");
	secret_free(s);
	return !lacks;
}

static int show_source(struct ctl *ctl)
{
	const struct conf *c = &ctl->conf;
	const struct source sources[] = {
		{"[database] host", c->database.host, false}, {"[database] user", c->database.user, false},
		{"[database] password", c->database.password, true}, {"[mail] smtp_password", c->mail.smtp_password, true},
	};
	char why[SECRET_WHY_MAX];
	const char *from = "";
	bool good = true;
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		good = show_secret(ctl, &sources[i]) && good;
	if (!cloud_is_used(c)) {
		puts("AWS: not used");
		return good ? CTL_OK : CTL_FAILED;
	}
	enum err e = cloud_credentials(&from, why);
	if (e == ERR_OK)
		printf("AWS: credentials from the %s\n", from);
	else
		printf("AWS: no credentials: %s\n", why);
	return good && e == ERR_OK ? CTL_OK : CTL_FAILED;
}

/* ---- The commands ---- */

static const struct arg_option encrypt_options[] = {
	{"key-id", "KEY", "the key of KMS: alias/NAME, its id or its ARN"},
	{"out", "FILE", "the file to make"},
	{"group", "GROUP", "let this group read it (mode 0640, else 0600)"},
	{"force", NULL, "replace a file that is there"},
	{NULL, NULL, NULL},
};

static const struct arg_option decrypt_options[] = {
	{"show", NULL, "print the values, the password too, as JSON"},
	{NULL, NULL, NULL},
};

const struct command secrets_commands[] = {
	{"secrets encrypt", "--key-id KEY --out FILE", "Makes a file of credentials that only AWS KMS can open",
	 "Reads the credentials from standard input: a JSON object with password and, if you like,\n"
	 "username, host, port and database; or the password alone. At a terminal it asks for each,\n"
	 "without showing the password. They are never taken from the command line. KMS encrypts\n"
	 "them for this site's use only, by the encryption context application=outport,\n"
	 "purpose=credentials; who may decrypt is the key's policy to say. The file is made whole\n"
	 "or not at all, and is replaced with --force only.\n\n"
	 "Examples\n"
	 "  outportctl secrets encrypt --key-id alias/outport --out /etc/outport/database.kms \\\n"
	 "      --group outport\n"
	 "  aws secretsmanager get-secret-value --secret-id site --query SecretString \\\n"
	 "      --output text | outportctl secrets encrypt --key-id alias/outport --out site.kms\n",
	 encrypt_options, 0, 0, CTL_NEEDS_CONF, encrypt},
	{"secrets decrypt", "FILE [--show]", "Opens such a file and says what it holds",
	 "Shows that this machine may open the file, and which fields are in it. The values are\n"
	 "printed with --show only: mind who looks at the screen, and where a pipe ends.\n\n"
	 "Examples\n"
	 "  outportctl secrets decrypt /etc/outport/database.kms\n"
	 "  outportctl secrets decrypt /etc/outport/database.kms --show\n",
	 decrypt_options, 1, 1, CTL_NEEDS_CONF, decrypt},
	{"secrets show-source", "", "Says where each secret comes from and whether it can be read",
	 "Reads every secret of the configuration as the workers would, and AWS's credentials if\n"
	 "they are needed. No value is ever printed. Ends with status 1 when one cannot be read.\n\n"
	 "Example\n  outportctl secrets show-source\n",
	 NULL, 0, 0, CTL_NEEDS_CONF, show_source},
	{NULL, NULL, NULL, NULL, NULL, 0, 0, CTL_NEEDS_NOTHING, NULL},
};
