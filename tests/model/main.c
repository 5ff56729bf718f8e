/* The model layer's suites. Each test_*.c here brings one: add it to the list. */
#include "../support/suites.h"
#include "suites_model.h"

int main(void)
{
	return suites_run((suite_maker[]){
		suite_address,
		suite_catalog,
		suite_content_rule,
		suite_cursor,
		suite_favourite,
		suite_form_age,
		suite_listing,
		suite_local_path,
		suite_moderation,
		suite_money,
		suite_own_listing,
		suite_password,
		suite_photo,
		suite_report,
		suite_search_text,
		suite_slug,
		suite_totp,
		NULL,
	});
}
