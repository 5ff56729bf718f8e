#include "db/setup_db.h"

#include <string.h>
#include <strings.h>

#include "util/buf.h"

enum { SCRIPT_BYTES = 4096, NAME_MAX_BYTES = 63, USER_MAX_BYTES = 32, HOST_MAX_BYTES = 60, PASSWORD_MAX_BYTES = 200 };

#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

static const struct db_sql sql_version = {"SELECT VERSION()", true};
static const struct db_sql sql_has_database = {"SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ?", true};
static const struct db_sql sql_has_user = {"SELECT COUNT(*) FROM mysql.user WHERE user = ? AND host = ?", true};

static bool made_of(const char *s, const char *alphabet, size_t max)
{
	size_t n = strlen(s);
	return n >= 1 && n <= max && strspn(s, alphabet) == n;
}

static bool password_good(const char *s)
{
	if (strlen(s) > PASSWORD_MAX_BYTES)
		return false;
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~' || strchr("'\"`\\;", *s) != NULL)
			return false;
	return true;
}

const char *setup_db_problem(const struct setup_account *a)
{
	static const char *const reserved[] = {"root", "mysql", "mariadb", "admin", "rdsadmin", NULL};
	static const char *const systems[] = {"mysql", "sys", "information_schema", "performance_schema", NULL};
	if (!made_of(a->database, WORD, NAME_MAX_BYTES))
		return "[database] name: letters, digits and _ only, at most 63";
	for (size_t i = 0; systems[i] != NULL; i++)
		if (strcasecmp(a->database, systems[i]) == 0)
			return "[database] name: this one is the server's own";
	if (!made_of(a->user, WORD, USER_MAX_BYTES))
		return "[database] user: letters, digits and _ only, at most 32";
	for (size_t i = 0; reserved[i] != NULL; i++)
		if (strcasecmp(a->user, reserved[i]) == 0)
			return "[database] user: the site needs a user of its own, not an administrator";
	if (!made_of(a->host, WORD ".:%-", HOST_MAX_BYTES))
		return "the user's host: letters, digits and . : % - _ only, at most 60";
	if (!password_good(a->password))
		return "[database] password: printable ASCII without quotes, backslash and semicolon, at most 200";
	return NULL;
}

static enum err is_there(struct db *admin, struct arena *a, const struct db_sql *sql, const struct db_value *args, size_t n, bool *out)
{
	struct db_rows r;
	enum err e = db_query(admin, sql, args, n, a, 1, &r);
	if (e == ERR_OK)
		*out = db_cell(&r, 0, 0)->i > 0;
	return e;
}

static void put_user(struct buf *b, const struct setup_account *a)
{
	buf_puts(b, "'");
	buf_puts(b, a->user);
	buf_puts(b, "'@'");
	buf_puts(b, a->host);
	buf_puts(b, "'");
}

static void put_identified(struct buf *b, const struct setup_account *a, bool mariadb)
{
	if (a->password[0] == '\0') {
		buf_puts(b, mariadb ? " IDENTIFIED VIA unix_socket;\n" : " IDENTIFIED WITH auth_socket;\n");
		return;
	}
	buf_puts(b, " IDENTIFIED BY '");
	buf_puts(b, a->password);
	buf_puts(b, "';\n");
}

/* In a grant, an underscore stands for any character unless it is escaped. */
static void put_grant_name(struct buf *b, const char *database)
{
	buf_puts(b, "`");
	for (const char *p = database; *p != '\0'; p++) {
		if (*p == '_')
			buf_putc(b, '\\');
		buf_putc(b, *p);
	}
	buf_puts(b, "`");
}

static void put_script(struct buf *b, const struct setup_account *a, bool mariadb)
{
	buf_puts(b, "CREATE DATABASE IF NOT EXISTS `");
	buf_puts(b, a->database);
	buf_puts(b, "` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\nCREATE USER IF NOT EXISTS ");
	put_user(b, a);
	put_identified(b, a, mariadb);
	buf_puts(b, "ALTER USER ");
	put_user(b, a);
	put_identified(b, a, mariadb);
	buf_puts(b, "GRANT SELECT, INSERT, UPDATE, DELETE ON ");
	put_grant_name(b, a->database);
	buf_puts(b, ".* TO ");
	put_user(b, a);
	buf_puts(b, ";\n");
}

enum err setup_db_apply(struct db *admin, struct arena *a, const struct setup_account *account, struct setup_report *out)
{
	bool had_database = false, had_user = false;
	struct db_rows version;
	if (setup_db_problem(account) != NULL)
		return ERR_INVALID;
	enum err e = db_query(admin, &sql_version, DB_NO_ARGS, a, 1, &version);
	if (e == ERR_OK)
		e = is_there(admin, a, &sql_has_database, DB_ARGS(db_text(account->database)), &had_database);
	if (e == ERR_OK)
		e = is_there(admin, a, &sql_has_user, DB_ARGS(db_text(account->user), db_text(account->host)), &had_user);
	if (e != ERR_OK)
		return e;
	struct buf script;
	buf_init(&script, SCRIPT_BYTES);
	put_script(&script, account, strstr(db_cell(&version, 0, 0)->s, "MariaDB") != NULL);
	e = script.error;
	if (e == ERR_OK)
		e = db_run_script(admin, buf_str(&script));
	if (script.data != NULL)
		explicit_bzero(script.data, script.size);
	buf_free(&script);
	*out = (struct setup_report){.database_made = !had_database, .user_made = !had_user};
	return e;
}
