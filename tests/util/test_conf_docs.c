/* docs/configure.md holds the schema as the program prints it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/suites.h"
#include "suites_util.h"
#include "util/conf.h"

static const char begin[] = "<!-- schema: printed by the program, held by a test -->\n";
static const char end[] = "<!-- end of schema -->\n";

static char *read_document(void)
{
	char path[4096];
	size_t size = 1 << 20;
	const char *top = getenv("top_srcdir");
	snprintf(path, sizeof path, "%s/docs/configure.md", top != NULL ? top : ".");
	FILE *f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s is missing", path);
	char *text = calloc(1, size);
	ck_assert_uint_gt(fread(text, 1, size - 1, f), 0);
	fclose(f);
	return text;
}

START_TEST(the_documentation_holds_the_schema)
{
	char *document = read_document(), *schema = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&schema, &n);
	conf_print_schema(out);
	fclose(out);
	char *from = strstr(document, begin), *to = strstr(document, end);
	ck_assert_msg(from != NULL && to != NULL && from < to, "the markers are missing");
	*to = '\0';
	ck_assert_str_eq(from + strlen(begin), schema);
	free(schema);
	free(document);
}
END_TEST

Suite *suite_conf_docs(void)
{
	Suite *s = suite_create("conf docs");
	TCase *t = tcase_create("docs");
	tcase_add_test(t, the_documentation_holds_the_schema);
	suite_add_tcase(s, t);
	return s;
}
