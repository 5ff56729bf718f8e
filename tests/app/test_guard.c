#include "app/guard.h"

#include <string.h>

#include "app/context.h"
#include "suites_app.h"

/* Passes a request that has these properties through the guard; the answer's status, 0 when it passed. */
static int guarded(struct http_request req, const struct guard *g)
{
	struct app app = {.conf = NULL};
	struct http_response res = {.status = 0};
	req.arena = arena_new(1 << 16);
	buf_init(&res.body, 1 << 16);
	struct context c = {.app = &app, .arena = req.arena, .req = &req, .res = &res, .api = true};
	bool passed = guard_pass(&c, g);
	int status = res.status;
	buf_free(&res.body);
	arena_free(req.arena);
	ck_assert(passed == (status == 0));
	return status;
}

static const struct {
	const char *address;
	int status;
} clients[] = {
	{"127.0.0.1", 0}, {"127.1.2.3", 0}, {"::1", 0}, {"", 404}, {"10.0.0.1", 404}, {"1.127.0.1", 404}, {"::11", 404}, {"203.0.113.127", 404},
};

START_TEST(what_is_internal_is_for_this_machine_only)
{
	const struct http_request req = {.client_address = clients[_i].address, .request_id = "", .query_string = "", .authorization = ""};
	ck_assert_int_eq(guarded(req, &(struct guard){.loopback = true, .ignore_query = true}), clients[_i].status);
}
END_TEST

static const struct {
	const char *site, *origin, *host, *cookie;
	int status;
} writers[] = {
	{"same-origin", "", "a.example", "", 0},
	{"same-origin", "https://evil.example", "a.example", "__Host-outport=1", 0}, /* a browser's word, which no page can forge */
	{"same-site", "https://a.example", "a.example", "", 403},
	{"cross-site", "", "a.example", "", 403},
	{"none", "", "a.example", "", 403},
	{"", "https://a.example", "a.example", "__Host-outport=1", 0},
	{"", "https://a.example:8443", "a.example", "", 403},
	{"", "https://a.example.evil.example", "a.example", "", 403},
	{"", "https://evil.example/?://a.example", "a.example", "", 403},
	{"", "null", "a.example", "", 403},
	{"", "://", "", "", 403},
	{"", "", "a.example", "", 0},
	{"", "", "a.example", "other=1; __Host-outport=1", 403},
	{"", "", "a.example", "x__Host-outport=1", 0},
};

START_TEST(a_write_comes_from_our_own_pages_or_from_a_program_without_a_session)
{
	const struct http_request req = {
		.sec_fetch_site = writers[_i].site, .origin = writers[_i].origin, .host = writers[_i].host, .cookie = writers[_i].cookie,
		.client_address = "", .request_id = "", .query_string = "", .authorization = "",
	};
	ck_assert_int_eq(guarded(req, &(struct guard){.writes = true}), writers[_i].status);
}
END_TEST

/* Who asks for a route, and what they get: 0 passes. */
enum asker { VISITOR, MEMBER, MODERATOR, ADMIN, PROGRAM, TOKEN_NONE, TOKEN_READ, TOKEN_ALL_MODERATOR, DEAD_BEARER, ASKER_COUNT };

static const struct session askers[ASKER_COUNT] = {
	[MEMBER] = {.id = 1, .kind = SESSION_BROWSER, .scopes = SCOPE_ALL, .role = ROLE_MEMBER},
	[MODERATOR] = {.id = 1, .kind = SESSION_BROWSER, .scopes = SCOPE_ALL, .role = ROLE_MODERATOR},
	[ADMIN] = {.id = 1, .kind = SESSION_BROWSER, .scopes = SCOPE_ALL, .role = ROLE_ADMIN},
	[PROGRAM] = {.id = 1, .kind = SESSION_PROGRAM, .scopes = SCOPE_ALL, .role = ROLE_MEMBER},
	[TOKEN_NONE] = {.id = 1, .kind = SESSION_TOKEN, .scopes = SCOPE_NONE, .role = ROLE_MEMBER},
	[TOKEN_READ] = {.id = 1, .kind = SESSION_TOKEN, .scopes = SCOPE_READ, .role = ROLE_MEMBER},
	[TOKEN_ALL_MODERATOR] = {.id = 1, .kind = SESSION_TOKEN, .scopes = SCOPE_ALL, .role = ROLE_MODERATOR},
};

static bool has_bearer(enum asker who)
{
	return who >= PROGRAM;
}

