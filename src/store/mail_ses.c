/* Mails to Amazon SES. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_retry.h"
#include "aws/aws_ses.h"
#include "store/cloud_internal.h"
#include "store/mail_internal.h"
#include "util/log.h"

/* Each attempt, 20 s of waiting before each, and a minute for credentials. */
_Static_assert(AWS_ATTEMPTS_MAX * (AWS_SES_CALL_MS / 1000 + 20) + 60 <= MAIL_DELIVERY_SECONDS, "a mail is off before its row is another runner's");

struct mail_ses {
	struct cloud *cloud;
	const struct mail_beat *beat;
	const char *from, *configuration_set;
};

/* SES refuses a name that is none for every mail, as if the mails were bad. */
static bool set_name_valid(const char *s)
{
	return strlen(s) <= 64 && s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

enum err mail_ses_new(const struct conf *conf, const struct mail_identity *from, const struct mail_means *with, void **out, char why[static MAIL_WHY_MAX])
{
	struct aws *aws;
	if (conf->mail.from[0] == '\0' || !set_name_valid(conf->mail.ses_configuration_set)) {
		snprintf(why, MAIL_WHY_MAX, "%s", conf->mail.from[0] == '\0' ? "[mail] transport = ses needs from" : "[mail] ses_configuration_set is no such name");
		return ERR_INVALID;
	}
	enum err e = cloud_aws(with->cloud, &aws, why);
	if (e != ERR_OK)
		return e;
	struct mail_ses *s = calloc(1, sizeof *s);
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct mail_ses){.cloud = with->cloud, .beat = with->beat, .from = from->from, .configuration_set = conf->mail.ses_configuration_set};
	*out = s;
	return ERR_OK;
}

/* What SES refuses. Both of its words for "not this mail" stand for other things too: MessageRejected for a sender (or, in the sandbox, a recipient) that is not verified,
 * which the operator sets right; BadRequestException for whatever is wrong with the request, and only what it says of an address is the mail's own fault. */
static enum mail_outcome outcome_of_refusal(const struct aws_answer *a)
{
	if (a->status == 413)
		return MAIL_REFUSED;
	if (strcmp(a->code, "MessageRejected") == 0)
		return strstr(a->message, "not verified") != NULL ? MAIL_AWAY : MAIL_REFUSED;
	if (strcmp(a->code, "BadRequestException") == 0)
		return strstr(a->message, "ddress") != NULL || strstr(a->message, "omain") != NULL ? MAIL_REFUSED : MAIL_LATER;
	/* the account, the sending domain, the configuration set: none would get through */
	static const char *const ours[] = {"AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException", "LimitExceededException"};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (strcmp(a->code, ours[i]) == 0)
			return MAIL_AWAY;
	return MAIL_LATER;
}

/* Being throttled is about all mails: the account's rate, or its day's quota. So the others wait and use up no attempt. */
static enum mail_outcome outcome_of(enum err e, const struct aws_answer *a)
{
	switch (e) {
	case ERR_OK: return MAIL_DELIVERED;
	case ERR_INVALID: return outcome_of_refusal(a);
	case ERR_CONFLICT:
	case ERR_NOMEM: return MAIL_LATER;
	default: return MAIL_AWAY;
	}
}

static void beat(const struct mail_ses *s)
{
	if (s->beat != NULL)
		s->beat->beat(s->beat->ctx);
}

static enum mail_outcome ses_deliver(void *self, const struct mail_message *m, const struct buf *bytes, char why[static MAIL_WHY_MAX])
{
	const struct mail_ses *s = self;
	struct aws *aws;
	char id[AWS_SES_ID_SIZE];
	if (cloud_aws(s->cloud, &aws, why) != ERR_OK)
		return MAIL_AWAY;
	const struct aws_ses_mail mail = {.from = s->from, .to = m->to, .bytes = bytes->data, .n = bytes->len, .configuration_set = s->configuration_set};
	struct aws_answer a;
	beat(s);
	enum err e = aws_ses_send(aws, &mail, id, &a);
	beat(s);
	if (e == ERR_OK)
		LOG_INFO("mail_at_ses", LOG_I("outbox", m->id), LOG_S("message_id", id), LOG_I("attempts", a.attempts));
	else if (a.why[0] != '\0' && a.message[0] != '\0' && strstr(a.why, a.message) == NULL)
		snprintf(why, MAIL_WHY_MAX, "%.200s: %.256s", a.why, a.message);
	else
		snprintf(why, MAIL_WHY_MAX, "%.470s", a.why[0] != '\0' ? a.why : err_text(e));
	enum mail_outcome o = outcome_of(e, &a);
	aws_answer_free(&a);
	return o;
}

static void ses_close(void *self)
{
	free(self);
}

const struct mail_transport mail_ses_transport = {ses_deliver, ses_close};
