#include "program.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/miss_counter.h"
#include "app/rule_cache.h"
#include "app/view_counter.h"
#include "db/db.h"
#include "http/worker.h"
#include "model/money.h"
#include "store/cloud.h"
#include "store/database_login.h"
#include "util/log.h"

enum { PROCESS_ARENA = 4 << 20, OPENAPI_MAX = 512 << 10 };

extern char **environ;

struct options {
	const char *config;
	const char *socket;
	bool routes;
};

static const char usage[] =
	"Usage: %s --config FILE [--socket PATH]\n"
	"\n"
	"Serves %s by FastCGI on the socket systemd hands over (LISTEN_FDS), or on\n"
	"the Unix socket PATH. Started by a web server as a plain CGI program, it answers\n"
	"the one request in its environment.\n"
	"\n"
	"  --config FILE   the configuration; default $OUTPORT_CONFIG, then " OUTPORT_SYSCONFDIR "/outport.conf\n"
	"  --socket PATH   the socket to listen on\n"
	"  --routes        print the route table and exit\n"
	"  --version       print the version and exit\n"
	"  --help          print this and exit\n";

/* Exit status to end with, or -1 to go on. */
static int options_read(const struct program *p, int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'c'}, {"socket", required_argument, NULL, 's'}, {"routes", no_argument, NULL, 'r'},
		{"version", no_argument, NULL, 'v'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0},
	};
	const char *config = getenv("OUTPORT_CONFIG");
	*o = (struct options){.config = config != NULL ? config : OUTPORT_SYSCONFDIR "/outport.conf"};
	for (int k; (k = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		switch (k) {
		case 'c': o->config = optarg; break;
		case 's': o->socket = optarg; break;
		case 'r': o->routes = true; break;
		case 'v': puts("outport " OUTPORT_VERSION); return EXIT_SUCCESS;
		case 'h': printf(usage, p->name, p->serves); return EXIT_SUCCESS;
		default: fprintf(stderr, usage, p->name, p->serves); return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: no argument is expected, but there is \"%s\"\n", p->name, argv[optind]);
		return 2;
	}
	return -1;
}

static enum log_level level_of(const char *name)
{
	static const char *const names[] = {"debug", "info", "warning", "error"};
	for (int i = 0; i < 4; i++)
		if (strcmp(names[i], name) == 0)
			return (enum log_level)i;
	return LOG_LEVEL_INFO;
}

/* A whole small file in the arena; NULL with a log line when it cannot be read. */
static char *file_read(struct arena *a, const char *dir, const char *name)
{
	struct buf path;
	buf_init(&path, 1024);
	buf_printf(&path, "%s/%s", dir, name);
	char *text = NULL;
	FILE *f = fopen(buf_str(&path), "re");
	if (f != NULL) {
		text = arena_alloc(a, OPENAPI_MAX);
		size_t n = text != NULL ? fread(text, 1, OPENAPI_MAX - 1, f) : 0;
		if (n == 0 || ferror(f))
			text = NULL;
		fclose(f);
	}
	if (text == NULL)
		LOG_ERROR("start_failed", LOG_S("file", buf_str(&path)), LOG_S("error", "cannot be read"));
	buf_free(&path);
	return text;
}

static enum err app_load(struct app *app, const struct conf *conf, struct arena *a)
{
	app->conf = conf;
	app->money_digits = money_digits(conf->site.currency);
	app->site.name[LANG_EN] = conf->site.name;
	app->site.name[LANG_FR] = conf->site.name_fr[0] != '\0' ? conf->site.name_fr : conf->site.name;
	app->site.url = conf->site.url;
	app->site.languages[LANG_EN] = strstr(conf->site.languages, "en") != NULL;
	app->site.languages[LANG_FR] = strstr(conf->site.languages, "fr") != NULL;
	app->site.first = strncmp(conf->site.languages, "fr", 2) == 0 ? LANG_FR : LANG_EN;
	enum err e = layout_load(a, conf->worker.client_dir, &app->site);
	if (e != ERR_OK) {
		LOG_ERROR("start_failed", LOG_S("client_dir", conf->worker.client_dir), LOG_S("error", "its partials cannot be read"));
		return e;
	}
	app->openapi = file_read(a, conf->worker.client_dir, "openapi.json");
	if (app->openapi == NULL)
		return ERR_IO;
	e = metrics_open(conf->worker.runtime_dir[0] != '\0' ? conf->worker.runtime_dir : NULL, &app->metrics);
	if (e != ERR_OK) {
		LOG_ERROR("start_failed", LOG_S("runtime_dir", conf->worker.runtime_dir), LOG_S("error", err_text(e)));
		return e;
	}
	app->catalogs = catalog_cache_new();
	app->counts = count_cache_new();
	app->keys = site_keys_new();
	app->rules = rule_cache_new();
	app->views = view_counter_new();
	app->misses = miss_counter_new();
	return app->catalogs != NULL && app->counts != NULL && app->keys != NULL && app->rules != NULL && app->views != NULL && app->misses != NULL ? ERR_OK : ERR_NOMEM;
}

