#include "model/address.h"

#include <string.h>

#include "suites_model.h"

static const struct {
	const char *ip, *reversed; /* NULL: it is no address */
} addresses[] = {
	{"1.2.3.4", "4.3.2.1"}, {"0.0.0.0", "0.0.0.0"}, {"255.254.253.252", "252.253.254.255"}, {"127.0.0.1", "1.0.0.127"},
	/* RFC 3596, section 2.5 */
	{"4321:0:1:2:3:4:567:89ab", "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4"},
	{"2001:DB8::C0:FFEE", "e.e.f.f.0.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"},
	{"::", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"},
	{"::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"},
	/* mapped, in both spellings; what looks like it is not */
	{"::ffff:1.2.3.4", "4.3.2.1"}, {"::FFFF:102:304", "4.3.2.1"}, {"0:0:0:0:0:ffff:1.2.3.4", "4.3.2.1"},
	{"::1.2.3.4", "4.0.3.0.2.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"},
	{"64:ff9b::1.2.3.4", "4.0.3.0.2.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.0"},
	{"", NULL}, {"localhost", NULL}, {"1.2.3", NULL}, {"1.2.3.4.5", NULL}, {"1.2.3.256", NULL}, {"01.2.3.4", NULL}, {"1.2.3.4 ", NULL}, {" 1.2.3.4", NULL},
	{"0x1.2.3.4", NULL}, {"16909060", NULL}, {"1.2.3.4:80", NULL}, {"1.2.3.4/32", NULL}, {"[::1]", NULL}, {"fe80::1%eth0", NULL}, {"fe80::1%1", NULL}, {":::", NULL},
	{"1::2::3", NULL}, {"::ffff:1.2.3", NULL}, {"12345::", NULL}, {"1:2:3:4:5:6:7:8:9", NULL}, {"1.2.3.4\n", NULL}, {"\xd9\xa1.2.3.4", NULL},
};

START_TEST(an_address_is_written_from_its_end)
{
	char out[ADDRESS_REVERSED_SIZE] = "left from before";
	ck_assert_msg(address_reverse(addresses[_i].ip, out) == (addresses[_i].reversed != NULL), "%s", addresses[_i].ip);
	ck_assert_str_eq(out, addresses[_i].reversed != NULL ? addresses[_i].reversed : "");
}
END_TEST

Suite *suite_address(void)
{
	Suite *s = suite_create("address");
	TCase *k = tcase_create("address");
	tcase_add_loop_test(k, an_address_is_written_from_its_end, 0, sizeof addresses / sizeof *addresses);
	suite_add_tcase(s, k);
	return s;
}
