#include "render/mail_view.h"

#include <string.h>

#include "render/html.h"
#include "render/plain.h"
#include "text/format.h"
#include "util/clock.h"

enum { SUBJECT_CAP = 1000, SENTENCE_CAP = 8192, PARTS_MAX = 8, SITE_ARG = 8, ARGS_ALL = 9, LISTING_COLUMNS = 4 };

enum part_kind { PART_END, PART_TEXT, PART_BUTTON, PART_LINK, PART_QUOTE, PART_LISTINGS };

struct part {
	enum part_kind kind;
	enum msg text;  /* of a text, a button, a link */
	unsigned arg;   /* from 1, as in mail.def: of a button, a link, a quote, listings */
};

/* args: how many there must be. date, lines, listings: which of them is a date, has lines, lists listings; 0: none. */
struct plan {
	unsigned args, date, lines, listings;
	unsigned unsubscribe; /* the link of List-Unsubscribe; 0: none */
	enum msg subject;
	struct part parts[PARTS_MAX];
};

#define TEXT(id) {PART_TEXT, MSG_MAIL_##id, 0}
#define BUTTON(id, arg) {PART_BUTTON, MSG_MAIL_##id, arg}
#define LINK(id, arg) {PART_LINK, MSG_MAIL_##id, arg}
#define QUOTE(arg) {PART_QUOTE, MSG_MAIL_HELLO, arg}
#define LISTINGS(arg) {PART_LISTINGS, MSG_MAIL_HELLO, arg}
#define SAYS(id) .subject = MSG_MAIL_##id##_SUBJECT

