/* bare: the benchmark's yardstick: the same worker model, the same query, the same bytes, and nothing else. It knows its
 * two answers by heart: no routing, no forms, no translation, no catalog kept fresh, no error but exit. */
#include <errno.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/worker.h"
#include "util/clock.h"
#include "util/conf.h"
#include "util/log.h"

enum { NAMES_MAX = 512, TEXT = 1024, PAGE = 20 };

/* Outport's own statement for the newest listings, word for word. */
static const char query[] =
	"SELECT STRAIGHT_JOIN l.id, l.title, l.slug, l.summary, l.category_id, l.place_id, l.price_minor, l.currency, l.stock, l.updated_at, l.published_at"
	" FROM listing_facet f FORCE INDEX (PRIMARY) JOIN listing l ON l.id = f.listing_id"
	" WHERE f.category_node = ? AND f.place_node = ? AND f.published_at <= ? AND (f.published_at < ? OR (f.published_at = ? AND f.listing_id < ?))"
	" ORDER BY f.published_at DESC, f.listing_id DESC LIMIT ?";
enum { ID, TITLE, SLUG, SUMMARY, CATEGORY, PLACE, PRICE, CURRENCY, STOCK, UPDATED, PUBLISHED, COLUMNS, PARAMS = 7 };

struct name {
	char slug[72], text[168], top[72];
	int colour;
};

struct yardstick {
	struct conf conf;
	char password[CONF_TEXT_MAX];
	char *head, *tail;
	size_t head_n, tail_n;
	struct name category[NAMES_MAX], place[NAMES_MAX];
};

struct lane {
	struct yardstick *y;
	MYSQL *db;
	MYSQL_STMT *st;
	long long number[COLUMNS];
	char text[COLUMNS][TEXT];
	unsigned long length[COLUMNS];
	MYSQL_TIME time[COLUMNS];
	int64_t published;
	MYSQL_BIND bind[COLUMNS], param[PARAMS];
};

static void die(const char *what)
{
	fprintf(stderr, "bare: %s\n", what);
	exit(EXIT_FAILURE);
}

static MYSQL *connect_to(struct yardstick *y)
{
	MYSQL *db = mysql_init(NULL);
	if (db == NULL || mysql_real_connect(db, NULL, y->conf.database.user, y->password, y->conf.database.name, 0, y->conf.database.socket, 0) == NULL)
		die("no database");
	mysql_set_character_set(db, "utf8mb4");
	if (mysql_query(db, "SET time_zone = '+00:00'") != 0)
		die("no time zone");
	return db;
}

static void names_load(MYSQL *db, const char *sql, struct name *list)
{
	if (mysql_query(db, sql) != 0)
		die(mysql_error(db));
	MYSQL_RES *res = mysql_store_result(db);
	for (MYSQL_ROW row; (row = mysql_fetch_row(res)) != NULL;) {
		long id = strtol(row[0], NULL, 10);
		if (id >= NAMES_MAX)
			continue;
		snprintf(list[id].slug, sizeof list[id].slug, "%s", row[1]);
		snprintf(list[id].text, sizeof list[id].text, "%s", row[2]);
		list[id].colour = (int)strtol(row[3], NULL, 10);
		snprintf(list[id].top, sizeof list[id].top, "%s", row[4]);
	}
	mysql_free_result(res);
}

static char *file_load(const char *dir, const char *name, size_t *n)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "r");
	char *text = malloc(1 << 20);
	if (f == NULL || text == NULL)
		die(path);
	*n = fread(text, 1, 1 << 20, f);
	fclose(f);
	return text;
}

