#include "app/operation.h"

#include "app/answer.h"
#include "db/outbox_db.h"
#include "db/site_db.h"

enum err operation_healthz(struct context *c)
{
	c->res->content_type = "text/plain; charset=utf-8";
	buf_puts(&c->res->body, "ok\n");
	return ERR_OK;
}

/* Only where there is one. Without it the primary does its work: the worker is ready. */
static void write_replica(struct context *c, struct json *j)
{
	enum err e = db_ping_replica(c->db);
	if (e == ERR_NOT_FOUND)
		return;
	json_key(j, "replica");
	json_object(j);
	json_key_string(j, "status", e == ERR_OK ? "ok" : "away");
	json_object_end(j);
}

enum err operation_readyz(struct context *c)
{
	int64_t schema = 0;
	enum err e = site_db_ready(c->db, c->arena, &schema);
	struct json j;
	answer_json(c, e == ERR_OK ? 200 : 503, &j);
	json_object(&j);
	json_key_string(&j, "status", e == ERR_OK ? "ready" : "unready");
	json_key(&j, "dependencies");
	json_object(&j);
	json_key(&j, "database");
	json_object(&j);
	json_key_string(&j, "status", e == ERR_OK ? "ok" : "away");
	if (e == ERR_OK)
		json_key_int(&j, "schema", schema);
	else
		json_key_string(&j, "reason", err_text(e));
	json_object_end(&j);
	write_replica(c, &j);
	json_object_end(&j);
	json_object_end(&j);
	if (e != ERR_OK)
		http_header_set(c->res, "Retry-After", "5");
	return ERR_OK;
}

/* What the jobs have before them, of the whole site. Left out while the database does not say. */
static void write_outbox(struct context *c)
{
	struct buf *b = &c->res->body;
	struct outbox_counts n;
	if (outbox_db_count(c->db, c->arena, &n) != ERR_OK)
		return;
	buf_puts(b, "# HELP outport_outbox_rows Mails and other orders that wait, or were given up.\n# TYPE outport_outbox_rows gauge\n");
	buf_printf(b, "outport_outbox_rows{state=\"waiting\"} %lld\noutport_outbox_rows{state=\"dead\"} %lld\n", (long long)n.waiting, (long long)n.dead);
	buf_puts(b, "# HELP outport_outbox_late_seconds How long the first of them has been due.\n# TYPE outport_outbox_late_seconds gauge\n");
	buf_printf(b, "outport_outbox_late_seconds %lld\n", (long long)n.oldest_seconds);
}

enum err operation_metrics(struct context *c)
{
	c->res->content_type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_write(c->app->metrics, &c->res->body);
	write_outbox(c);
	return ERR_OK;
}
