/* The app layer's suites. Each test_*.c here brings one: add it to the list. */
#include "../support/suites.h"
#include "suites_app.h"

int main(void)
{
	return suites_run((suite_maker[]){suite_caches, suite_guard, suite_spool, NULL});
}
