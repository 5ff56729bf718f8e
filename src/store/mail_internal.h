/* What the files of store/mail share. */
#pragma once

#include "store/mail.h"
#include "util/buf.h"

/* A way out. deliver gets the message as it goes over the wire (CRLF lines). */
struct mail_transport {
	enum mail_outcome (*deliver)(void *self, const struct mail_message *m, const struct buf *bytes, char why[static MAIL_WHY_MAX]);
	void (*close)(void *self);
};

/* Who mails come from. */
struct mail_identity {
	char from[256];
	char domain[256];     /* of from */
	const char *from_name, *reply_to;
};

/* The message with all its headers (RFC 5322, 2045, 2047). ERR_INVALID: an address or a link cannot stand in a header. */
MUST_CHECK enum err mail_message_write(const struct mail_message *m, const struct mail_identity *from, struct buf *out);
/* An address that may stand in a header and a command as it is: printable ASCII, one @, nothing that ends or quotes anything. */
bool mail_address_valid(const char *s);

extern const struct mail_transport mail_folder_transport, mail_smtp_transport, mail_ses_transport;
MUST_CHECK enum err mail_folder_new(const struct conf *conf, void **out, char why[static MAIL_WHY_MAX]);
MUST_CHECK enum err mail_smtp_new(const struct conf *conf, const struct mail_identity *from, const struct mail_means *with, void **out, char why[static MAIL_WHY_MAX]);
MUST_CHECK enum err mail_ses_new(const struct conf *conf, const struct mail_identity *from, const struct mail_means *with, void **out, char why[static MAIL_WHY_MAX]);
