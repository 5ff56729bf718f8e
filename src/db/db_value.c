#include "db/db.h"

#include <string.h>

struct db_value db_int(int64_t v)
{
	return (struct db_value){.type = DB_INT, .i = v};
}

struct db_value db_text(const char *s)
{
	if (s == NULL)
		return db_null();
	return (struct db_value){.type = DB_TEXT, .s = s, .n = strlen(s)};
}

struct db_value db_blob(const void *p, size_t n)
{
	return (struct db_value){.type = DB_BLOB, .s = p, .n = n};
}

struct db_value db_time(int64_t t)
{
	if (t == 0)
		return db_null();
	return (struct db_value){.type = DB_TIME, .i = t};
}

struct db_value db_null(void)
{
	return (struct db_value){.type = DB_NULL};
}

const struct db_value *db_cell(const struct db_rows *r, size_t row, size_t column)
{
	return &r->cells[row * r->columns + column];
}
