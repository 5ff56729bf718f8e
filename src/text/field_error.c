#include "text/field_error.h"

#include <string.h>

const struct field_error *field_errors_find(const struct field_errors *e, const char *field)
{
	for (size_t i = 0; i < e->n; i++)
		if (strcmp(e->list[i].field, field) == 0)
			return &e->list[i];
	return NULL;
}

void field_errors_add(struct field_errors *e, const char *field, enum msg text, const char *bound)
{
	if (e->n == FIELD_ERRORS_MAX || field_errors_find(e, field) != NULL)
		return;
	struct field_error *one = &e->list[e->n++];
	one->field = field;
	one->text = text;
	one->bound[0] = '\0';
	if (bound == NULL)
		return;
	size_t n = strlen(bound);
	if (n >= sizeof one->bound)
		n = sizeof one->bound - 1;
	memcpy(one->bound, bound, n);
	one->bound[n] = '\0';
}
