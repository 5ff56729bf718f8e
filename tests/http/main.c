/* The http layer's suites. Each test_*.c here brings one: add it to the list. */
#include "../support/suites.h"
#include "suites_http.h"

int main(void)
{
	return suites_run((suite_maker[]){
		suite_cgi_message,
		suite_client_address,
		suite_fcgi_head,
		suite_fcgi_reply,
		suite_field,
		suite_form,
		suite_json_check,
		suite_query,
		suite_request,
		suite_response,
		suite_worker_listen,
		NULL,
	});
}
