/* args: a command's arguments, read by its table of options. "--name value" and "--name=value"; "--" ends the options;
 * an option that is not in the table, or given twice, is refused. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

enum { ARGS_POSITIONAL_MAX = 4, ARGS_OPTIONS_MAX = 32, ARGS_PROBLEM_MAX = 256 };

struct arg_option {
	const char *name;   /* without the dashes */
	const char *value;  /* what its value is called in the help; NULL: a switch */
	const char *help;
};

struct args {
	const char *positional[ARGS_POSITIONAL_MAX];
	size_t n;
	const struct arg_option *given[ARGS_OPTIONS_MAX];
	const char *values[ARGS_OPTIONS_MAX];
	size_t given_count;
	char problem[ARGS_PROBLEM_MAX]; /* one sentence, after ERR_INVALID */
};

/* options ends with a name of NULL; NULL: none. argv without the command's own words. */
MUST_CHECK enum err args_parse(struct args *a, const struct arg_option *options, int argc, char *const argv[]);
/* NULL when it was not given; "" for a switch that was. */
const char *args_value(const struct args *a, const char *name);
bool args_has(const struct args *a, const char *name);
/* A whole number of digits only; false when text is none or out of bounds. */
bool args_number(const char *text, long long min, long long max, long long *out);
