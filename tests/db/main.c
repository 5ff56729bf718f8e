/* The db layer's suites. Each test_*.c here brings one: add it to the list. */
#include <stdio.h>

#include "../support/suites.h"
#include "db/db.h"

Suite *suite_account(void);
Suite *suite_account_end(void);
Suite *suite_address_db(void);
Suite *suite_db(void);
Suite *suite_migrate(void);
Suite *suite_db_faults(void);
Suite *suite_db_login(void);
Suite *suite_catalog(void);
Suite *suite_member(void);
Suite *suite_site(void);
Suite *suite_conversation(void);
Suite *suite_listing_search(void);
Suite *suite_listing_write(void);
Suite *suite_listing_page(void);
Suite *suite_outbox(void);
Suite *suite_photo_db(void);
Suite *suite_photo_race(void);
Suite *suite_own_listing(void);
Suite *suite_moderation_db(void);

int main(void)
{
	if (db_library_init() != ERR_OK) {
		fputs("the client library does not start\n", stderr);
		return EXIT_FAILURE;
	}
	int status = suites_run((suite_maker[]){suite_db, suite_db_login, suite_migrate, suite_listing_page, suite_listing_search, suite_listing_write, suite_own_listing, suite_moderation_db, suite_catalog, suite_member, suite_site, suite_outbox, suite_photo_db, suite_photo_race, suite_conversation, suite_account, suite_account_end, suite_address_db, suite_db_faults, NULL});
	db_library_end();
	return status;
}
