/* outport-media.fcgi: the worker that takes photos. main() and wiring only. */
#include "program.h"

int main(int argc, char **argv)
{
	const struct program p = {.name = "outport-media.fcgi", .serves = "uploads of photos", .routes = media_routes, .route_count = media_route_count};
	return program_run(&p, argc, argv);
}