static const struct plan plans[MAIL_KIND_COUNT] = {
	[MAIL_VERIFY] = {.args = 1, SAYS(VERIFY), .parts = {TEXT(VERIFY_TEXT), BUTTON(CONFIRM_ADDRESS, 1), TEXT(LINK_ENDS), TEXT(NOT_ASKED)}},
	[MAIL_ALREADY_MEMBER] = {.args = 2, SAYS(ALREADY_MEMBER), .parts = {TEXT(ALREADY_MEMBER_TEXT), BUTTON(SIGN_IN, 1), TEXT(ALREADY_MEMBER_RESET), LINK(NEW_PASSWORD, 2)}},
	[MAIL_RESET] = {.args = 1, SAYS(RESET), .parts = {TEXT(RESET_TEXT), BUTTON(NEW_PASSWORD, 1), TEXT(LINK_ENDS), TEXT(NOT_ASKED)}},
	[MAIL_PASSWORD_CHANGED] = {.args = 1, SAYS(PASSWORD_CHANGED), .parts = {TEXT(PASSWORD_CHANGED_TEXT), TEXT(NOT_YOU_PASSWORD), BUTTON(NEW_PASSWORD, 1)}},
	[MAIL_EMAIL_NEW] = {.args = 1, SAYS(EMAIL_NEW), .parts = {TEXT(EMAIL_NEW_TEXT), BUTTON(CONFIRM_ADDRESS, 1), TEXT(LINK_ENDS), TEXT(NOT_ASKED)}},
	[MAIL_EMAIL_OLD] = {.args = 2, SAYS(EMAIL_OLD), .parts = {TEXT(EMAIL_OLD_TEXT), BUTTON(CONFIRM_CHANGE, 1), TEXT(LINK_ENDS), TEXT(EMAIL_OLD_NOT_YOU)}},
	[MAIL_EMAIL_CHANGED] = {.args = 1, SAYS(EMAIL_CHANGED), .parts = {TEXT(EMAIL_CHANGED_TEXT), TEXT(NOT_YOU_WRITE)}},
	[MAIL_TOTP_ON] = {.args = 1, SAYS(TOTP_ON), .parts = {TEXT(TOTP_ON_TEXT), TEXT(NOT_YOU_SECURITY), BUTTON(SECURITY, 1)}},
	[MAIL_TOTP_OFF] = {.args = 1, SAYS(TOTP_OFF), .parts = {TEXT(TOTP_OFF_TEXT), TEXT(NOT_YOU_SECURITY), BUTTON(SECURITY, 1)}},
	[MAIL_LEAVING] = {.args = 2, .date = 2, SAYS(LEAVING), .parts = {TEXT(LEAVING_TEXT), BUTTON(KEEP_ACCOUNT, 1)}},
	[MAIL_DISABLED] = {.args = 1, .lines = 1, SAYS(DISABLED), .parts = {TEXT(DISABLED_TEXT), QUOTE(1), TEXT(MISTAKE_WRITE)}},
	[MAIL_LISTING_CONFIRM] = {.args = 2, SAYS(LISTING_CONFIRM), .parts = {TEXT(LISTING_CONFIRM_TEXT), BUTTON(CONFIRM_LISTING, 2), TEXT(LINK_ENDS), TEXT(NOT_ASKED)}},
	[MAIL_LISTING_MANAGE] = {.args = 2, SAYS(LISTING_MANAGE), .parts = {TEXT(LISTING_MANAGE_TEXT), BUTTON(MANAGE_LISTING, 2), TEXT(LISTING_MANAGE_KEEP)}},
	[MAIL_LISTING_APPROVED] = {.args = 2, SAYS(LISTING_APPROVED), .parts = {TEXT(LISTING_APPROVED_TEXT), BUTTON(SEE_LISTING, 2)}},
	[MAIL_LISTING_REJECTED] = {.args = 3, .lines = 2, SAYS(LISTING_REJECTED),
	                           .parts = {TEXT(LISTING_REJECTED_TEXT), QUOTE(2), TEXT(LISTING_REJECTED_AGAIN), BUTTON(EDIT_LISTING, 3)}},
	[MAIL_LISTING_HELD] = {.args = 2, .lines = 2, SAYS(LISTING_HELD), .parts = {TEXT(LISTING_HELD_TEXT), QUOTE(2), TEXT(LISTING_HELD_WAIT)}},
	[MAIL_LISTING_REMOVED] = {.args = 2, .lines = 2, SAYS(LISTING_REMOVED), .parts = {TEXT(LISTING_REMOVED_TEXT), QUOTE(2), TEXT(MISTAKE_WRITE)}},
	[MAIL_LISTING_EXPIRING] = {.args = 3, .date = 3, SAYS(LISTING_EXPIRING), .parts = {TEXT(LISTING_EXPIRING_TEXT), BUTTON(RENEW_LISTING, 2)}},
	[MAIL_LISTING_EXPIRED] = {.args = 2, SAYS(LISTING_EXPIRED), .parts = {TEXT(LISTING_EXPIRED_TEXT), BUTTON(RENEW_LISTING, 2)}},
	[MAIL_CONVERSATION] = {.args = 5, .lines = 3, SAYS(CONVERSATION),
	                       .parts = {TEXT(CONVERSATION_TEXT), QUOTE(3), BUTTON(ANSWER, 4), TEXT(CONVERSATION_HIDDEN), LINK(FLAG_MESSAGE, 5)}},
	[MAIL_ALERT] = {.args = 5, .listings = 2, .unsubscribe = 5, SAYS(ALERT),
	                .parts = {TEXT(ALERT_TEXT), LISTINGS(2), BUTTON(ALERT_ALL, 3), LINK(ALERT_CHANGE, 4), LINK(ALERT_STOP, 5)}},
	[MAIL_SITE_MESSAGE] = {.args = 3, .lines = 3, SAYS(SITE_MESSAGE), .parts = {TEXT(SITE_MESSAGE_TEXT), QUOTE(3), TEXT(SITE_MESSAGE_ANSWER)}},
};

struct writing {
	struct arena *arena;
	enum lang lang;
	const struct plan *plan;
	const struct mail *mail;
	const struct mail_site *site;
	const char *args[ARGS_ALL]; /* as sentences take them: the mail's, and {9} the site's name */
	struct mail_words *out;
};

static const char *sentence(struct writing *w, enum msg id)
{
	struct buf b;
	buf_init(&b, SENTENCE_CAP);
	tr_format(&b, w->lang, id, w->args, ARGS_ALL);
	const char *s = b.error == ERR_OK ? arena_strdup(w->arena, buf_str(&b)) : NULL;
	buf_free(&b);
	return s != NULL ? s : "";
}

