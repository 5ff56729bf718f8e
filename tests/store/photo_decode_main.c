/* The decoder's suites: what it makes of photos, what it refuses, and what a child of it may. */
#include "../support/suites.h"
#include "photo_samples.h"
#include "suites_photo.h"

int main(void)
{
	samples_make();
	int status = suites_run((suite_maker[]){suite_photo_reply, suite_photo_sandbox, suite_photo_child, suite_photo_decode, suite_photo_hostile, NULL});
	samples_remove();
	return status;
}
