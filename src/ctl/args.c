#include "ctl/args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err refuse(struct args *a, const char *what, const char *name, size_t n)
{
	snprintf(a->problem, sizeof a->problem, "--%.*s: %s", (int)(n < 64 ? n : 64), name, what);
	return ERR_INVALID;
}

static const struct arg_option *find(const struct arg_option *options, const char *name, size_t n)
{
	for (; options != NULL && options->name != NULL; options++)
		if (strlen(options->name) == n && memcmp(options->name, name, n) == 0)
			return options;
	return NULL;
}

/* One option at argv[*i]; takes the next word when that is its value. */
static enum err take_option(struct args *a, const struct arg_option *options, int argc, char *const argv[], int *i)
{
	const char *name = argv[*i] + 2;
	size_t n = strcspn(name, "=");
	const struct arg_option *o = find(options, name, n);
	if (o == NULL)
		return refuse(a, "there is no such option", name, n);
	const char *value = name[n] == '=' ? name + n + 1 : NULL;
	if (o->value == NULL && value != NULL)
		return refuse(a, "takes no value", name, n);
	if (o->value != NULL && value == NULL) {
		if (*i + 1 >= argc)
			return refuse(a, "needs a value", name, n);
		value = argv[++*i];
	}
	if (args_has(a, o->name))
		return refuse(a, "was given twice", name, n);
	if (a->given_count == ARGS_OPTIONS_MAX)
		return refuse(a, "is one option too many", name, n);
	a->given[a->given_count] = o;
	a->values[a->given_count++] = value == NULL ? "" : value;
	return ERR_OK;
}

enum err args_parse(struct args *a, const struct arg_option *options, int argc, char *const argv[])
{
	bool only_words = false;
	*a = (struct args){0};
	for (int i = 0; i < argc; i++) {
		const char *word = argv[i];
		if (!only_words && strcmp(word, "--") == 0) {
			only_words = true;
		} else if (!only_words && strncmp(word, "--", 2) == 0) {
			enum err e = take_option(a, options, argc, argv, &i);
			if (e != ERR_OK)
				return e;
		} else if (!only_words && word[0] == '-' && word[1] != '\0') {
			snprintf(a->problem, sizeof a->problem, "%.64s: options begin with two dashes", word);
			return ERR_INVALID;
		} else if (a->n == ARGS_POSITIONAL_MAX) {
			snprintf(a->problem, sizeof a->problem, "%.64s: one argument too many", word);
			return ERR_INVALID;
		} else {
			a->positional[a->n++] = word;
		}
	}
	return ERR_OK;
}

const char *args_value(const struct args *a, const char *name)
{
	for (size_t i = 0; i < a->given_count; i++)
		if (strcmp(a->given[i]->name, name) == 0)
			return a->values[i];
	return NULL;
}

bool args_has(const struct args *a, const char *name)
{
	return args_value(a, name) != NULL;
}

bool args_number(const char *text, long long min, long long max, long long *out)
{
	if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	long long v = strtoll(text, NULL, 10);
	if (errno != 0 || v < min || v > max)
		return false;
	*out = v;
	return true;
}
