/* suites: runs a list of Check suites; exit status 0 when all passed. CK_FORK=no runs them in-process. */
#pragma once

#include <check.h>
#include <stddef.h>
#include <stdlib.h>

typedef Suite *(*suite_maker)(void);

/* makers ends with NULL. */
static inline int suites_run(const suite_maker *makers)
{
	SRunner *runner = srunner_create(NULL);
	for (; *makers != NULL; makers++)
		srunner_add_suite(runner, (*makers)());
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
