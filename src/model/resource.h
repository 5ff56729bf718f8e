/* resource: an article of the site, in Markdown, in both languages. */
#pragma once

#include <stdint.h>

struct resource {
	int64_t id;
	const char *slug;
	const char *title[2];    /* by enum lang */
	const char *summary[2];
	const char *body[2];     /* Markdown; NULL in lists */
	int64_t position;
	int64_t updated_at;
};
