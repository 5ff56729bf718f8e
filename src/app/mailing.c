#include "app/mailing.h"

#include <string.h>

const char *mailing_link(const struct context *c, const char *lang, const char *path, const char *more)
{
	return context_join(c, c->app->conf->site.url, strcmp(lang, "fr") == 0 ? lang_prefix(LANG_FR) : "", path, more != NULL ? more : "", NULL);
}

const char *mailing_order(const struct context *c, const struct mail *m)
{
	return mail_encode(c->arena, m);
}
