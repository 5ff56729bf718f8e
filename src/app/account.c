#include "app/account.h"

#include "app/answer.h"
#include "app/posting.h"
#include "db/member_db.h"
#include "render/account_view.h"

enum err account_overview(struct context *c)
{
	struct member m;
	struct account_view v = {.page = answer_page(c, NULL, "/account"), .member = &m};
	enum err e = member_db_get(c->db, c->arena, c->session->member_id, &m);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	account_overview_view(&c->res->body, &v);
	return ERR_OK;
}
