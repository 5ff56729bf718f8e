/* The one place that prepares. A statement is prepared once per connection and found again by the address of its db_sql. */
#include "db/db_internal.h"

#include <stdlib.h>
#include <string.h>

#include "util/clock.h"

/* A column's first buffer: lists' longest texts fit, an article's body makes it grow once. */
enum { COLUMN_FIRST_BYTES = 1024 };
/* The server forgot the statement, or its tables changed too much: it has not run. */
enum { ER_UNKNOWN_STATEMENT = 1243, ER_REPREPARE = 1615 };

/* An error that comes while rows are fetched stands in the connection only. */
static enum err take_error(struct db *db, MYSQL_STMT *stmt, const char *sql)
{
	if (mysql_stmt_errno(stmt) == 0)
		return db_error_take_connection(db, sql);
	return db_error_take(db, mysql_stmt_errno(stmt), mysql_stmt_error(stmt), sql);
}

static unsigned bucket_of(const struct db_sql *sql)
{
	return (unsigned)(((uintptr_t)sql / sizeof(struct db_sql)) % DB_STATEMENT_BUCKETS);
}

static void statement_free(struct db_statement *st)
{
	if (st == NULL)
		return;
	if (st->stmt != NULL)
		mysql_stmt_close(st->stmt);
	for (unsigned i = 0; st->column != NULL && i < st->columns; i++)
		free(st->column[i].text);
	free(st->param);
	free(st->param_time);
	free(st->result);
	free(st->column);
	free(st->row);
	free(st);
}

void db_statements_free(struct db *db)
{
	for (unsigned b = 0; b < DB_STATEMENT_BUCKETS; b++) {
		while (db->statements[b] != NULL) {
			struct db_statement *st = db->statements[b];
			db->statements[b] = st->next;
			statement_free(st);
		}
	}
}

static void statement_forget(struct db *db, const struct db_sql *sql)
{
	for (struct db_statement **p = &db->statements[bucket_of(sql)]; *p != NULL; p = &(*p)->next) {
		if ((*p)->sql == sql) {
			struct db_statement *st = *p;
			*p = st->next;
			statement_free(st);
			return;
		}
	}
}

static bool is_time(enum enum_field_types t)
{
	return t == MYSQL_TYPE_DATETIME || t == MYSQL_TYPE_TIMESTAMP || t == MYSQL_TYPE_DATE;
}

/* A whole DECIMAL as well: that is what SUM, and COALESCE of a signed and an unsigned number, bring. */
static bool is_number(const MYSQL_FIELD *f)
{
	enum enum_field_types t = f->type;
	return (t == MYSQL_TYPE_NEWDECIMAL && f->decimals == 0) || t == MYSQL_TYPE_TINY || t == MYSQL_TYPE_SHORT || t == MYSQL_TYPE_INT24 || t == MYSQL_TYPE_LONG || t == MYSQL_TYPE_LONGLONG ||
	       t == MYSQL_TYPE_YEAR;
}

static bool column_init(struct db_column *c, MYSQL_BIND *b, const MYSQL_FIELD *f)
{
	enum { BINARY_CHARSET = 63 };
	*b = (MYSQL_BIND){.is_null = &c->is_null, .error = &c->error, .length = &c->length};
	if (is_number(f)) {
		c->type = DB_INT;
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = &c->number;
		b->buffer_length = sizeof c->number;
		return true;
	}
	if (is_time(f->type)) {
		c->type = DB_TIME;
		b->buffer_type = MYSQL_TYPE_DATETIME;
		b->buffer = &c->time;
		b->buffer_length = sizeof c->time;
		return true;
	}
	c->type = f->charsetnr == BINARY_CHARSET && f->type != MYSQL_TYPE_NEWDECIMAL ? DB_BLOB : DB_TEXT;
	c->size = f->length < COLUMN_FIRST_BYTES ? f->length : COLUMN_FIRST_BYTES;
	c->text = malloc(c->size + 1);
	b->buffer_type = c->type == DB_BLOB ? MYSQL_TYPE_BLOB : MYSQL_TYPE_STRING;
	b->buffer = c->text;
	b->buffer_length = c->size;
	return c->text != NULL;
}

