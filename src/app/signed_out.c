#include "app/signed_out.h"

#include <string.h>

#include "app/answer.h"
#include "http/form.h"
#include "render/account_form_view.h"

/* What must not come back in a page, whoever sits before it by now. */
static bool is_secret(const char *name)
{
	return strstr(name, "password") != NULL || strstr(name, "code") != NULL || strstr(name, "totp") != NULL || strstr(name, "_state") != NULL;
}

void signed_out_answer(struct context *c)
{
	struct http_params params;
	const char *bad_field;
	struct form_view v = {.page = answer_page(c, tr(c->lang, MSG_SIGNED_OUT_TITLE), c->path)};
	v.page.noindex = true;
	/* The size is bounded by the route's limit, the number by the reader's. */
	int status = form_read(c->req, false, &params, &bad_field);
	struct typed_value *hidden = status == 0 ? arena_array(c->arena, params.n + 1, sizeof *hidden) : NULL;
	bool kept = hidden != NULL;
	for (size_t i = 0; kept && i < params.n; i++)
		if (!is_secret(params.list[i].name))
			hidden[v.hidden_count++] = (struct typed_value){.name = params.list[i].name, .value = params.list[i].value};
	v.hidden = hidden;
	c->res->note = "signed_out";
	answer_html(c, 401);
	signed_out_view(&c->res->body, &v, context_href(c, "/login"), kept);
}
