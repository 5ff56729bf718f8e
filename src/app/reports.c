#include "app/reports.h"

#include <string.h>

#include "app/answer.h"
#include "db/report_db.h"
#include "render/reports_view.h"

enum { MISSES_SHOWN = 20, MISSES_SECONDS = 6 * 86400 };

/* False: there is no such period, or more was asked than that. */
static bool period_read(const struct context *c, enum report_period *out)
{
	const char *per = http_param_get(&c->req->query, "per");
	*out = REPORT_DAY;
	return *c->req->query_string == '\0' || (c->req->query.n == 1 && per != NULL && report_period_parse(per, out));
}

enum err reports_show(struct context *c)
{
	enum report_period period;
	/* Days have no name in the address. */
	if (!period_read(c, &period) || (period == REPORT_DAY && *c->req->query_string != '\0')) {
		answer_redirect(c, 303, context_href(c, "/reports"));
		return ERR_OK;
	}
	struct report_line *lines = arena_array(c->arena, REPORT_SERIES, sizeof *lines);
	struct report_miss *misses = NULL;
	size_t n = 0;
	enum err e = lines != NULL ? report_db_read(c->db, c->arena, period, c->now, lines) : ERR_NOMEM;
	if (e == ERR_OK)
		e = report_db_misses(c->db, c->arena, c->now - MISSES_SECONDS, MISSES_SHOWN, &misses, &n);
	if (e != ERR_OK)
		return e;
	struct reports_view v = {
		.page = answer_page(c, tr(c->lang, MSG_REPORTS_TITLE), "/reports"), .period = period, .lines = lines, .misses = misses, .miss_count = n,
	};
	for (size_t i = 0; i < lines[REPORT_SUBMITTED].n; i++)
		v.counted = v.counted || lines[REPORT_SUBMITTED].points[i].known;
	v.page.noindex = true;
	answer_html(c, 200);
	reports_view(&c->res->body, &v);
	return ERR_OK;
}

enum err reports_file(struct context *c)
{
	enum report_period period;
	const struct report *r = report_find(c->param[0]);
	if (r == NULL)
		return ERR_NOT_FOUND;
	if (!period_read(c, &period))
		return ERR_INVALID;
	struct report_line *lines = arena_array(c->arena, REPORT_SERIES, sizeof *lines);
	enum err e = lines != NULL ? report_db_read(c->db, c->arena, period, c->now, lines) : ERR_NOMEM;
	if (e != ERR_OK)
		return e;
	c->res->content_type = "text/csv; charset=utf-8";
	http_header_set(c->res, "Content-Disposition", context_join(c, "attachment; filename=\"outport-", r->name, "-per-", report_period_name(period), ".csv\"", NULL));
	reports_csv(&c->res->body, r, lines);
	return ERR_OK;
}