static enum err describe_result(struct db *db, struct db_statement *st)
{
	st->columns = mysql_stmt_field_count(st->stmt);
	if (st->columns == 0)
		return ERR_OK;
	st->result = calloc(st->columns, sizeof *st->result);
	st->column = calloc(st->columns, sizeof *st->column);
	st->row = calloc(st->columns, sizeof *st->row);
	MYSQL_RES *meta = mysql_stmt_result_metadata(st->stmt);
	enum err e = st->result == NULL || st->column == NULL || st->row == NULL || meta == NULL ? ERR_NOMEM : ERR_OK;
	for (unsigned i = 0; e == ERR_OK && i < st->columns; i++)
		if (!column_init(&st->column[i], &st->result[i], mysql_fetch_field_direct(meta, i)))
			e = ERR_NOMEM;
	if (meta != NULL)
		mysql_free_result(meta);
	/* Once for all executions: the library keeps it until the statement goes. */
	if (e == ERR_OK && mysql_stmt_bind_result(st->stmt, st->result) != 0)
		e = take_error(db, st->stmt, st->sql->sql);
	return e;
}

static enum err statement_prepare(struct db *db, const struct db_sql *sql, struct db_statement **out)
{
	struct db_statement *st = calloc(1, sizeof *st);
	if (st == NULL)
		return ERR_NOMEM;
	enum err e = ERR_NOMEM;
	st->sql = sql;
	st->stmt = mysql_stmt_init(&db->my);
	if (st->stmt == NULL)
		goto out;
	if (mysql_stmt_prepare(st->stmt, sql->sql, (unsigned long)strlen(sql->sql)) != 0) {
		e = take_error(db, st->stmt, sql->sql);
		goto out;
	}
	st->params = (unsigned)mysql_stmt_param_count(st->stmt);
	st->param = calloc(st->params + 1, sizeof *st->param);
	st->param_time = calloc(st->params + 1, sizeof *st->param_time);
	if (st->param == NULL || st->param_time == NULL)
		goto out;
	e = describe_result(db, st);
	if (e != ERR_OK)
		goto out;
	*out = st;
	return ERR_OK;
out:
	statement_free(st);
	return e;
}

static enum err statement_find(struct db *db, const struct db_sql *sql, struct db_statement **out)
{
	struct db_statement **head = &db->statements[bucket_of(sql)];
	for (struct db_statement *st = *head; st != NULL; st = st->next) {
		if (st->sql == sql) {
			*out = st;
			return ERR_OK;
		}
	}
	enum err e = statement_prepare(db, sql, out);
	if (e == ERR_OK) {
		(*out)->next = *head;
		*head = *out;
	}
	return e;
}

static void bind_one(MYSQL_BIND *b, MYSQL_TIME *time, const struct db_value *v)
{
	*b = (MYSQL_BIND){.buffer_type = MYSQL_TYPE_NULL};
	switch (v->type) {
	case DB_NULL:
		break;
	case DB_INT:
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = (void *)(uintptr_t)&v->i;
		break;
	case DB_TEXT:
	case DB_BLOB:
		b->buffer_type = v->type == DB_BLOB ? MYSQL_TYPE_BLOB : MYSQL_TYPE_STRING;
		b->buffer = (void *)(uintptr_t)v->s;
		b->buffer_length = v->n;
		b->length_value = v->n;
		break;
	case DB_TIME: {
		int y, mo, d, h, mi, s;
		clock_civil(v->i, &y, &mo, &d, &h, &mi, &s);
		*time = (MYSQL_TIME){.year = (unsigned)y, .month = (unsigned)mo, .day = (unsigned)d, .hour = (unsigned)h,
		                     .minute = (unsigned)mi, .second = (unsigned)s, .time_type = MYSQL_TIMESTAMP_DATETIME};
		b->buffer_type = MYSQL_TYPE_DATETIME;
		b->buffer = time;
		break;
	}
	}
}

static enum err execute_once(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct db_statement **out)
{
	struct db_statement *st = NULL;
	enum err e = statement_find(db, sql, &st);
	if (e != ERR_OK)
		return e;
	if (st->params != n_args)
		return db_error_take(db, 0, "wrong number of arguments", sql->sql);
	for (unsigned i = 0; i < st->params; i++)
		bind_one(&st->param[i], &st->param_time[i], &args[i]);
	if ((st->params > 0 && mysql_stmt_bind_param(st->stmt, st->param) != 0) || mysql_stmt_execute(st->stmt) != 0)
		return take_error(db, st->stmt, sql->sql);
	db->used = true;
	*out = st;
	return ERR_OK;
}

