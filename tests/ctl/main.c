/* The ctl layer's suites. Each test_*.c here brings one: add it to the list. The whole tool against a database: *.mjs. */
#include "../support/suites.h"
#include "suites_ctl.h"

int main(void)
{
	return suites_run((suite_maker[]){suite_args, suite_demo, suite_import, suite_table, NULL});
}
