/* Mails to a mail server (RFC 5321), by libcurl: over TLS that is verified, or not at all. The connection is kept between mails. */
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_curl.h"
#include "store/mail_internal.h"
#include "store/secret.h"
#include "util/log.h"
#include "util/utf8.h"

enum { CONNECT_SECONDS = 10, REPLY_MAX = 300, GONE_US = 10 * 1000000 };

/* How far the conversation about one mail has come: what a refusal is about depends on it. */
enum step { STEP_SESSION, STEP_SENDER, STEP_RECIPIENT, STEP_CONTENT };

struct mail_smtp {
	CURL *curl;
	const struct conf *conf;
	struct cloud *cloud;
	struct secret *secret; /* of [mail] smtp_password; NULL: not read yet */
	const struct mail_identity *from;
	const struct mail_beat *beat;
	char error[CURL_ERROR_SIZE];
	char reply[REPLY_MAX]; /* the server's last refusal, or "" */
	enum step step;
	const struct buf *bytes;
	size_t sent;
};

static size_t read_bytes(char *to, size_t size, size_t n, void *ctx)
{
	struct mail_smtp *s = ctx;
	size_t left = s->bytes->len - s->sent, most = size * n;
	size_t take = left < most ? left : most;
	memcpy(to, s->bytes->data + s->sent, take);
	s->sent += take;
	return take;
}

/* Follows commands and replies. Of a command only its verb is looked at: a sign-in goes through here too. */
static int follow(CURL *curl, curl_infotype type, char *data, size_t n, void *ctx)
{
	struct mail_smtp *s = ctx;
	(void)curl;
	if (type == CURLINFO_HEADER_OUT && n >= 4) {
		if (memcmp(data, "MAIL", 4) == 0)
			s->step = STEP_SENDER;
		else if (memcmp(data, "RCPT", 4) == 0)
			s->step = STEP_RECIPIENT;
		else if (memcmp(data, "DATA", 4) == 0)
			s->step = STEP_CONTENT;
	}
	if (type == CURLINFO_HEADER_IN && n > 0 && (*data == '4' || *data == '5')) {
		size_t len = n < sizeof s->reply ? n : sizeof s->reply - 1;
		memcpy(s->reply, data, len);
		while (len > 0 && (s->reply[len - 1] == '\n' || s->reply[len - 1] == '\r'))
			len--;
		s->reply[len] = '\0';
	}
	return 0;
}

static int progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct mail_smtp *s = ctx;
	(void)a, (void)b, (void)c, (void)d;
	if (s->beat != NULL)
		s->beat->beat(s->beat->ctx);
	return 0;
}

#define SET(option, value) good = good && curl_easy_setopt(s->curl, (option), (value)) == CURLE_OK

static bool set_up(struct mail_smtp *s, const struct conf *conf)
{
	char url[600], sender[300];
	/* what follows the slash is the name we greet with */
	snprintf(url, sizeof url, "%s/%s", conf->mail.smtp_url, s->from->domain);
	snprintf(sender, sizeof sender, "<%s>", s->from->from);
	bool good = true;
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (conf->mail.smtp_tls_ca[0] != '\0')
		SET(CURLOPT_CAINFO, conf->mail.smtp_tls_ca);
	if (conf->mail.smtp_user[0] != '\0')
		SET(CURLOPT_USERNAME, conf->mail.smtp_user);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_MAIL_FROM, sender);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, read_bytes);
	SET(CURLOPT_READDATA, s);
	SET(CURLOPT_DEBUGFUNCTION, follow);
	SET(CURLOPT_DEBUGDATA, s);
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_XFERINFOFUNCTION, progress);
	SET(CURLOPT_XFERINFODATA, s);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_ERRORBUFFER, s->error);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	SET(CURLOPT_TIMEOUT, (long)conf->mail.smtp_timeout);
	return good;
}

/* Nobody's when nobody signs in. */
static enum err read_password(struct mail_smtp *s, struct secret **out, char why[static MAIL_WHY_MAX])
{
	char text[SECRET_WHY_MAX];
	const char *reference = s->conf->mail.smtp_user[0] != '\0' ? s->conf->mail.smtp_password : "";
	enum err e = secret_read(s->cloud, reference, out, text);
	if (e == ERR_OK && reference[0] != '\0' && (*out)->password[0] == '\0') {
		secret_free(*out);
		*out = NULL;
		e = ERR_INVALID;
		snprintf(text, sizeof text, "there is no password in it");
	}
	if (e != ERR_OK)
		snprintf(why, MAIL_WHY_MAX, "[mail] smtp_password = %.150s cannot be read: %.280s", reference, text);
	return e;
}

/* secret is taken. */
static enum err use_password(struct mail_smtp *s, struct secret *secret)
{
	secret_free(s->secret);
	s->secret = secret;
	return secret->password[0] == '\0' || curl_easy_setopt(s->curl, CURLOPT_PASSWORD, secret->password) == CURLE_OK ? ERR_OK : ERR_NOMEM;
}

/* The server has refused the one we have: was it changed? */
static bool renew_password(struct mail_smtp *s)
{
	char why[MAIL_WHY_MAX];
	struct secret *secret;
	if (read_password(s, &secret, why) != ERR_OK) {
		LOG_WARN("smtp_password", LOG_S("error", why));
		return false;
	}
	if (sodium_memcmp(secret->password, s->secret->password, sizeof secret->password) == 0) {
		secret_free(secret);
		return false;
	}
	LOG_INFO("smtp_password_changed", LOG_S("reference", s->conf->mail.smtp_password));
	return use_password(s, secret) == ERR_OK;
}

