/* The suites of what keeps photos; the decoder has a program of its own, which needs libvips. */
#include "../support/suites.h"

Suite *suite_photo_folder(void);

int main(void)
{
	return suites_run((suite_maker[]){suite_photo_folder, NULL});
}
