#include "db/db_internal.h"

#include <ctype.h>
#include <string.h>

/* Past blank space and comment lines. */
static const char *skip_blank(const char *s)
{
	for (;;) {
		while (isspace((unsigned char)*s))
			s++;
		if (s[0] != '-' || s[1] != '-')
			return s;
		s += strcspn(s, "\n");
	}
}

/* The ';' that ends a line and with it the statement at s; NULL: the text's end does. */
static const char *statement_end(const char *s)
{
	for (const char *p = strchr(s, ';'); p != NULL; p = strchr(p + 1, ';')) {
		size_t blank = strspn(p + 1, " \t\r");
		if (p[1 + blank] == '\n' || p[1 + blank] == '\0')
			return p;
	}
	return NULL;
}

enum err db_run_script(struct db *db, const char *sql)
{
	enum err e = db_connection_check(db);
	for (const char *s = skip_blank(sql); e == ERR_OK && *s != '\0'; s = skip_blank(s)) {
		const char *end = statement_end(s);
		size_t n = end == NULL ? strlen(s) : (size_t)(end - s);
		e = db_statement_plain(db, s, n);
		s += n;
		if (*s == ';')
			s++;
	}
	return e;
}
