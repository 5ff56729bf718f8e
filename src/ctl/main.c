/* outportctl: the sysadmin's and the site owner's tool. The table of commands stands below; each command is a file. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "util/log.h"

static const struct {
	const char *heading;
	const struct command *commands;
} tables[] = {
	{"Installation", setup_commands},
	{NULL, migrate_commands},
	{NULL, check_config_commands},
	{NULL, secrets_commands},
	{"Content", listing_commands},
	{NULL, category_commands},
	{NULL, place_commands},
	{NULL, resource_commands},
	{NULL, message_commands},
	{NULL, photos_commands},
	{NULL, store_commands},
	{"People", member_commands},
	{"Many listings at once", import_commands},
	{NULL, export_commands},
	{NULL, demo_data_commands},
	{"Mail and what is due", jobs_commands},
	{NULL, outbox_commands},
};
enum { TABLES = sizeof tables / sizeof *tables };

/* Every command takes these beside its own. */
static const struct arg_option common_options[] = {
	{"config", "FILE", "the configuration to use"},
	{"help", NULL, "this help"},
	{NULL, NULL, NULL},
};
enum { OPTIONS_MAX = 32 };

static const char *default_config(void)
{
	const char *path = getenv("OUTPORT_CONFIG");
	return path != NULL && path[0] != '\0' ? path : OUTPORT_SYSCONFDIR "/outport.conf";
}

static void print_help(void)
{
	fputs("Usage: outportctl [--config FILE] COMMAND [ARGUMENT...]\n\n"
	      "Sets up an Outport site and runs its content. Every command has its own help:\n"
	      "outportctl COMMAND --help.\n", stdout);
	for (size_t i = 0; i < TABLES; i++) {
		if (tables[i].heading != NULL)
			printf("\n%s\n", tables[i].heading);
		for (const struct command *c = tables[i].commands; c->name != NULL; c++)
			printf("  %-20s %s\n", c->name, c->summary);
	}
	printf("\nOptions\n"
	       "  --config FILE        the configuration; else $OUTPORT_CONFIG, else\n"
	       "                       " OUTPORT_SYSCONFDIR "/outport.conf\n"
	       "  --help, --version\n"
	       "\nExit status: 0 done, 1 failed, 2 the command line is wrong.\n");
}

static void print_options(const struct arg_option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		char left[64];
		snprintf(left, sizeof left, "--%s%s%s", options->name, options->value == NULL ? "" : " ", options->value == NULL ? "" : options->value);
		printf(strlen(left) > 26 ? "  %s\n                              %s\n" : "  %-26s  %s\n", left, options->help);
	}
}

static void print_command_help(const struct command *c)
{
	printf("Usage: outportctl %s%s%s\n\n%s.\n", c->name, c->usage[0] == '\0' ? "" : " ", c->usage, c->summary);
	if (c->details != NULL)
		printf("\n%s", c->details);
	fputs("\nOptions\n", stdout);
	print_options(c->options);
	print_options(common_options);
}

/* "category --help": the commands that begin with the word. */
static void print_group_help(const char *word)
{
	printf("Usage: outportctl %s COMMAND [ARGUMENT...]\n\n", word);
	size_t n = strlen(word);
	for (size_t i = 0; i < TABLES; i++)
		for (const struct command *c = tables[i].commands; c->name != NULL; c++)
			if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ')
				printf("  %-20s %s\n", c->name, c->summary);
	printf("\nMore: outportctl %s COMMAND --help\n", word);
}

/* The command that the words name, and how many of them do: "category" "add" is two. group: whether a command begins with
 * the first word at all. */
static const struct command *find(int argc, char *const argv[], int *words, bool *group)
{
	*group = false;
	for (size_t i = 0; argc > 0 && i < TABLES; i++) {
		for (const struct command *c = tables[i].commands; c->name != NULL; c++) {
			size_t n = strlen(argv[0]);
			if (strncmp(c->name, argv[0], n) != 0)
				continue;
			if (c->name[n] == '\0') {
				*words = 1;
				return c;
			}
			if (c->name[n] != ' ')
				continue;
			*group = true;
			if (argc > 1 && strcmp(c->name + n + 1, argv[1]) == 0) {
				*words = 2;
				return c;
			}
		}
	}
	return NULL;
}

static int load_conf(struct ctl *ctl)
{
	struct conf_error e;
	enum err result = conf_load(ctl->config_path, &ctl->conf, &e);
	if (result == ERR_OK)
		return CTL_OK;
	if (e.line > 0)
		return ctl_fail(ctl, "%s:%d: %s", e.file, e.line, e.text);
	return ctl_fail(ctl, "%s: %s", e.file, e.text);
}

static int connect_conf(struct ctl *ctl)
{
	struct db_login_source source;
	int status = ctl_login(ctl, &source);
	return status == CTL_OK ? ctl_connect(ctl, &ctl->conf, &source, &ctl->db) : status;
}

