#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "db_test.h"

Suite *suite_db_faults(void);

static struct conf conf;
static struct db *db;
static struct arena *arena;

static const struct db_sql sql_one = {"SELECT 1", true};
static const struct db_sql sql_sleep = {"SELECT SLEEP(30)", true};
static const struct db_sql sql_add = {"INSERT INTO t VALUES (?)", false};
static const struct db_sql sql_rows = {"SELECT COUNT(*) FROM t", true};

static void set_up(void)
{
	db_test_admin("CREATE DATABASE IF NOT EXISTS op_faults;\n"
	              "CREATE TABLE IF NOT EXISTS op_faults.t (id INT PRIMARY KEY) ENGINE=InnoDB;\n"
	              "DELETE FROM op_faults.t;\n"
	              "DROP USER IF EXISTS outport@localhost;\n"
	              "CREATE USER outport@localhost IDENTIFIED BY 'a pass word';\n"
	              "GRANT SELECT, INSERT, UPDATE, DELETE ON op_faults.* TO outport@localhost");
	db_test_conf(&conf, "op_faults");
	snprintf(conf.database.user, sizeof conf.database.user, "outport");
	ck_assert_err(db_test_new(&conf, "a pass word", &db), ERR_OK);
	arena = arena_new(1024 * 1024);
}

static void tear_down(void)
{
	db_free(db);
	arena_free(arena);
}

static enum err read_once(void)
{
	struct db_rows r;
	return db_query(db, &sql_one, DB_NO_ARGS, arena, 1, &r);
}

static int64_t rows(void)
{
	struct db_rows r;
	ck_assert_err(db_query(db, &sql_rows, DB_NO_ARGS, arena, 1, &r), ERR_OK);
	return db_cell(&r, 0, 0)->i;
}

static void wait_for(enum err wanted)
{
	enum err e = ERR_INTERNAL;
	for (int i = 0; i < 3000 && e != wanted; i++) {
		e = read_once();
		if (e != wanted)
			nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
	}
	ck_assert_err(e, wanted);
}

static const int signals[] = {SIGKILL, SIGTERM};

START_TEST(a_server_that_goes_away_is_an_error_and_comes_back)
{
	ck_assert_err(read_once(), ERR_OK);
	db_test_server_kill(signals[_i]);
	ck_assert_err(read_once(), ERR_DB_AWAY);
	ck_assert_err(db_exec(db, &sql_add, DB_ARGS(db_int(1)), NULL), ERR_DB_AWAY);
	ck_assert_err(db_ping(db), ERR_DB_AWAY);
	ck_assert_str_ne(db_error_text(db), "");
	db_test_server_start();
	wait_for(ERR_OK);
	ck_assert_int_eq(rows(), 0);
	ck_assert_err(db_exec(db, &sql_add, DB_ARGS(db_int(1)), NULL), ERR_OK);
}
END_TEST

START_TEST(a_restart_between_two_writes_goes_unnoticed)
{
	ck_assert_err(db_exec(db, &sql_add, DB_ARGS(db_int(1)), NULL), ERR_OK);
	db_test_server_kill(SIGTERM);
	db_test_server_start();
	ck_assert_err(db_exec(db, &sql_add, DB_ARGS(db_int(2)), NULL), ERR_OK);
	ck_assert_int_eq(rows(), 2);
}
END_TEST

static enum err body_with_a_killed_server(struct db *which, void *ctx)
{
	(void)ctx;
	ck_assert_err(db_exec(which, &sql_add, DB_ARGS(db_int(1)), NULL), ERR_OK);
	db_test_server_kill(SIGKILL);
	enum err e = db_exec(which, &sql_add, DB_ARGS(db_int(2)), NULL);
	db_test_server_start();
	ck_assert_err(db_exec(which, &sql_add, DB_ARGS(db_int(3)), NULL), ERR_DB_AWAY);
	return e;
}

START_TEST(a_transaction_whose_server_died_left_nothing)
{
	ck_assert_err(db_transaction(db, body_with_a_killed_server, NULL), ERR_DB_AWAY);
	wait_for(ERR_OK);
	ck_assert_int_eq(rows(), 0);
}
END_TEST

