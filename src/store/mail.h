/* mail: a finished mail leaves the site: into a folder, a file per mail, to a mail server by SMTP, or to Amazon SES, as [mail] transport says. Each
 * process that delivers opens a carrier of its own and uses it from one thread. */
#pragma once

#include <stdint.h>

#include "store/cloud.h"
#include "util/conf.h"
#include "util/err.h"

enum {
	MAIL_WHY_MAX = 480,
	MAIL_DELIVERY_SECONDS = 240, /* what one delivery may take at the very most */
};

struct mail_message {
	int64_t id;              /* of the outbox: a mail's Message-ID is made of both, so that a repeat after a crash can be told */
	int64_t created_at;
	const char *to, *to_name; /* an address (dot-atom, ASCII); the name may be "" */
	const char *lang;        /* "en", "fr" */
	const char *subject;     /* plain texts in UTF-8 */
	const char *text, *html;
	const char *unsubscribe; /* an absolute link that a POST to unsubscribes (RFC 8058); NULL: none */
};

enum mail_outcome {
	MAIL_DELIVERED,
	MAIL_LATER,   /* this one did not get through: try again */
	MAIL_AWAY,    /* none would: the server, the network, the sign-in, the disk */
	MAIL_REFUSED, /* this one never will: its address or its content is refused for good */
};

struct mail_carrier;

/* Called now and then while a delivery takes its time, so that a watchdog can be told. */
struct mail_beat {
	void (*beat)(void *ctx);
	void *ctx;
};

/* What the transports need beside the configuration. cloud: for ses, and where the mail server's password may be kept. beat may be NULL. */
struct mail_means {
	struct cloud *cloud;
	const struct mail_beat *beat;
};

/* conf, cloud and beat live as long as it. Nobody is asked for anything yet: the mail server's password is read with the first mail, and again when it is refused. ERR_INVALID: the
 * configuration does not do (no smtp_url, no from, no region); why says it in a sentence's end. */
MUST_CHECK enum err mail_open(const struct conf *conf, const struct mail_means *with, struct mail_carrier **out, char why[static MAIL_WHY_MAX]);
/* why: what stood in the way, for the site's operator; it may name the recipient and is not for the log. "" when delivered. */
MUST_CHECK enum mail_outcome mail_deliver(struct mail_carrier *c, const struct mail_message *m, char why[static MAIL_WHY_MAX]);
void mail_close(struct mail_carrier *c);