static void *lane_start(void *app, unsigned index)
{
	(void)index;
	struct lane *l = calloc(1, sizeof *l);
	l->y = app;
	l->db = connect_to(app);
	l->st = mysql_stmt_init(l->db);
	if (mysql_stmt_prepare(l->st, query, sizeof query - 1) != 0)
		die(mysql_stmt_error(l->st));
	/* All categories, all places, from the end of time, 21 rows. */
	static long long numbers[PARAMS] = {[5] = INT64_MAX, [6] = PAGE + 1};
	static MYSQL_TIME end = {.year = 9999, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59, .time_type = MYSQL_TIMESTAMP_DATETIME};
	for (int i = 0; i < PARAMS; i++) {
		bool time = i >= 2 && i <= 4;
		l->param[i] = (MYSQL_BIND){.buffer_type = time ? MYSQL_TYPE_DATETIME : MYSQL_TYPE_LONGLONG, .buffer = time ? (void *)&end : (void *)&numbers[i]};
	}
	for (int i = 0; i < COLUMNS; i++) {
		bool text = (i >= TITLE && i <= SUMMARY) || i == CURRENCY, time = i >= UPDATED;
		l->bind[i] = (MYSQL_BIND){
			.buffer_type = text ? MYSQL_TYPE_STRING : time ? MYSQL_TYPE_DATETIME : MYSQL_TYPE_LONGLONG,
			.buffer = text ? (void *)l->text[i] : time ? (void *)&l->time[i] : (void *)&l->number[i],
			.buffer_length = text ? TEXT - 1 : time ? sizeof l->time[i] : sizeof l->number[i], .length = &l->length[i],
		};
	}
	if (mysql_stmt_bind_param(l->st, l->param) != 0)
		die(mysql_stmt_error(l->st));
	if (mysql_stmt_bind_result(l->st, l->bind) != 0)
		die(mysql_stmt_error(l->st));
	return l;
}

static void lane_stop(void *thread)
{
	struct lane *l = thread;
	mysql_stmt_close(l->st);
	mysql_close(l->db);
	free(l);
}

static void escape(struct buf *b, const char *s, const char *from, const char *const *to)
{
	for (size_t n; *s != '\0'; s += n) {
		n = strcspn(s, from);
		buf_put(b, s, n);
		if (s[n] == '\0')
			break;
		buf_puts(b, to[strchr(from, s[n]) - from]);
		n++;
	}
}

static void html(struct buf *b, const char *s)
{
	static const char *const to[] = {"&amp;", "&lt;", "&gt;"};
	escape(b, s, "&<>", to);
}

static void quoted(struct buf *b, const char *key, const char *s)
{
	static const char *const to[] = {"\\\"", "\\\\", "\\n"};
	buf_puts(b, key);
	escape(b, s, "\"\\\n", to);
	buf_putc(b, '"');
}

static void money(struct buf *b, long long minor)
{
	if (minor == 0) {
		buf_puts(b, "Free");
		return;
	}
	char digits[32], out[48];
	int n = snprintf(digits, sizeof digits, "%lld", minor / 100), at = 0;
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	buf_putc(b, '$');
	buf_put(b, out, (size_t)at);
	if (minor % 100 != 0)
		buf_printf(b, ".%02lld", minor % 100);
}

static void age(struct buf *b, int64_t s)
{
	int64_t n = s < 3600 ? s / 60 : s < 86400 ? s / 3600 : s / 86400;
	buf_i64(b, n);
	buf_puts(b, s < 3600 ? " minute" : s < 86400 ? " hour" : " day");
	buf_puts(b, n == 1 ? " ago" : "s ago");
}

static void put_json(struct buf *b, const struct lane *l, bool first)
{
	char when[32];
	clock_rfc3339(l->published, when);
	buf_puts(b, first ? "{\"id\":" : ",{\"id\":");
	buf_i64(b, l->number[ID]);
	quoted(b, ",\"title\":\"", l->text[TITLE]);
	quoted(b, ",\"slug\":\"", l->text[SLUG]);
	quoted(b, ",\"summary\":\"", l->text[SUMMARY]);
	buf_puts(b, ",\"price_cents\":");
	buf_i64(b, l->number[PRICE]);
	quoted(b, ",\"currency\":\"", l->text[CURRENCY]);
	quoted(b, ",\"category\":\"", l->y->category[l->number[CATEGORY]].slug);
	quoted(b, ",\"location\":\"", l->y->place[l->number[PLACE]].slug);
	buf_puts(b, ",\"stock\":");
	buf_i64(b, l->number[STOCK]);
	quoted(b, ",\"photo\":null,\"published_at\":\"", when);
	buf_puts(b, ",\"url\":\"/listings/");
	buf_i64(b, l->number[ID]);
	buf_putc(b, '/');
	buf_puts(b, l->text[SLUG]);
	buf_puts(b, "\"}");
}

