/* What an answer says: XML by elements, and an error's code and message in XML, JSON or a header. */
#include <check.h>
#include <stdlib.h>

#include "aws/aws_error.h"
#include "aws/aws_xml.h"
#include "suites_aws.h"
#include "util/buf.h"

static bool note(void *ctx, const char *path, const char *text)
{
	buf_printf(ctx, "%s=%s;", path, text);
	return strcmp(path, "a/stop") != 0;
}

static enum err read_text(const char *xml, size_t n, struct buf *seen)
{
	buf_reset(seen);
	return aws_xml_read(xml, n, note, seen);
}

START_TEST(xml_elements)
{
	static const struct {
		const char *xml, *seen;
		enum err e;
	} cases[] = {
		{"<a/>", "a=;", ERR_OK},
		{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><b>1</b><b>2 &amp; &#233;</b></a>", "a/b=1;a/b=2 & \xc3\xa9;a=;", ERR_OK},
		{"<x:a xmlns:x=\"u\"><x:b><![CDATA[<c>]]></x:b></x:a>", "a/b=<c>;a=;", ERR_OK},
		{"<a>x<b>y</b>z</a>", "a/b=y;a=xz;", ERR_OK},
		{"<a><stop>1</stop><b>2</b></a>", "a/stop=1;", ERR_OK},
		{"<a><stop>1</stop> no XML at all <<<", "a/stop=1;", ERR_OK},
		{"<a><b>1</b>", "a/b=1;", ERR_INVALID},
		{"<a><b>1</c></a>", "", ERR_INVALID},
		{"", "", ERR_INVALID},
		{"{}", "", ERR_INVALID},
		{"<a>&nbsp;</a>", "", ERR_INVALID},
		{"<!DOCTYPE a><a>1</a>", "", ERR_INVALID},
		{"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "", ERR_INVALID},
		{"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>1</a>", "", ERR_INVALID},
		{"<a>1</a><b>2</b>", "a=1;", ERR_INVALID},
		{"<1><2><3><4><5><6><7><8><9>", "", ERR_INVALID},
		{"<a><a><a><a><a><a><a><a><a><a><a><a><a>", "", ERR_TOO_LARGE},
	};
	struct buf seen;
	buf_init(&seen, 1 << 16);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_msg(read_text(cases[i].xml, strlen(cases[i].xml), &seen) == cases[i].e, "%s", cases[i].xml);
		ck_assert_str_eq(buf_str(&seen), cases[i].seen);
	}
	buf_free(&seen);
}
END_TEST

START_TEST(xml_bounds)
{
	struct buf xml, seen;
	buf_init(&xml, AWS_XML_MAX + 16);
	buf_init(&seen, 1 << 16);
	for (int extra = 0; extra < 2; extra++) {
		buf_reset(&xml);
		buf_puts(&xml, "<a>");
		for (int i = 0; i < AWS_XML_TEXT_MAX + extra; i++)
			buf_putc(&xml, 'x');
		buf_puts(&xml, "</a>");
		ck_assert_int_eq(read_text(xml.data, xml.len, &seen), extra ? ERR_TOO_LARGE : ERR_OK);
		ck_assert_uint_eq(seen.len, extra ? 0 : AWS_XML_TEXT_MAX + 3);
	}
	buf_reset(&xml);
	buf_puts(&xml, "<");
	for (int i = 0; i <= AWS_XML_PATH_MAX; i++)
		buf_putc(&xml, 'x');
	buf_puts(&xml, "/>");
	ck_assert_int_eq(read_text(xml.data, xml.len, &seen), ERR_TOO_LARGE);
	buf_reset(&xml);
	while (xml.len <= AWS_XML_MAX)
		buf_putc(&xml, ' ');
	ck_assert_int_eq(read_text(xml.data, xml.len, &seen), ERR_TOO_LARGE);
	ck_assert_int_eq(read_text("<a>\0</a>", 8, &seen), ERR_INVALID);
	buf_free(&xml);
	buf_free(&seen);
}
END_TEST

START_TEST(fault_words)
{
	static const struct {
		const char *type, *body, *code, *message;
	} cases[] = {
		{"", "{\"__type\":\"com.amazon.coral.service#ThrottlingException\",\"message\":\"Rate exceeded\"}", "ThrottlingException", "Rate exceeded"},
		{"", "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"No\"}", "ResourceNotFoundException", "No"},
		{"", " \r\n{\"code\":\"BadRequestException\"}", "BadRequestException", ""},
		{"MessageRejected:http://internal.amazon.com/coral/", "{\"message\":\"No\"}", "MessageRejected", "No"},
		{"Wins", "{\"__type\":\"Loses\"}", "Wins", ""},
		{"", "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>The key</Message><Resource>/x</Resource></Error>", "NoSuchKey", "The key"},
		{"", "<ErrorResponse xmlns=\"u\"><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>No</Message></Error></ErrorResponse>", "InvalidAction", "No"},
		{"", "<Error><Code>Early</Code><Message>cut o", "Early", ""},
		{"", "{\"__type\":\"SignatureDoesNotMatch\",\"message\":\"One line\\nx-amz-security-token:secret\"}", "SignatureDoesNotMatch", "One line"},
		{"", "{\"__type\":5,\"message\":{\"a\":1}}", "", ""},
		{"", "{\"__type\":\"a b<c>\"}", "", ""},
		{"", "{\"__type\":\"\"}", "", ""},
		{"", "[1]", "", ""},
		{"", "null", "", ""},
		{"", "", "", ""},
		{"", "<html><body>503</body></html>", "", ""},
		{"", "<!DOCTYPE a [<!ENTITY c \"d\">]><Error><Code>&c;</Code></Error>", "", ""},
		{"\r\nX: y", "", "", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct aws_fault f;
		aws_fault_read(cases[i].type, cases[i].body, strlen(cases[i].body), &f);
		ck_assert_str_eq(f.code, cases[i].code);
		ck_assert_str_eq(f.message, cases[i].message);
	}
}
END_TEST

/* Cut where a character begins. */
START_TEST(fault_long)
{
	struct buf json;
	struct aws_fault f;
	buf_init(&json, 4096);
	buf_puts(&json, "{\"__type\":\"A\",\"message\":\"x");
	for (int i = 0; i < 300; i++)
		buf_puts(&json, "\xc3\xa9");
	buf_puts(&json, "\"}");
	aws_fault_read("", json.data, json.len, &f);
	ck_assert_uint_eq(strlen(f.message), sizeof f.message - 1);
	aws_fault_read("", json.data + 1, json.len - 1, &f);
	ck_assert_str_eq(f.code, "");
	buf_free(&json);
}
END_TEST

Suite *suite_answer(void)
{
	Suite *s = suite_create("answer");
	TCase *t = tcase_create("answer");
	tcase_add_test(t, xml_elements);
	tcase_add_test(t, xml_bounds);
	tcase_add_test(t, fault_words);
	tcase_add_test(t, fault_long);
	suite_add_tcase(s, t);
	return s;
}