START_TEST(a_primary_that_became_read_only_says_so)
{
	ck_assert_err(db_exec(db, &sql_add, DB_ARGS(db_int(1)), NULL), ERR_OK);
	db_test_admin("SET GLOBAL read_only = 1");
	enum err e = db_exec(db, &sql_add, DB_ARGS(db_int(2)), NULL);
	enum err reading = read_once();
	db_test_admin("SET GLOBAL read_only = 0");
	ck_assert_err(e, ERR_DB_READ_ONLY);
	ck_assert_err(reading, ERR_OK);
	ck_assert_err(db_exec(db, &sql_add, DB_ARGS(db_int(2)), NULL), ERR_OK);
}
END_TEST

static void wrong_password(void)
{
	db_free(db);
	ck_assert_err(db_test_new(&conf, "guess", &db), ERR_OK);
}

static void no_such_database(void)
{
	snprintf(conf.database.name, sizeof conf.database.name, "op_nothing");
}

static void no_such_socket(void)
{
	snprintf(conf.database.socket, sizeof conf.database.socket, "/nonexistent/sock");
}

static void nobody_listens(void)
{
	snprintf(conf.database.host, sizeof conf.database.host, "127.0.0.1");
	conf.database.port = 1;
}

static void no_such_host(void)
{
	snprintf(conf.database.host, sizeof conf.database.host, "db.invalid");
}

static void authority_that_is_not_there(void)
{
	snprintf(conf.database.tls_ca, sizeof conf.database.tls_ca, "/nonexistent/ca.pem");
}

static const struct {
	void (*spoil)(void);
	unsigned number; /* 0: whatever the system says */
} refusals[] = {
	{wrong_password, 1045}, {no_such_database, 1044}, {no_such_socket, 2002}, {nobody_listens, 2002}, {no_such_host, 2005},
	{authority_that_is_not_there, 2026},
};

START_TEST(a_connection_that_cannot_be_made_is_away_with_a_reason)
{
	refusals[_i].spoil();
	ck_assert_err(read_once(), ERR_DB_AWAY);
	ck_assert_uint_eq(db_error_number(db), refusals[_i].number);
	ck_assert_str_ne(db_error_text(db), "");
	ck_assert_ptr_null(strstr(db_error_text(db), "guess"));
}
END_TEST

START_TEST(too_many_connections_are_away)
{
	db_test_admin("DROP USER IF EXISTS outport@localhost;\n"
	              "CREATE USER outport@localhost IDENTIFIED BY 'a pass word' WITH MAX_USER_CONNECTIONS 1;\n"
	              "GRANT SELECT ON op_faults.* TO outport@localhost");
	struct db *other = NULL;
	ck_assert_err(read_once(), ERR_OK);
	ck_assert_err(db_test_new(&conf, "a pass word", &other), ERR_OK);
	ck_assert_err(db_ping(other), ERR_DB_AWAY);
	db_free(other);
}
END_TEST

/* A socket of our own in front of the server, or instead of it. */
struct door {
	char dir[64];
	int listener, wake[2];
	pthread_t thread;
	char target[256];
	const char *cut_at;        /* the connection is cut when the client has sent this (3: a query) */
	bool pass_it_on;           /* … after the server got it */
	bool silent;               /* answers nothing at all */
	atomic_int accepted;
};

static int connect_to(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(a.sun_path, sizeof a.sun_path, "%.100s", path);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof a) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Carries one connection until it is cut or ended. */
static void carry(struct door *d, int client)
{
	int server = connect_to(d->target);
	char bytes[16384];
	struct pollfd p[3] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {d->wake[0], POLLIN, 0}};
	while (server >= 0 && poll(p, 3, -1) > 0 && p[2].revents == 0) {
		int from = p[0].revents != 0 ? client : server, to = from == client ? server : client;
		ssize_t n = read(from, bytes, sizeof bytes);
		if (n <= 0)
			break;
		bool cut = from == client && d->cut_at != NULL && memmem(bytes, (size_t)n, d->cut_at, strlen(d->cut_at)) != NULL;
		if (cut && !d->pass_it_on)
			break;
		if (send(to, bytes, (size_t)n, MSG_NOSIGNAL) != n)
			break;
		/* The server's answer says that it is done. */
		if (cut && read(server, bytes, sizeof bytes) >= 0)
			break;
	}
	if (server >= 0)
		close(server);
}

