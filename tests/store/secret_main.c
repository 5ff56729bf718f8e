/* The suites of secrets by reference. */
#include "../support/suites.h"

Suite *suite_secret_text(void);

int main(void)
{
	return suites_run((suite_maker[]){suite_secret_text, NULL});
}
