#include "app/upload_gate.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/answer.h"
#include "app/screening.h"
#include "db/site_db.h"

enum { WINDOW = 3600, KEY_SIZE = 40 };

static void rate_name(const struct context *c, char out[static KEY_SIZE])
{
	snprintf(out, KEY_SIZE, "photo:%" PRId64, c->session->member_id);
}

enum err upload_gate_get(struct context *c)
{
	char key[KEY_SIZE];
	bool banned = false;
	int64_t sent = 0;
	rate_name(c, key);
	enum err e = screening_banned(c, c->session->email, &banned);
	if (e == ERR_OK && !banned)
		e = rate_db_attempts(c->db, c->arena, key, c->now, WINDOW, &sent);
	if (e != ERR_OK)
		return e;
	if (banned) {
		c->res->note = "banned";
		answer_forbidden(c);
	} else if (sent >= c->app->conf->limits.photo_per_hour) {
		metrics_add(c->app->metrics, METRIC_RATE_LIMITED, 1);
		c->res->note = "photo_limit";
		http_header_set(c->res, "X-Outport-Refused", "limit");
		answer_forbidden(c);
	} else {
		c->res->status = 204;
		c->res->content_type = NULL;
		http_header_set(c->res, "X-Outport-Member", context_join(c, key + sizeof "photo:" - 1, NULL));
	}
	return ERR_OK;
}

enum err upload_gate_count(struct context *c)
{
	char key[KEY_SIZE];
	rate_name(c, key);
	return rate_db_count(c->db, key, c->now, WINDOW, c->app->conf->limits.photo_per_hour);
}
