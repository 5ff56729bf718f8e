#include "app/conversation_send.h"

#include <string.h>

#include "app/mailing.h"
#include "app/screening.h"
#include "db/moderation_db.h"

/* A batch of messages with their mails. */
enum { RELEASE_ARENA = 4 * 1024 * 1024 };

/* The mail that brings body to whom it is for, and the hash of the token in its links. NULL when memory is out. */
static const char *mail_make(struct context *c, const struct conversation_person *to, const char *writer, const char *title, const char *body,
                             uint8_t hash[static TOKEN_HASH])
{
	char token[TOKEN_TEXT + 1];
	token_make(token, hash);
	const char *link = mailing_link(c, to->lang, "/conversations/t/", token);
	const struct mail m = {
		.kind = MAIL_CONVERSATION, .to = to->email, .to_name = to->name, .lang = to->lang,
		.arg = {*writer != '\0' ? writer : tr(c->lang, MSG_CONVERSATION_SOMEBODY), title, body, link, context_join(c, link, "/flag", NULL)},
	};
	return mailing_order(c, &m);
}

static void refuse(struct posting *p, int status, enum msg text)
{
	field_errors_add(&p->errors, "", text, NULL);
	p->status = status;
}

/* What is said of a message before it is written. email: the writer's. */
static enum err look_at(struct context *c, const char *email, const char *message, struct posting *p, struct conversation_writing *w)
{
	struct screening s = {.verdict = SCREENING_OK};
	enum err e = posting_limit(c, "contact", c->app->conf->limits.contact_per_hour, p);
	if (e == ERR_OK && p->status == 0)
		e = screening_check(c, NULL, message, email, &s);
	if (e == ERR_OK && s.verdict == SCREENING_REFUSE)
		screening_refuse(c, &s, "message", "message", p);
	w->held = s.verdict == SCREENING_HOLD;
	w->held_by = w->held ? s.pattern : NULL;
	return e;
}

/* What the database says of a message, in words. */
static enum err failed(struct context *c, struct posting *p, enum err e)
{
	if (e == ERR_GONE) {
		refuse(p, 410, MSG_CONVERSATION_ENDED);
		return ERR_OK;
	}
	if (e == ERR_CONFLICT) {
		refuse(p, 409, MSG_CONVERSATION_HELD);
		return ERR_OK;
	}
	return e == ERR_OK || e == ERR_NOT_FOUND ? e : posting_failed(c, p, e);
}

enum err conversation_send_first(struct context *c, const struct conversation_first *f, struct posting *p, int64_t *id)
{
	const struct session *me = c->session;
	struct conversation_person seller;
	const char *title = NULL;
	uint8_t hash[TOKEN_HASH];
	struct conversation_writing w = {
		.listing_id = f->listing_id, .from = SIDE_BUYER, .buyer_member_id = me != NULL ? me->member_id : 0, .buyer_name = me != NULL ? me->name : f->name,
		.buyer_email = me != NULL ? me->email : member_email(c->arena, f->email), .buyer_lang = lang_tag(c->lang), .body = f->message, .token_hash = hash, .now = c->now,
	};
	enum err e = w.buyer_email != NULL ? conversation_db_seller(c->db, c->arena, f->listing_id, &seller, &title) : ERR_NOMEM;
	if (e != ERR_OK)
		return failed(c, p, e);
	/* Of a visitor nothing is said: whoever types addresses into the form would learn the seller's. */
	if (me != NULL && (seller.member_id == me->member_id || strcmp(seller.email, me->email) == 0))
		refuse(p, 422, MSG_CONVERSATION_ONESELF);
	else if (*seller.email == '\0')
		refuse(p, 422, MSG_CONVERSATION_UNREACHABLE);
	if (p->status == 0)
		e = look_at(c, w.buyer_email, w.body, p, &w);
	if (e == ERR_OK && p->status == 0) {
		w.mail = w.held ? NULL : mail_make(c, &seller, w.buyer_name, title, w.body, hash);
		e = conversation_db_begin(c->db, c->arena, &w);
	}
	*id = w.id;
	return failed(c, p, e);
}

enum err conversation_send_answer(struct context *c, const struct conversation *to, const struct conversation_people *people, const char *message,
                                  struct posting *p, int64_t *id)
{
	const struct conversation_person *me = &people->side[to->side], *other = &people->side[to->side == SIDE_BUYER ? SIDE_SELLER : SIDE_BUYER];
	uint8_t hash[TOKEN_HASH];
	struct conversation_writing w = {
		.id = to->id, .listing_id = to->listing_id, .from = to->side, .buyer_lang = to->side == SIDE_BUYER ? lang_tag(c->lang) : NULL,
		.body = message, .token_hash = hash, .now = c->now,
	};
	enum err e = to->ended ? ERR_GONE : to->state == CONVERSATION_HELD ? ERR_CONFLICT : ERR_OK;
	if (e == ERR_OK)
		e = look_at(c, me->email, message, p, &w);
	if (e == ERR_OK && p->status == 0) {
		w.mail = w.held ? NULL : mail_make(c, other, me->name, to->title, message, hash);
		e = conversation_db_answer(c->db, c->arena, &w);
	}
	*id = w.message_id;
	return failed(c, p, e);
}

struct releasing {
	struct context context; /* with the arena of the mails */
	struct conversation held;
	struct conversation_people people;
};

static const char *release_mail(void *ctx, const struct conversation_message *m, uint8_t hash[static TOKEN_HASH])
{
	struct releasing *x = ctx;
	const struct conversation_person *from = &x->people.side[m->from], *to = &x->people.side[m->from == SIDE_BUYER ? SIDE_SELLER : SIDE_BUYER];
	return mail_make(&x->context, to, from->name, x->held.title, m->body, hash);
}

enum err conversation_dismiss(struct context *c, int64_t id)
{
	struct releasing x = {.context = *c};
	const struct conversation_mail mail = {.make = release_mail, .ctx = &x, .scratch = arena_new(RELEASE_ARENA)};
	if (mail.scratch == NULL)
		return ERR_NOMEM;
	x.context.arena = mail.scratch;
	enum err e = conversation_db_any(c->db, c->arena, id, c->now, &x.held, &x.people);
	/* Of one that has ended nothing is sent: nobody could answer it any more. */
	if (e == ERR_OK)
		e = moderation_db_decide_conversation(c->db, c->arena, &(struct conversation_decision){
			.id = id, .moderator_id = c->session->member_id, .now = c->now, .mail = x.held.ended ? NULL : &mail});
	arena_free(mail.scratch);
	return e;
}
