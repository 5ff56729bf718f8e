/* Tells members of what is new in their saved searches: see the rule in db/alert_db.h. What is new is read once for hundreds of searches and
 * compared here, so that a search without news costs the database nothing. */
#include <string.h>

#include "db/alert_db.h"
#include "db/catalog_db.h"
#include "db/site_db.h"
#include "http/saved_query.h"
#include "jobs/job.h"
#include "model/mail.h"
#include "model/money.h"
#include "text/format.h"

enum {
	SHOWN = 20,                 /* listings named in a mail; its link leads to all */
	PAGE_ARENA = 32 << 20, LINES_CAP = 64 * 1024, LINK_CAP = 4096, MONEY_CAP = 64,
	LOOKED_SECONDS = 60,        /* that searches without news have looked is written so often */
};

struct search {
	const struct alert *alert;
	struct saved_query query;
	const struct listing **found; /* the last ALERT_TOLD_MAX of them; NULL: none */
	size_t count;
};

struct round {
	struct job_context *job;
	const struct catalog *catalog;
	uint8_t key[SITE_KEY_BYTES];
	enum alert_frequency frequency;
	struct search *searches;
	size_t n;
	int64_t since;
};

/* ---- The mail ---- */

struct telling {
	const struct round *round;
	const struct alert *alert;
	const struct listing *const *found; /* the newest first */
};

static enum lang lang_of(const struct alert *a)
{
	return strcmp(a->lang, lang_tag(LANG_FR)) == 0 ? LANG_FR : LANG_EN;
}

/* A value of a line whose parts are separated by tabs. */
static void put_cell(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++)
		buf_putc(b, (unsigned char)*text < 0x20 ? ' ' : *text);
}

static void put_url(struct buf *b, const struct telling *t, const char *path)
{
	buf_puts(b, t->round->job->conf->site.url);
	buf_puts(b, lang_prefix(lang_of(t->alert)));
	buf_puts(b, path);
}

static void put_line(struct buf *b, const struct telling *t, const struct listing *l)
{
	enum lang lang = lang_of(t->alert);
	const struct place *place = catalog_place(t->round->catalog, l->place_id);
	put_cell(b, l->title);
	buf_putc(b, '\t');
	format_money(b, lang, l->price_minor, l->currency);
	buf_putc(b, '\t');
	put_cell(b, place != NULL ? place->name[lang] : "");
	buf_putc(b, '\t');
	put_url(b, t, "/listings/");
	buf_i64(b, l->id);
	buf_putc(b, '/');
	buf_puts(b, l->slug);
	buf_putc(b, '\n');
}

/* What was put into b, in the arena; b is empty again. */
static const char *taken(struct arena *a, struct buf *b)
{
	const char *text = b->error == ERR_OK ? arena_strdup(a, buf_str(b)) : NULL;
	buf_reset(b);
	return text;
}

static const char *write_mail(void *ctx, const size_t *which, size_t n)
{
	const struct telling *t = ctx;
	const struct alert *alert = t->alert;
	struct arena *a = t->round->job->arena;
	char token[UNSUBSCRIBE_TEXT + 1];
	struct buf b;
	struct mail m = {.kind = MAIL_ALERT, .to = alert->email, .to_name = alert->member_name, .lang = lang_tag(lang_of(alert)), .arg = {alert->name}};
	buf_init(&b, LINES_CAP);
	for (size_t i = 0; i < n && i < SHOWN; i++)
		put_line(&b, t, t->found[which[i]]);
	m.arg[1] = taken(a, &b);
	put_url(&b, t, "/listings?");
	buf_puts(&b, alert->query);
	m.arg[2] = taken(a, &b);
	put_url(&b, t, "/account/searches/");
	buf_i64(&b, alert->id);
	m.arg[3] = taken(a, &b);
	unsubscribe_token(t->round->key, alert->id, token);
	put_url(&b, t, "/unsubscribe/");
	buf_puts(&b, token);
	m.arg[4] = taken(a, &b);
	buf_free(&b);
	bool whole = m.arg[1] != NULL && m.arg[2] != NULL && m.arg[3] != NULL && m.arg[4] != NULL;
	return whole ? mail_encode(a, &m) : NULL;
}

static enum err tell(const struct round *r, const struct search *s, int64_t *done)
{
	const struct listing *found[ALERT_TOLD_MAX];
	int64_t ids[ALERT_TOLD_MAX];
	size_t n = s->count < ALERT_TOLD_MAX ? s->count : ALERT_TOLD_MAX, told = 0;
	for (size_t i = 0; i < n; i++) {
		found[i] = s->found[(s->count - 1 - i) % ALERT_TOLD_MAX];
		ids[i] = found[i]->id;
	}
	struct telling t = {.round = r, .alert = s->alert, .found = found};
	const struct alert_tell order = {.search_id = s->alert->id, .now = r->job->now, .ids = ids, .n = n, .write = write_mail, .ctx = &t};
	enum err e = alert_db_tell(r->job->db, &order, &told);
	*done += told > 0;
	return e;
}

/* ---- What matches ---- */

static bool is_own(const struct alert *a, const struct listing *l)
{
	return l->member_id == a->member_id || strcmp(l->contact_email, a->email) == 0;
}

