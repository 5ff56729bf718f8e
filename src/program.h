/* program: what the FastCGI programs have in common: options, configuration, what the threads share, serving and the end. */
#pragma once

#include "routes.h"

struct program {
	const char *name;          /* "outport.fcgi" */
	const char *serves;        /* for --help: "the site" */
	const struct route *routes;
	size_t route_count;
	int64_t drain_seconds;     /* what is in flight may take so long after SIGTERM, where worker.drain_seconds is less */
	bool apart;                /* how busy its threads are says nothing of the pool that serves the pages */
	/* Runs with the configuration read and nothing else: no secret, no thread, no library is there yet. NULL: nothing to do. */
	enum err (*begin)(struct app *app, const struct conf *conf);
	/* Runs before the threads start, with the app as they will see it. NULL: nothing to do. */
	enum err (*ready)(struct app *app);
	/* Frees what begin and ready made, after the threads. */
	void (*end)(struct app *app);
};

/* main() of such a program: its exit status. */
int program_run(const struct program *p, int argc, char **argv);
