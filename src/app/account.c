#include "app/account.h"

#include "app/account_form.h"
#include "app/answer.h"
#include "render/account_view.h"

static enum err show(struct context *c, const char *path, void (*view)(struct buf *b, const struct account_view *v))
{
	struct member m;
	struct account_view v = {.page = answer_page(c, NULL, path), .member = &m, .done = account_done_text(c)};
	enum err e = account_member(c, &m);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
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
