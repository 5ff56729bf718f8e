/* JSON bodies into a typed struct. */
#include "fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_params p;
	const char *bad_field;
	if (size > 1 << 16)
		return 0;
	struct arena *a = arena_new(8 << 20);
	HOLDS(a != NULL);
	char *body = arena_strndup(a, (const char *)data, size);
	struct http_request req = {.arena = a, .content_type = "application/json", .body_state = HTTP_BODY_WHOLE,
		.body = body, .body_len = size};
	int status = form_read(&req, true, &p, &bad_field);
	HOLDS(status == 0 || status == 400 || status == 413 || status == 422);
	HOLDS((bad_field != NULL) == (status == 422));
	HOLDS(status == 0 || p.n == 0);
	HOLDS(p.n <= HTTP_PARAMS_MAX);
	for (size_t i = 0; i < p.n; i++) {
		HOLDS(utf8_valid(p.list[i].name, strlen(p.list[i].name)) && utf8_valid(p.list[i].value, strlen(p.list[i].value)));
		HOLDS(http_param_get(&p, p.list[i].name) == p.list[i].value);
	}
	if (status == 0)
		fuzz_decode(a, &p);
	arena_free(a);
	return 0;
}