enum err mail_smtp_new(const struct conf *conf, const struct mail_identity *from, const struct mail_means *with, void **out, char why[static MAIL_WHY_MAX])
{
	if (conf->mail.smtp_url[0] == '\0' || conf->mail.from[0] == '\0') {
		snprintf(why, MAIL_WHY_MAX, "[mail] transport = smtp needs %s", conf->mail.smtp_url[0] == '\0' ? "smtp_url" : "from");
		return ERR_INVALID;
	}
	struct mail_smtp *s = calloc(1, sizeof *s);
	if (s == NULL)
		return ERR_NOMEM;
	s->conf = conf;
	s->cloud = with->cloud;
	s->from = from;
	s->beat = with->beat;
	bool global = aws_curl_start();
	s->curl = global ? curl_easy_init() : NULL;
	if (s->curl == NULL || !set_up(s, conf)) {
		snprintf(why, MAIL_WHY_MAX, "libcurl takes no SMTP");
		curl_easy_cleanup(s->curl);
		if (global)
			aws_curl_end();
		free(s);
		return ERR_INTERNAL;
	}
	*out = s;
	return ERR_OK;
}

/* Refusals that are about us and not about the mail: sign in first (RFC 4954, section 6), or any of security and policy, as a relay that does not
 * know us says it of every recipient (RFC 3463, section 3.8). What the operator sets right goes out then. */
static bool is_policy(const struct mail_smtp *s, long reply)
{
	return reply == 530 || reply == 535 || reply == 538 || (strlen(s->reply) > 3 && strncmp(s->reply + 3, " 5.7.", 5) == 0);
}

static enum mail_outcome outcome_of(const struct mail_smtp *s, CURLcode code)
{
	long reply = 0;
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &reply);
	if (code == CURLE_OK)
		return MAIL_DELIVERED;
	/* A refusal for good is one of this mail only when it is about the recipient or the content (RFC 5321, section 4.2.1). */
	if (s->step >= STEP_RECIPIENT && reply >= 500 && reply <= 599 && !is_policy(s, reply))
		return MAIL_REFUSED;
	return s->step >= STEP_RECIPIENT ? MAIL_LATER : MAIL_AWAY;
}

static void explain(const struct mail_smtp *s, CURLcode code, char *why)
{
	const char *error = s->error[0] != '\0' ? s->error : curl_easy_strerror(code);
	if (s->reply[0] != '\0' && utf8_valid(s->reply, strlen(s->reply)))
		snprintf(why, MAIL_WHY_MAX, "%.160s: %s", error, s->reply);
	else
		snprintf(why, MAIL_WHY_MAX, "%.400s", error);
}

static CURLcode perform(struct mail_smtp *s, const struct buf *bytes, bool fresh)
{
	s->error[0] = s->reply[0] = '\0';
	s->step = STEP_SESSION;
	s->bytes = bytes;
	s->sent = 0;
	curl_easy_setopt(s->curl, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
	return curl_easy_perform(s->curl);
}

static enum mail_outcome smtp_deliver(void *self, const struct mail_message *m, const struct buf *bytes, char why[static MAIL_WHY_MAX])
{
	struct mail_smtp *s = self;
	char recipient[300];
	snprintf(recipient, sizeof recipient, "<%s>", m->to);
	if (s->secret == NULL) {
		struct secret *secret;
		if (read_password(s, &secret, why) != ERR_OK || use_password(s, secret) != ERR_OK)
			return MAIL_AWAY;
	}
	struct curl_slist *to = curl_slist_append(NULL, recipient);
	if (to == NULL || curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, to) != CURLE_OK) {
		curl_slist_free_all(to);
		snprintf(why, MAIL_WHY_MAX, "%s", err_text(ERR_NOMEM));
		return MAIL_LATER;
	}
	CURLcode code = perform(s, bytes, false);
	long made = 0;
	curl_off_t us = 0;
	curl_easy_getinfo(s->curl, CURLINFO_NUM_CONNECTS, &made);
	curl_easy_getinfo(s->curl, CURLINFO_TOTAL_TIME_T, &us);
	/* A kept connection that the server gave up meanwhile says nothing about the server, and shows at once: what took longer may not take twice
	 * smtp_timeout, or the row would be another runner's. Before the content nothing was handed over. */
	if (code != CURLE_OK && code != CURLE_OPERATION_TIMEDOUT && us < GONE_US && made == 0 && s->step < STEP_CONTENT && outcome_of(s, code) != MAIL_REFUSED)
		code = perform(s, bytes, true);
	if (code == CURLE_LOGIN_DENIED && us < GONE_US && renew_password(s))
		code = perform(s, bytes, true);
	enum mail_outcome o = outcome_of(s, code);
	if (o != MAIL_DELIVERED)
		explain(s, code, why);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(to);
	return o;
}

static void smtp_close(void *self)
{
	struct mail_smtp *s = self;
	curl_easy_cleanup(s->curl);
	aws_curl_end();
	secret_free(s->secret);
	free(s);
}

const struct mail_transport mail_smtp_transport = {smtp_deliver, smtp_close};