enum err db_statement_execute(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct db_statement **out)
{
	enum err e = sql->read ? db_connection_open(db) : db_connection_check(db);
	if (e != ERR_OK)
		return e;
	e = execute_once(db, sql, args, n_args, out);
	if (e == ERR_DB && db->open && (db->error_number == ER_UNKNOWN_STATEMENT || db->error_number == ER_REPREPARE)) {
		statement_forget(db, sql);
		e = execute_once(db, sql, args, n_args, out);
	}
	return e;
}

/* A text longer than its buffer: fetched again into a larger one, which stays for the rows to come. */
static enum err grow_columns(struct db *db, struct db_statement *st)
{
	bool grown = false;
	for (unsigned i = 0; i < st->columns; i++) {
		struct db_column *c = &st->column[i];
		if (c->is_null || c->text == NULL || c->length <= c->size)
			continue;
		unsigned long size = c->length + c->length / 2;
		char *text = malloc(size + 1);
		if (text == NULL)
			return ERR_NOMEM;
		MYSQL_BIND b = st->result[i];
		b.buffer = text;
		b.buffer_length = size;
		if (mysql_stmt_fetch_column(st->stmt, &b, i, 0) != 0) {
			free(text);
			return take_error(db, st->stmt, st->sql->sql);
		}
		free(c->text);
		c->text = text;
		c->size = size;
		st->result[i].buffer = text;
		st->result[i].buffer_length = size;
		grown = true;
	}
	if (grown && mysql_stmt_bind_result(st->stmt, st->result) != 0)
		return take_error(db, st->stmt, st->sql->sql);
	return ERR_OK;
}

/* Of v, what a column of this type never sets is 0 from the start. */
static void column_read(const struct db_column *c, struct db_value *v)
{
	if (c->is_null) {
		*v = db_null();
		return;
	}
	v->type = c->type;
	switch (c->type) {
	case DB_INT:
		v->i = c->number;
		break;
	case DB_TIME:
		v->i = clock_from_civil((int)c->time.year, (int)c->time.month, (int)c->time.day, (int)c->time.hour, (int)c->time.minute, (int)c->time.second);
		break;
	default:
		c->text[c->length] = '\0';
		v->s = c->text;
		v->n = c->length;
	}
}

enum err db_statement_fetch(struct db *db, struct db_statement *st, bool *more)
{
	*more = false;
	int r = mysql_stmt_fetch(st->stmt);
	if (r == MYSQL_NO_DATA)
		return ERR_OK;
	if (r != 0 && r != MYSQL_DATA_TRUNCATED)
		return take_error(db, st->stmt, st->sql->sql);
	enum err e = r == MYSQL_DATA_TRUNCATED ? grow_columns(db, st) : ERR_OK;
	if (e != ERR_OK)
		return e;
	for (unsigned i = 0; i < st->columns; i++)
		column_read(&st->column[i], &st->row[i]);
	*more = true;
	return ERR_OK;
}

void db_statement_end(struct db *db, struct db_statement *st)
{
	if (mysql_stmt_free_result(st->stmt) != 0)
		take_error(db, st->stmt, st->sql->sql);
}

enum err db_statement_plain(struct db *db, const char *sql, size_t n)
{
	uint64_t start = clock_mono_us();
	enum err e = ERR_OK;
	if (mysql_real_query(&db->my, sql, (unsigned long)n) != 0)
		e = db_error_take_connection(db, sql);
	MYSQL_RES *unwanted = e == ERR_OK && mysql_field_count(&db->my) > 0 ? mysql_use_result(&db->my) : NULL;
	if (unwanted != NULL)
		mysql_free_result(unwanted);
	db_count(db, start);
	return e;
}

enum err db_statement_set(struct db *db, const char *sql, int64_t value)
{
	struct db_sql once = {sql, DB_WRITES};
	struct db_value v = db_int(value);
	struct db_statement *st = NULL;
	enum err e = execute_once(db, &once, &v, 1, &st);
	if (db->open)
		statement_forget(db, &once);
	return e;
}
