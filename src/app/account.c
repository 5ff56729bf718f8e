#include "app/account.h"

#include <string.h>

#include "app/account_form.h"
#include "app/answer.h"
#include "app/photo.h"
#include "db/conversation_db.h"
#include "render/account_view.h"

enum { MAIL_FOLDER_MAX = 1024 };

/* Where to look for mails that are sent nowhere; nothing where they are sent. */
static enum err mail_folder(struct context *c, const char **out)
{
	char path[MAIL_FOLDER_MAX];
	if (strcmp(c->app->conf->mail.transport, "folder") != 0)
		return ERR_OK;
	enum err e = conf_mail_folder(c->app->conf, path, sizeof path);
	if (e == ERR_OK)
		*out = context_join(c, path, NULL);
	return e;
}

static enum err show(struct context *c, const char *path, void (*view)(struct buf *b, const struct account_view *v))
{
	struct member m;
	struct account_view v = {.page = answer_page(c, NULL, path), .member = &m, .photo_base = photo_base(c), .done = account_done_text(c)};
	enum err e = account_member(c, &m);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e == ERR_OK && view == account_overview_view)
		e = conversation_db_unread(c->db, c->arena, m.id, &v.unread);
	if (e == ERR_OK)
		e = mail_folder(c, &v.mail_folder);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	view(&c->res->body, &v);
	return ERR_OK;
}

enum err account_overview(struct context *c)
{
	return show(c, "/account", account_overview_view);
}

enum err account_security(struct context *c)
{
	return show(c, "/account/security", account_security_view);
}