static void put_card(struct buf *b, const struct lane *l, int64_t now)
{
	const struct name *category = &l->y->category[l->number[CATEGORY]];
	char when[32];
	clock_rfc3339(l->published, when);
	buf_puts(b, "<li class=\"card cat-");
	buf_i64(b, category->colour);
	buf_puts(b, " in-");
	buf_puts(b, category->top);
	buf_puts(b, "\">\n<span class=\"thumb\" aria-hidden=\"true\"></span>\n<h2 class=\"card-title\"><a class=\"card-link\" href=\"/listings/");
	buf_i64(b, l->number[ID]);
	buf_putc(b, '/');
	buf_puts(b, l->text[SLUG]);
	buf_puts(b, "\">");
	html(b, l->text[TITLE]);
	buf_puts(b, "</a></h2>\n<p class=\"price\">");
	money(b, l->number[PRICE]);
	buf_puts(b, "</p>\n<p class=\"meta\"><span class=\"chip cat-");
	buf_i64(b, category->colour);
	buf_puts(b, "\">");
	html(b, category->text);
	buf_puts(b, "</span> <span class=\"place\">");
	html(b, l->y->place[l->number[PLACE]].text);
	buf_puts(b, "</span> <time datetime=\"");
	buf_puts(b, when);
	buf_puts(b, "\">");
	age(b, now - l->published);
	buf_puts(b, "</time></p>\n</li>\n");
}

static void lane_handle(void *thread, struct http_request *req, struct http_response *res)
{
	struct lane *l = thread;
	bool json = strcmp(req->path, "/json") == 0;
	int64_t now = clock_unix();
	if (mysql_stmt_execute(l->st) != 0)
		die(mysql_stmt_error(l->st));
	res->content_type = json ? "application/json" : "text/html; charset=utf-8";
	res->route = req->path;
	if (json)
		buf_puts(&res->body, "{\"listings\":[");
	else
		buf_put(&res->body, l->y->head, l->y->head_n);
	int rows = 0;
	while (mysql_stmt_fetch(l->st) == 0) {
		for (int i = TITLE; i <= CURRENCY; i++)
			l->text[i][l->length[i] < TEXT ? l->length[i] : 0] = '\0';
		const MYSQL_TIME *t = &l->time[PUBLISHED];
		l->published = clock_from_civil((int)t->year, (int)t->month, (int)t->day, (int)t->hour, (int)t->minute, (int)t->second);
		if (rows < PAGE && json)
			put_json(&res->body, l, rows == 0);
		else if (rows < PAGE)
			put_card(&res->body, l, now);
		rows++;
	}
	mysql_stmt_free_result(l->st);
	if (json)
		buf_puts(&res->body, "],\"next_cursor\":\"AQAAAABpHs2yAAAAAAABhqAxMjM0NTY3ODkwMTIzNDU2\"}");
	else
		buf_put(&res->body, l->y->tail, l->y->tail_n);
}

static size_t no_body(void *thread, const struct http_request *req)
{
	(void)thread;
	(void)req;
	return 0;
}

int main(int argc, char **argv)
{
	static struct yardstick y;
	struct conf_error problem;
	if (argc != 4)
		die("usage: bare CONFIG SOCKET DIR");
	log_set_level(LOG_LEVEL_WARNING);
	if (conf_load(argv[1], &y.conf, &problem) != ERR_OK || conf_secret(y.conf.database.password, y.password, sizeof y.password) != ERR_OK)
		die("no configuration");
	y.head = file_load(argv[3], "frame-head.html", &y.head_n);
	y.tail = file_load(argv[3], "frame-tail.html", &y.tail_n);
	mysql_library_init(0, NULL, NULL);
	MYSQL *db = connect_to(&y);
	names_load(db, "SELECT c.id, c.slug, c.name_en, c.colour, COALESCE(t.slug, c.slug) FROM category c LEFT JOIN category t ON t.id = c.parent_id", y.category);
	names_load(db, "SELECT id, slug, name_en, 0, slug FROM place", y.place);
	mysql_close(db);
	enum err e = ERR_OK;
	struct http_worker w = {.conf = &y.conf, .listen_fd = http_worker_listen(argv[2], &e)};
	w.app = (struct http_app){.app = &y, .thread_start = lane_start, .thread_stop = lane_stop, .body_limit = no_body, .handle = lane_handle};
	if (w.listen_fd < 0 || metrics_open(NULL, &w.metrics) != ERR_OK)
		die("no socket");
	e = http_worker_run(&w);
	metrics_close(w.metrics);
	mysql_library_end();
	return e == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
