#include "app/guard.h"

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

Suite *suite_guard(void)
{
	Suite *s = suite_create("guard");
	TCase *t = tcase_create("guard");
	tcase_add_loop_test(t, what_is_internal_is_for_this_machine_only, 0, sizeof clients / sizeof *clients);
	tcase_add_loop_test(t, a_write_comes_from_our_own_pages_or_from_a_program_without_a_session, 0, sizeof writers / sizeof *writers);
	suite_add_tcase(s, t);
	return s;
}