static void *door_main(void *arg)
{
	struct door *d = arg;
	struct pollfd p[2] = {{d->listener, POLLIN, 0}, {d->wake[0], POLLIN, 0}};
	while (poll(p, 2, -1) > 0 && p[1].revents == 0) {
		int client = accept(d->listener, NULL, NULL);
		if (client < 0)
			continue;
		atomic_fetch_add(&d->accepted, 1);
		if (d->silent)
			poll(&p[1], 1, -1);
		else if (d->target[0] != '\0')
			carry(d, client);
		close(client);
	}
	return NULL;
}

static void door_open(struct door *d)
{
	snprintf(d->dir, sizeof d->dir, "/tmp/outport-door.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(d->dir));
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	snprintf(a.sun_path, sizeof a.sun_path, "%s/sock", d->dir);
	d->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(d->listener, 0);
	ck_assert_int_eq(bind(d->listener, (const struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(listen(d->listener, 64), 0);
	ck_assert_int_eq(pipe(d->wake), 0);
	ck_assert_int_eq(pthread_create(&d->thread, NULL, door_main, d), 0);
	snprintf(conf.database.socket, sizeof conf.database.socket, "%s", a.sun_path);
}

static void door_close(struct door *d)
{
	ck_assert_int_eq(write(d->wake[1], "x", 1), 1);
	ck_assert_int_eq(pthread_join(d->thread, NULL), 0);
	close(d->listener);
	unlink(conf.database.socket);
	rmdir(d->dir);
}

START_TEST(a_server_that_hangs_up_is_not_asked_over_and_over)
{
	struct door d = {.target = ""};
	door_open(&d);
	for (int i = 0; i < 2000; i++)
		ck_assert_err(read_once(), ERR_DB_AWAY);
	/* One, a second at once, then after 50 ms and twice as long each time. */
	ck_assert_int_ge(d.accepted, 2);
	ck_assert_int_le(d.accepted, 12);
	door_close(&d);
}
END_TEST

START_TEST(a_server_that_says_nothing_is_given_up)
{
	struct door d = {.silent = true};
	conf.database.connect_timeout = 1;
	door_open(&d);
	ck_assert_err(read_once(), ERR_DB_AWAY);
	ck_assert_int_eq(d.accepted, 1);
	door_close(&d);
}
END_TEST

START_TEST(a_read_that_is_not_answered_is_given_up_and_not_repeated)
{
	conf.database.read_timeout = 1;
	ck_assert_err(read_once(), ERR_OK);
	struct db_rows r;
	ck_assert_err(db_query(db, &sql_sleep, DB_NO_ARGS, arena, 1, &r), ERR_DB_AWAY);
	ck_assert_int_le(db_test_number(db, "SELECT COUNT(*) FROM information_schema.processlist WHERE info = 'SELECT SLEEP(30)'"), 1);
}
END_TEST

static enum err body_adds(struct db *which, void *ctx)
{
	(void)ctx;
	return db_exec(which, &sql_add, DB_ARGS(db_int(1)), NULL);
}

static const struct {
	const char *cut_at;
	bool pass_it_on;
	enum err err;
	int64_t rows;
} cuts[] = {
	{"INSERT", false, ERR_DB_AWAY, 0},
	{"\003COMMIT", false, ERR_DB, 0},
	{"\003COMMIT", true, ERR_DB, 1},
};

START_TEST(a_connection_cut_at_commit_is_not_tried_again)
{
	struct door d = {.cut_at = cuts[_i].cut_at, .pass_it_on = cuts[_i].pass_it_on};
	snprintf(d.target, sizeof d.target, "%s", conf.database.socket);
	door_open(&d);
	ck_assert_err(db_transaction(db, body_adds, NULL), cuts[_i].err);
	struct conf direct;
	db_test_conf(&direct, "op_faults");
	struct db *other = db_test_open(&direct);
	ck_assert_int_eq(db_test_number(other, "SELECT COUNT(*) FROM t"), cuts[_i].rows);
	db_free(other);
	db_free(db);
	db = NULL;
	door_close(&d);
}
END_TEST

/* TLS. Certificates are made here, by openssl(1), and live for the test. */
static char tls_dir[64];

static void openssl(const char *script)
{
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (chdir(tls_dir) == 0)
			execl("/bin/sh", "sh", "-ec", script, (char *)NULL);
		_exit(127);
	}
	int status = 0;
	while (waitpid(child, &status, 0) < 0)
		ck_assert_int_eq(errno, EINTR);
	ck_assert_msg(status == 0, "openssl failed: is the Debian package openssl installed?");
}

static void make_certificates(void)
{
	snprintf(tls_dir, sizeof tls_dir, "/tmp/outport-tls.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(tls_dir));
	openssl("for ca in ca other; do"
	        " openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=$ca -keyout $ca-key.pem -out $ca.pem;"
	        " done 2>/dev/null;"
	        "for host in localhost elsewhere.example; do"
	        " openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=$host -keyout $host-key.pem -out request.pem;"
	        " openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out $host.pem;"
	        " done 2>/dev/null");
}

static void restart_with(const char *arguments)
{
	db_test_server_kill(SIGTERM);
	setenv("OUTPORT_TEST_SERVER_ARGS", arguments, 1);
	db_test_server_start();
}

static void restart_as(const char *host)
{
	char arguments[256];
	snprintf(arguments, sizeof arguments, "--ssl-cert=%s/%s.pem --ssl-key=%s/%s-key.pem", tls_dir, host, tls_dir, host);
	restart_with(arguments);
}

static bool is_encrypted(void)
{
	static const struct db_sql sql = {"SHOW SESSION STATUS LIKE 'Ssl_cipher'", true};
	struct db_rows r;
	return db_query(db, &sql, DB_NO_ARGS, arena, 1, &r) == ERR_OK && r.n == 1 && db_cell(&r, 0, 1)->n > 0;
}

static enum err connect_with_authority(const char *name)
{
	snprintf(conf.database.tls_ca, sizeof conf.database.tls_ca, "%s/%s", tls_dir, name);
	db_free(db);
	ck_assert_err(db_test_new(&conf, "a pass word", &db), ERR_OK);
	return read_once();
}

START_TEST(tls_is_enforced_and_the_server_verified)
{
	make_certificates();
	/* A server without TLS is refused, not spoken to in clear. */
	ck_assert_err(connect_with_authority("ca.pem"), ERR_DB_AWAY);
	ck_assert_uint_eq(db_error_number(db), 2026);
	restart_as("localhost");
	enum err trusted = connect_with_authority("ca.pem");
	bool encrypted = is_encrypted();
	enum err mistrusted = connect_with_authority("other.pem");
	unsigned number = db_error_number(db);
	restart_as("elsewhere.example");
	enum err misnamed = connect_with_authority("ca.pem");
	unsigned misnamed_number = db_error_number(db);
	restart_with("");
	openssl("cd /; rm -rf \"$OLDPWD\"");
	ck_assert_err(trusted, ERR_OK);
	ck_assert(encrypted);
	ck_assert_err(mistrusted, ERR_DB_AWAY);
	ck_assert_uint_eq(number, 2026);
	ck_assert_err(misnamed, ERR_DB_AWAY);
	ck_assert_uint_eq(misnamed_number, 2026);
}
END_TEST

Suite *suite_db_faults(void)
{
	Suite *s = suite_create("db_faults");
	TCase *t = tcase_create("faults");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, a_connection_that_cannot_be_made_is_away_with_a_reason, 0, sizeof refusals / sizeof refusals[0]);
	tcase_add_test(t, too_many_connections_are_away);
	tcase_add_test(t, a_primary_that_became_read_only_says_so);
	tcase_add_test(t, a_server_that_hangs_up_is_not_asked_over_and_over);
	tcase_add_test(t, a_server_that_says_nothing_is_given_up);
	tcase_add_test(t, a_read_that_is_not_answered_is_given_up_and_not_repeated);
	tcase_add_loop_test(t, a_connection_cut_at_commit_is_not_tried_again, 0, sizeof cuts / sizeof cuts[0]);
	tcase_add_loop_test(t, a_server_that_goes_away_is_an_error_and_comes_back, 0, sizeof signals / sizeof signals[0]);
	tcase_add_test(t, a_restart_between_two_writes_goes_unnoticed);
	tcase_add_test(t, a_transaction_whose_server_died_left_nothing);
	tcase_add_test(t, tls_is_enforced_and_the_server_verified);
	suite_add_tcase(s, t);
	return s;
}
