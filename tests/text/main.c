/* The text layer's suites. Each test_*.c here brings one: add it to the list. */
#include "../support/suites.h"

Suite *suite_field_error(void);
Suite *suite_format(void);
Suite *suite_tr(void);

int main(void)
{
	return suites_run((suite_maker[]){suite_field_error, suite_format, suite_tr, NULL});
}
