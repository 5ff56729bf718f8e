#include "app/resource.h"

#include "app/answer.h"
#include "db/content_db.h"
#include "render/resource_view.h"

enum err resource_show(struct context *c)
{
	struct resource r;
	enum err e = resource_db_get(c->db, c->arena, c->param[0], &r);
	if (e != ERR_OK)
		return e;
	struct resource_view v = {
		.page = answer_page(c, r.title[c->lang], context_join(c, "/resources/", r.slug, NULL)), .resource = &r,
	};
	v.page.description = r.summary[c->lang];
	v.page.og_type = "article";
	v.page.section = "resources";
	answer_html(c, 200);
	resource_view(&c->res->body, &v);
	return ERR_OK;
}

enum err fragment_resources(struct context *c)
{
	struct resource *list = NULL;
	size_t n = 0;
	enum err e = resource_db_list(c->db, c->arena, &list, &n);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	resource_links(&c->res->body, c->lang, list, n);
	return ERR_OK;
}