/* "2026-01-31" as the language writes it; what is no date stays as it is. */
static const char *date_words(struct writing *w, const char *s)
{
	int64_t t;
	if (!clock_parse(s, &t))
		return s;
	struct buf b;
	buf_init(&b, SENTENCE_CAP);
	format_date(&b, w->lang, t);
	const char *out = arena_strdup(w->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

static enum err take_args(struct writing *w)
{
	for (unsigned i = 0; i < w->plan->args; i++) {
		const char *s = w->mail->arg[i];
		if (s == NULL)
			return ERR_INVALID;
		if (w->plan->date == i + 1)
			s = date_words(w, s);
		/* the listings' columns stand between tabs, and are cleaned one by one */
		if (s != NULL && w->plan->listings != i + 1)
			s = plain_clean(w->arena, s, w->plan->lines == i + 1);
		w->args[i] = s;
		if (s == NULL)
			return ERR_NOMEM;
	}
	w->args[SITE_ARG] = plain_clean(w->arena, w->site->name[w->lang], false);
	return w->args[SITE_ARG] != NULL ? ERR_OK : ERR_NOMEM;
}

/* ---- Plain text ---- */

static void text_label(struct writing *w, const char *label, const char *link)
{
	struct buf *b = &w->out->text;
	struct buf line;
	buf_init(&line, SENTENCE_CAP);
	tr_format(&line, w->lang, MSG_MAIL_LABEL, &label, 1);
	plain_lines(b, "", buf_str(&line));
	buf_free(&line);
	plain_line(b, link);
}

struct column {
	const char *s[LISTING_COLUMNS]; /* title, price, place, link */
};

/* The next line's columns; false at the end. */
static bool next_listing(struct writing *w, const char **at, struct column *out)
{
	while (**at == '\n')
		(*at)++;
	if (**at == '\0')
		return false;
	const char *end = *at + strcspn(*at, "\n");
	for (unsigned i = 0; i < LISTING_COLUMNS; i++) {
		size_t n = *at < end ? strcspn(*at, "\t\n") : 0;
		char *raw = arena_strndup(w->arena, *at, n);
		out->s[i] = raw != NULL ? plain_clean(w->arena, raw, false) : NULL;
		if (out->s[i] == NULL)
			out->s[i] = "";
		*at += n;
		if (*at < end)
			(*at)++;
	}
	*at = end;
	return true;
}

static void text_listings(struct writing *w, const char *list)
{
	struct column c;
	while (next_listing(w, &list, &c)) {
		struct buf line;
		buf_init(&line, SENTENCE_CAP);
		tr_format(&line, w->lang, MSG_MAIL_LISTING, c.s, LISTING_COLUMNS - 1);
		plain_lines(&w->out->text, "* ", buf_str(&line));
		buf_free(&line);
		plain_line(&w->out->text, c.s[LISTING_COLUMNS - 1]);
		plain_line(&w->out->text, "");
	}
}

/* A reason may have been left out. */
static const char *quoted(const struct writing *w, const char *arg)
{
	return *arg != '\0' ? arg : tr(w->lang, MSG_MAIL_NOTHING_SAID);
}

static void text_part(struct writing *w, const struct part *p)
{
	struct buf *b = &w->out->text;
	const char *arg = p->arg > 0 ? w->args[p->arg - 1] : "";
	switch (p->kind) {
	case PART_TEXT: plain_lines(b, "", sentence(w, p->text)); break;
	case PART_BUTTON:
	case PART_LINK: text_label(w, sentence(w, p->text), arg); break;
	case PART_QUOTE: plain_lines(b, "> ", quoted(w, arg)); break;
	case PART_LISTINGS: text_listings(w, arg); return;
	case PART_END: return;
	}
	plain_line(b, "");
}

/* ---- HTML ---- */

static void html_part_listings(struct writing *w, const char *list)
{
	struct buf *b = &w->out->html;
	struct column c;
	html_lit(b, "<ul style=\"padding-left:20px\">\n");
	while (next_listing(w, &list, &c)) {
		html_lit(b, "<li style=\"margin:0 0 8px\"><a href=\"");
		html_href(b, c.s[3]);
		html_lit(b, "\">");
		html_text(b, c.s[0]);
		html_lit(b, "</a><br>");
		html_text(b, c.s[1]);
		html_lit(b, "&nbsp;&middot; ");
		html_text(b, c.s[2]);
		html_lit(b, "</li>\n");
	}
	html_lit(b, "</ul>\n");
}

static void html_button(struct buf *b, const char *label, const char *link)
{
	html_lit(b, "<p style=\"margin:24px 0\"><a href=\"");
	html_href(b, link);
	html_lit(b, "\" style=\"display:inline-block;padding:12px 20px;border-radius:4px;background:#14567a;color:#ffffff;font-weight:bold;"
	            "text-decoration:none\">");
	html_text(b, label);
	html_lit(b, "</a></p>\n");
}

static void html_part(struct writing *w, const struct part *p)
{
	struct buf *b = &w->out->html;
	const char *arg = p->arg > 0 ? w->args[p->arg - 1] : "";
	switch (p->kind) {
	case PART_TEXT:
		html_lit(b, "<p>");
		html_text(b, sentence(w, p->text));
		html_lit(b, "</p>\n");
		break;
	case PART_BUTTON: html_button(b, sentence(w, p->text), arg); break;
	case PART_LINK:
		html_lit(b, "<p><a href=\"");
		html_href(b, arg);
		html_lit(b, "\">");
		html_text(b, sentence(w, p->text));
		html_lit(b, "</a></p>\n");
		break;
	case PART_QUOTE:
		html_lit(b, "<blockquote style=\"margin:16px 0;padding:0 0 0 16px;border-left:4px solid #6b7c88\">\n");
		html_lines(b, quoted(w, arg));
		html_lit(b, "</blockquote>\n");
		break;
	case PART_LISTINGS: html_part_listings(w, arg); break;
	case PART_END: break;
	}
}

static void html_begin(struct writing *w, const char *hello)
{
	struct buf *b = &w->out->html;
	html_lit(b, "<!DOCTYPE html>\n<html lang=\"");
	html_attr(b, lang_tag(w->lang));
	/* both schemes: a reader that turns colours round need not guess */
	html_lit(b, "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	            "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>");
	html_text(b, w->out->subject);
	html_lit(b, "</title>\n</head>\n<body style=\"margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,Segoe UI,sans-serif\">\n"
	            "<div style=\"max-width:36em;margin:0 auto;overflow-wrap:anywhere\">\n<p>");
	html_text(b, hello);
	html_lit(b, "</p>\n");
}

static void html_end(struct writing *w)
{
	struct buf *b = &w->out->html;
	html_lit(b, "<hr style=\"margin:32px 0 8px;border:0;border-top:1px solid #6b7c88\">\n<p style=\"font-size:14px\">");
	html_text(b, sentence(w, MSG_MAIL_FOOTER));
	html_lit(b, "<br><a href=\"");
	html_href(b, w->site->url);
	html_lit(b, "\">");
	html_text(b, w->site->url);
	html_lit(b, "</a></p>\n</div>\n</body>\n</html>\n");
}

static const char *hello_words(struct writing *w)
{
	const char *name = plain_clean(w->arena, w->mail->to_name, false);
	if (name == NULL || *name == '\0')
		return tr(w->lang, MSG_MAIL_HELLO);
	struct buf b;
	buf_init(&b, SENTENCE_CAP);
	tr_format(&b, w->lang, MSG_MAIL_HELLO_NAME, &name, 1);
	const char *s = arena_strdup(w->arena, buf_str(&b));
	buf_free(&b);
	return s != NULL ? s : "";
}

enum err mail_view(struct arena *a, const struct mail *m, const struct mail_site *site, struct mail_words *out)
{
	struct writing w = {.arena = a, .lang = strcmp(m->lang, "fr") == 0 ? LANG_FR : LANG_EN, .plan = &plans[m->kind], .mail = m, .site = site, .out = out};
	enum err e = take_args(&w);
	if (e != ERR_OK)
		return e;
	out->subject = sentence(&w, w.plan->subject);
	out->unsubscribe = w.plan->unsubscribe > 0 ? w.args[w.plan->unsubscribe - 1] : NULL;
	const char *hello = hello_words(&w);
	plain_lines(&out->text, "", hello);
	plain_line(&out->text, "");
	html_begin(&w, hello);
	for (const struct part *p = w.plan->parts; p < w.plan->parts + PARTS_MAX && p->kind != PART_END; p++) {
		text_part(&w, p);
		html_part(&w, p);
	}
	/* RFC 3676, section 4.3: what follows is the signature */
	plain_line(&out->text, "-- ");
	plain_lines(&out->text, "", sentence(&w, MSG_MAIL_FOOTER));
	plain_line(&out->text, site->url);
	html_end(&w);
	return out->text.error != ERR_OK ? out->text.error : out->html.error;
}