static int run(struct ctl *ctl)
{
	int status = CTL_OK;
	ctl->arena = arena_new(CTL_ARENA_BYTES);
	if (ctl->arena == NULL || db_library_init() != ERR_OK)
		return ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	if (ctl->command->need != CTL_NEEDS_NOTHING)
		status = load_conf(ctl);
	if (status == CTL_OK && ctl->command->need != CTL_NEEDS_NOTHING && cloud_open(&ctl->conf, &ctl->cloud) != ERR_OK)
		status = ctl_fail(ctl, "%s", err_text(ERR_NOMEM));
	if (status == CTL_OK && ctl->command->need == CTL_NEEDS_DB)
		status = connect_conf(ctl);
	if (status == CTL_OK)
		status = ctl->command->run(ctl);
	db_free(ctl->db);
	database_login_free(ctl->login);
	cloud_close(ctl->cloud);
	arena_free(ctl->arena);
	db_library_end();
	/* whoever read the output may have had enough of it: "| head" */
	errno = 0;
	if (status == CTL_OK && (fflush(stdout) != 0 || ferror(stdout)))
		status = errno == EPIPE ? CTL_FAILED : ctl_fail(ctl, "the output cannot be written");
	return status;
}

/* An edit that says what to edit, but not what of it. */
static bool edits_nothing(const struct ctl *ctl)
{
	static const char edit[] = " edit";
	size_t n = strlen(ctl->command->name), tail = sizeof edit - 1;
	if (n < tail || strcmp(ctl->command->name + n - tail, edit) != 0)
		return false;
	for (size_t i = 0; i < ctl->args.given_count; i++)
		if (strcmp(ctl->args.given[i]->name, "config") != 0)
			return false;
	return true;
}

static int run_command(struct ctl *ctl, const struct command *c, int argc, char *const argv[])
{
	struct arg_option options[OPTIONS_MAX + 1] = {{0}};
	size_t n = 0;
	for (const struct arg_option *o = c->options; o != NULL && o->name != NULL && n < OPTIONS_MAX - 2; o++)
		options[n++] = *o;
	for (const struct arg_option *o = common_options; o->name != NULL; o++)
		options[n++] = *o;
	ctl->command = c;
	enum err e = args_parse(&ctl->args, options, argc, argv);
	if (args_has(&ctl->args, "help")) {
		print_command_help(c);
		return CTL_OK;
	}
	if (e != ERR_OK)
		return ctl_usage(ctl, "%s", ctl->args.problem);
	if (ctl->args.n < c->min_args)
		return ctl_usage(ctl, "an argument is missing: outportctl %s %s", c->name, c->usage);
	if (ctl->args.n > c->max_args)
		return ctl_usage(ctl, "%s: one argument too many", ctl->args.positional[c->max_args]);
	if (edits_nothing(ctl))
		return ctl_usage(ctl, "%s: nothing is given to change", ctl->args.positional[0]);
	if (args_has(&ctl->args, "config"))
		ctl->config_path = args_value(&ctl->args, "config");
	return run(ctl);
}

/* Options before the command. Returns how many words they took, or -1 when the program is done (status says how). */
static int take_leading(struct ctl *ctl, int argc, char *const argv[], int *status)
{
	int i = 1;
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			print_help();
			*status = CTL_OK;
			return -1;
		}
		if (strcmp(argv[i], "--version") == 0) {
			puts("outportctl " OUTPORT_VERSION);
			*status = CTL_OK;
			return -1;
		}
		if (strncmp(argv[i], "--config=", 9) == 0) {
			ctl->config_path = argv[i] + 9;
		} else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			ctl->config_path = argv[++i];
		} else {
			*status = ctl_usage(ctl, strcmp(argv[i], "--config") == 0 ? "%s: needs a value" : "%s: there is no such option", argv[i]);
			return -1;
		}
	}
	return i;
}

int main(int argc, char **argv)
{
	struct ctl ctl = {.config_path = default_config()};
	int status = CTL_OK, words = 0;
	bool group;
	signal(SIGPIPE, SIG_IGN);
	/* what fails is said in a sentence of the tool's own */
	log_set_level(LOG_LEVEL_NONE);
	int first = take_leading(&ctl, argc, argv, &status);
	if (first < 0)
		return status;
	if (first == argc) {
		print_help();
		return CTL_USAGE;
	}
	const struct command *c = find(argc - first, argv + first, &words, &group);
	if (c != NULL)
		return run_command(&ctl, c, argc - first - words, argv + first + words);
	if (!group)
		return ctl_usage(&ctl, "%s: there is no such command", argv[first]);
	if (first + 1 < argc && strcmp(argv[first + 1], "--help") == 0) {
		print_group_help(argv[first]);
		return CTL_OK;
	}
	if (first + 1 == argc)
		ctl_usage(&ctl, "%s what? A command is missing", argv[first]);
	else
		ctl_usage(&ctl, "%s %s: there is no such command", argv[first], argv[first + 1]);
	return CTL_USAGE;
}