static void app_unload(struct app *app)
{
	catalog_cache_free(app->catalogs);
	count_cache_free(app->counts);
	site_keys_free(app->keys);
	rule_cache_free(app->rules);
	view_counter_free(app->views);
	miss_counter_free(app->misses);
	if (app->metrics != NULL)
		metrics_close(app->metrics);
}

static bool plain_cgi(const struct options *o)
{
	return o->socket == NULL && getenv("LISTEN_FDS") == NULL;
}

/* Serves until told to stop, or answers the one request of a plain CGI call. */
static enum err serve(const struct program *p, const struct options *o, struct app *app, struct site *site)
{
	struct http_worker w = {.listen_fd = -1, .conf = app->conf, .metrics = app->metrics, .app = site_http_app(site), .drain_seconds = p->drain_seconds,
	                        .apart = p->apart};
	if (plain_cgi(o))
		return http_worker_cgi(&w, environ);
	enum err e = ERR_OK;
	w.listen_fd = http_worker_listen(o->socket, &e);
	if (w.listen_fd < 0) {
		LOG_ERROR("start_failed", LOG_S("socket", o->socket), LOG_S("error", e == ERR_EXISTS ? "another worker listens there" : err_text(e)));
		return e;
	}
	e = http_worker_run(&w);
	if (e == ERR_TIMEOUT)
		_exit(EXIT_FAILURE); /* a thread may still run in what would be freed now */
	return e;
}

/* A worker waits for a service that is away, a plain CGI call does not: somebody waits for it. */
static enum err login_begin(const struct options *o, struct database_login *login)
{
	char why[DB_WHY_MAX];
	if (!plain_cgi(o))
		return database_login_await(login);
	enum err e = database_login_read(login, why);
	if (e != ERR_OK)
		LOG_ERROR("start_failed", LOG_S("error", err_text(e)), LOG_S("why", why));
	return e;
}

static enum err run_site(const struct program *p, const struct options *o, struct app *app, struct database_login *login)
{
	const struct db_login_source source = database_login_source(login);
	struct site *site = site_new(app, &source, p->routes, p->route_count);
	struct arena *a = arena_new(PROCESS_ARENA);
	enum err e = site != NULL && a != NULL ? db_library_init() : ERR_NOMEM;
	if (e == ERR_OK)
		e = app_load(app, app->conf, a);
	if (e == ERR_OK && p->ready != NULL)
		e = p->ready(app);
	if (e == ERR_OK)
		e = serve(p, o, app, site);
	if (p->end != NULL)
		p->end(app);
	app_unload(app);
	site_free(site);
	if (a != NULL)
		arena_free(a);
	db_library_end();
	return e;
}

static int run(const struct program *p, const struct options *o)
{
	static struct conf conf;
	struct conf_error problem;
	if (conf_load(o->config, &conf, &problem) != ERR_OK) {
		LOG_ERROR("start_failed", LOG_S("file", problem.file), LOG_I("line", problem.line), LOG_S("error", problem.text));
		return EXIT_FAILURE;
	}
	log_set_level(level_of(conf.log.level));
	struct app app = {.conf = &conf};
	if (p->begin != NULL && p->begin(&app, &conf) != ERR_OK)
		return EXIT_FAILURE;
	if (cloud_open(&conf, &app.cloud) != ERR_OK)
		return EXIT_FAILURE;
	struct database_login *login = NULL;
	enum err e = database_login_open(&conf, app.cloud, &login);
	if (e == ERR_OK)
		e = login_begin(o, login);
	if (e == ERR_OK)
		e = run_site(p, o, &app, login);
	else if (p->end != NULL)
		p->end(&app);
	database_login_free(login);
	cloud_close(app.cloud);
	return e == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int program_run(const struct program *p, int argc, char **argv)
{
	struct options o;
	int status = options_read(p, argc, argv, &o);
	if (status >= 0)
		return status;
	if (o.routes) {
		struct buf text;
		buf_init(&text, 64 << 10);
		routes_print(p->routes, p->route_count, &text);
		fputs(buf_str(&text), stdout);
		buf_free(&text);
		return EXIT_SUCCESS;
	}
	if (o.socket == NULL && getenv("LISTEN_FDS") == NULL && getenv("REQUEST_METHOD") == NULL) {
		fprintf(stderr, usage, p->name, p->serves);
		return 2;
	}
	return run(p, &o);
}
