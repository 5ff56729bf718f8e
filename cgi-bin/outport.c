/* outport.fcgi: the site's worker. main() and wiring only. */
#include "program.h"

int main(int argc, char **argv)
{
	const struct program p = {.name = "outport.fcgi", .serves = "the site", .routes = routes, .route_count = route_count};
	return program_run(&p, argc, argv);
}
