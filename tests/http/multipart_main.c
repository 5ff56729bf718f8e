/* Multipart bodies, which only outport-media reads: apart from the http layer's other suites, for it needs GMime. */
#include "../support/suites.h"
#include "http/multipart.h"
#include "suites_http.h"

int main(void)
{
	multipart_init();
	return suites_run((suite_maker[]){suite_multipart, NULL});
}