/* The listing, with what a mail says of it, for longer than its page lives. */
static const struct listing *keep_listing(struct arena *a, const struct listing *l)
{
	struct listing *kept = arena_alloc(a, sizeof *kept);
	if (kept == NULL)
		return NULL;
	*kept = (struct listing){.id = l->id, .place_id = l->place_id, .price_minor = l->price_minor,
	                         .title = arena_strdup(a, l->title), .slug = arena_strdup(a, l->slug), .currency = arena_strdup(a, l->currency)};
	return kept->title != NULL && kept->slug != NULL && kept->currency != NULL ? kept : NULL;
}

static enum err compare(struct round *r, const struct alert_news *news)
{
	struct arena *a = r->job->arena;
	const struct listing *kept = NULL, *l = &news->listing;
	for (size_t i = 0; i < r->n; i++) {
		struct search *s = &r->searches[i];
		if (l->updated_at < s->alert->seen_at - ALERT_OVERLAP || is_own(s->alert, l) || !saved_query_matches(&s->query, r->catalog, l, news->search_text))
			continue;
		if (kept == NULL)
			kept = keep_listing(a, l);
		if (s->found == NULL)
			s->found = arena_array(a, ALERT_TOLD_MAX, sizeof(*s->found));
		if (kept == NULL || s->found == NULL)
			return ERR_NOMEM;
		s->found[s->count++ % ALERT_TOLD_MAX] = kept;
	}
	return ERR_OK;
}

static enum err compare_all(struct round *r)
{
	struct arena *page = arena_new(PAGE_ARENA);
	int64_t since = r->since, after_id = 0;
	size_t n = ALERT_NEWS_PAGE;
	enum err e = page != NULL ? ERR_OK : ERR_NOMEM;
	while (e == ERR_OK && n == ALERT_NEWS_PAGE && job_go_on(r->job)) {
		struct alert_news *list = NULL;
		arena_reset(page);
		e = alert_db_news(r->job->db, page, since, after_id, &list, &n);
		for (size_t i = 0; e == ERR_OK && i < n; i++)
			e = compare(r, &list[i]);
		if (e == ERR_OK && n > 0) {
			since = list[n - 1].listing.updated_at;
			after_id = list[n - 1].listing.id;
		}
	}
	arena_free(page);
	return e;
}

/* ---- A batch of searches ---- */

static enum err read_searches(struct round *r, const struct alert *list, size_t n)
{
	int digits = money_digits(r->job->conf->site.currency);
	r->searches = arena_array(r->job->arena, n, sizeof *r->searches);
	r->n = n;
	r->since = r->job->now;
	if (r->searches == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		struct search *s = &r->searches[i];
		s->alert = &list[i];
		if (list[i].seen_at < r->since)
			r->since = list[i].seen_at;
		enum err e = saved_query_read(r->job->arena, r->catalog, digits, list[i].query, &s->query);
		if (e == ERR_INVALID)
			s->query.never = true;
		else if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

static enum err run_batch(struct round *r, int64_t *after_id, bool *more, int64_t *done)
{
	struct job_context *job = r->job;
	struct alert *list = NULL;
	size_t n = 0;
	arena_reset(job->arena);
	enum err e = alert_db_due(job->db, job->arena, r->frequency, job->now, *after_id, &list, &n);
	*more = n == ALERT_BATCH;
	if (e != ERR_OK || n == 0)
		return e;
	e = read_searches(r, list, n);
	int64_t looked = r->since;
	r->since -= ALERT_OVERLAP;
	if (e == ERR_OK)
		e = compare_all(r);
	/* One that fails does not keep the others from being told; all of them look once more. */
	enum err failed = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < n && job_go_on(job); i++) {
		enum err one = r->searches[i].count > 0 ? tell(r, &r->searches[i], done) : ERR_OK;
		if (one == ERR_DB_AWAY)
			e = one;
		else if (one != ERR_OK)
			failed = one;
	}
	if (e == ERR_OK)
		e = failed;
	/* Only now that all of them have been told may what they looked at be forgotten. */
	if (e == ERR_OK && job_go_on(job) && (r->frequency == ALERT_DAILY || job->now - looked >= LOOKED_SECONDS))
		e = alert_db_seen(job->db, r->frequency, job->now, *after_id, list[n - 1].id);
	*after_id = list[n - 1].id;
	return e;
}

enum err job_alerts(struct job_context *c, int64_t *done)
{
	struct catalog *catalog = NULL;
	struct round r = {.job = c};
	enum err e = catalog_db_load(c->db, &catalog);
	r.catalog = catalog;
	if (e == ERR_OK)
		e = site_db_key(c->db, c->arena, "unsubscribe", r.key);
	for (r.frequency = ALERT_AT_ONCE; e == ERR_OK && r.frequency <= ALERT_DAILY; r.frequency++) {
		int64_t after_id = 0;
		bool more = true;
		while (e == ERR_OK && more && job_go_on(c))
			e = run_batch(&r, &after_id, &more, done);
	}
	if (catalog != NULL)
		catalog_free(catalog);
	return e;
}