/* A request of c's kind, with the site's other origin when foreign says so. */
static int asked(enum asker who, const struct guard *g, bool api, bool foreign, const char **location)
{
	struct app app = {.site = {.name = {"Outport", "Outport"}, .url = "http://a.example", .languages = {true, true},
	                           .partials = {{"", "", ""}, {"", "", ""}}}};
	struct http_request req = {
		.method = g->writes ? HTTP_POST : HTTP_GET, .client_address = "", .request_id = "", .query_string = "a=1", .authorization = "", .origin = "",
		.cookie = "", .host = "a.example", .sec_fetch_site = foreign ? "cross-site" : "same-origin", .content_type = "application/x-www-form-urlencoded",
		.body = "title=Dory&password=secret-words&code=123456", .body_state = HTTP_BODY_WHOLE,
	};
	struct http_response res = {.status = 0};
	if (has_bearer(who))
		req.authorization = "Bearer x";
	req.body_len = strlen(req.body);
	req.arena = arena_new(1 << 18);
	buf_init(&res.body, 1 << 18);
	struct context c = {
		.app = &app, .arena = req.arena, .req = &req, .res = &res, .api = api, .path = "/account/x", .session = askers[who].id != 0 ? &askers[who] : NULL,
	};
	bool passed = guard_pass(&c, g);
	ck_assert(passed == (res.status == 0));
	if (res.status == 401 && g->writes && !api && !has_bearer(who)) {
		ck_assert_ptr_nonnull(strstr(res.body.data, "name=\"title\" value=\"Dory\""));
		ck_assert_ptr_null(strstr(res.body.data, "secret-words"));
		ck_assert_ptr_null(strstr(res.body.data, "123456"));
	}
	for (unsigned i = 0; i < res.header_count; i++)
		if (strcmp(res.headers[i].name, "Location") == 0)
			*location = strcmp(res.headers[i].value, "/login?next=%2Faccount%2Fx%3Fa%3D1") == 0 ? "login" : "elsewhere";
	buf_free(&res.body);
	arena_free(req.arena);
	return res.status;
}

static const struct {
	enum access access;
	enum scope scope;
	int status[ASKER_COUNT]; /* of a page that is read */
} accesses[] = {
	/*                                 visitor member moderator admin program no-scope read all-moderator dead */
	{ACCESS_ANYONE, SCOPE_NONE, {0, 0, 0, 0, 0, 0, 0, 0, 401}},
	{ACCESS_ANYONE, SCOPE_READ, {0, 0, 0, 0, 0, 403, 0, 0, 401}},
	{ACCESS_MEMBER, SCOPE_NONE, {303, 0, 0, 0, 0, 403, 403, 403, 401}},
	{ACCESS_MEMBER, SCOPE_READ, {303, 0, 0, 0, 0, 403, 0, 0, 401}},
	{ACCESS_MEMBER, SCOPE_LISTINGS, {303, 0, 0, 0, 0, 403, 403, 0, 401}},
	{ACCESS_MODERATOR, SCOPE_NONE, {303, 403, 0, 0, 403, 403, 403, 403, 401}},
	{ACCESS_MODERATOR, SCOPE_MODERATION, {303, 403, 0, 0, 403, 403, 403, 0, 401}},
	{ACCESS_ADMIN, SCOPE_MODERATION, {303, 403, 403, 0, 403, 403, 403, 403, 401}},
};

START_TEST(a_route_is_for_whom_the_table_says)
{
	for (int who = 0; who < ASKER_COUNT; who++) {
		struct guard g = {.access = accesses[_i].access, .scope = accesses[_i].scope, .query = (const char *const[]){"a", NULL}};
		int expected = accesses[_i].status[who];
		const char *location = NULL;
		ck_assert_int_eq(asked((enum asker)who, &g, false, false, &location), expected);
		if (expected == 303)
			ck_assert_str_eq(location, "login");
		ck_assert_int_eq(asked((enum asker)who, &g, true, false, &location), expected == 303 ? 401 : expected);
		/* a form is not sent to sign in and lost, but kept to be sent again */
		g.writes = true;
		ck_assert_int_eq(asked((enum asker)who, &g, false, false, &location), expected == 303 ? 401 : expected);
		ck_assert_int_eq(asked((enum asker)who, &g, true, false, &location), expected == 303 ? 401 : expected);
		/* from another site: nobody but who shows a token, which no browser sends by itself */
		ck_assert_int_eq(asked((enum asker)who, &g, false, true, &location), has_bearer((enum asker)who) ? expected : 403);
		g.any_origin = true;
		ck_assert_int_eq(asked((enum asker)who, &g, false, true, &location), expected == 303 ? 401 : expected);
	}
}
END_TEST

START_TEST(a_feed_does_not_look_at_whoever_asks)
{
	const struct http_request req = {.client_address = "", .request_id = "", .query_string = "", .authorization = "Bearer x"};
	ck_assert_int_eq(guarded(req, &(struct guard){.same_for_all = true}), 0);
}
END_TEST

Suite *suite_guard(void)
{
	Suite *s = suite_create("guard");
	TCase *t = tcase_create("guard");
	tcase_add_loop_test(t, what_is_internal_is_for_this_machine_only, 0, sizeof clients / sizeof *clients);
	tcase_add_loop_test(t, a_write_comes_from_our_own_pages_or_from_a_program_without_a_session, 0, sizeof writers / sizeof *writers);
	tcase_add_loop_test(t, a_route_is_for_whom_the_table_says, 0, sizeof accesses / sizeof *accesses);
	tcase_add_test(t, a_feed_does_not_look_at_whoever_asks);
	suite_add_tcase(s, t);
	return s;
}
