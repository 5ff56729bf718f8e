/* The render layer's suites. Each test_*.c here brings one: add it to the list. */
#include "../support/suites.h"

Suite *suite_account_form_view(void);
Suite *suite_account_view(void);
Suite *suite_address_view(void);
Suite *suite_conversation_view(void);
Suite *suite_feed_view(void);
Suite *suite_form_view(void);
Suite *suite_html(void);
Suite *suite_json(void);
Suite *suite_layout(void);
Suite *suite_listing_view(void);
Suite *suite_mail_view(void);
Suite *suite_markdown(void);
Suite *suite_own_listing_view(void);
Suite *suite_moderation_view(void);
Suite *suite_photo_view(void);
Suite *suite_reports_view(void);
Suite *suite_resource_view(void);
Suite *suite_xml(void);

int main(void)
{
	return suites_run((suite_maker[]){suite_html, suite_json, suite_xml, suite_markdown, suite_mail_view, suite_layout, suite_listing_view, suite_form_view,
	                                  suite_moderation_view, suite_resource_view, suite_reports_view, suite_own_listing_view, suite_account_form_view, suite_account_view, suite_conversation_view, suite_feed_view, suite_photo_view, suite_address_view, NULL});
}
