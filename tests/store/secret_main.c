/* The suites of secrets by reference, and of the login made of them. */
#include "../support/suites.h"

Suite *suite_database_login(void);
Suite *suite_secret_text(void);

int main(void)
{
	return suites_run((suite_maker[]){suite_secret_text, suite_database_login, NULL});
}
