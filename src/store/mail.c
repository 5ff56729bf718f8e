#include "store/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/mail_internal.h"

enum { MESSAGE_MAX_BYTES = 1 << 20 };

struct mail_carrier {
	const struct conf *conf;
	struct mail_identity identity;
	const struct mail_transport *transport;
	void *self;
	struct buf bytes;
};

static enum err identify(const struct conf *conf, struct mail_identity *id, char *why)
{
	if (conf->mail.from[0] != '\0') {
		snprintf(id->from, sizeof id->from, "%s", conf->mail.from);
	} else {
		char host[200];
		conf_site_host(conf, host, sizeof host);
		snprintf(id->from, sizeof id->from, "outport@%s", host);
	}
	const char *at = strrchr(id->from, '@');
	if (at == NULL || !mail_address_valid(id->from)) {
		snprintf(why, MAIL_WHY_MAX, "[mail] from is no address");
		return ERR_INVALID;
	}
	snprintf(id->domain, sizeof id->domain, "%s", at + 1);
	id->reply_to = conf->mail.reply_to[0] != '\0' ? conf->mail.reply_to : conf->site.contact_email;
	return ERR_OK;
}

/* The way out that the configuration names. */
static enum err open_transport(struct mail_carrier *c, const struct mail_means *with, char why[static MAIL_WHY_MAX])
{
	const struct conf *conf = c->conf;
	if (strcmp(conf->mail.transport, "smtp") == 0) {
		c->transport = &mail_smtp_transport;
		return mail_smtp_new(conf, &c->identity, with, &c->self, why);
	}
	if (strcmp(conf->mail.transport, "ses") == 0) {
		c->transport = &mail_ses_transport;
		return mail_ses_new(conf, &c->identity, with, &c->self, why);
	}
	c->transport = &mail_folder_transport;
	return mail_folder_new(conf, &c->self, why);
}

enum err mail_open(const struct conf *conf, const struct mail_means *with, struct mail_carrier **out, char why[static MAIL_WHY_MAX])
{
	*out = NULL;
	why[0] = '\0';
	struct mail_carrier *c = calloc(1, sizeof *c);
	if (c == NULL)
		return ERR_NOMEM;
	c->conf = conf;
	buf_init(&c->bytes, MESSAGE_MAX_BYTES);
	enum err e = identify(conf, &c->identity, why);
	if (e == ERR_OK)
		e = open_transport(c, with, why);
	if (e != ERR_OK) {
		free(c);
		return e;
	}
	*out = c;
	return ERR_OK;
}

static const char *name_in(const struct conf *conf, const char *lang)
{
	if (conf->mail.from_name[0] != '\0')
		return conf->mail.from_name;
	return strcmp(lang, "fr") == 0 && conf->site.name_fr[0] != '\0' ? conf->site.name_fr : conf->site.name;
}

enum mail_outcome mail_deliver(struct mail_carrier *c, const struct mail_message *m, char why[static MAIL_WHY_MAX])
{
	why[0] = '\0';
	buf_reset(&c->bytes);
	c->identity.from_name = name_in(c->conf, m->lang);
	enum err e = mail_message_write(m, &c->identity, &c->bytes);
	if (e != ERR_OK) {
		snprintf(why, MAIL_WHY_MAX, "%s", e == ERR_INVALID ? "an address or a link of it cannot stand in a mail" : err_text(e));
		return e == ERR_NOMEM ? MAIL_LATER : MAIL_REFUSED;
	}
	return c->transport->deliver(c->self, m, &c->bytes, why);
}

void mail_close(struct mail_carrier *c)
{
	if (c == NULL)
		return;
	c->transport->close(c->self);
	buf_free(&c->bytes);
	free(c);
}
