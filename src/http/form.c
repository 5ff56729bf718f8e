#include "http/form.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/json_check.h"
#include "http/query.h"

/* RFC 8259, section 6: the whole numbers every reader agrees on. */
static const double whole_number_max = 9007199254740991.0;

static int status_of(enum err e)
{
	switch (e) {
	case ERR_OK:
		return 0;
	case ERR_TOO_LARGE:
		return 413;
	case ERR_NOMEM:
		return 503;
	default:
		return 400;
	}
}

/* The text of a value; "" with *absent for null. NULL for what is taken nowhere. */
static const char *scalar_text(const cJSON *item, char number[static 32], bool *absent)
{
	*absent = cJSON_IsNull(item);
	if (*absent)
		return "";
	if (cJSON_IsString(item))
		return item->valuestring;
	double v = item->valuedouble;
	if (!cJSON_IsNumber(item) || !(v >= -whole_number_max && v <= whole_number_max) || v != (double)(int64_t)v)
		return NULL;
	snprintf(number, 32, "%" PRId64, (int64_t)v);
	return number;
}

static bool named_before(const cJSON *object, const cJSON *item)
{
	for (const cJSON *other = object->child; other != item; other = other->next)
		if (strcmp(other->string, item->string) == 0)
			return true;
	return false;
}

static int object_to_params(struct arena *a, const cJSON *object, struct http_params *out, const char **bad_field)
{
	int members = cJSON_GetArraySize(object);
	if (members > HTTP_PARAMS_MAX)
		return 413;
	out->list = arena_array(a, (size_t)members, sizeof *out->list);
	if (out->list == NULL)
		return 503;
	for (const cJSON *item = object->child; item != NULL; item = item->next) {
		char number[32];
		bool absent;
		const char *value = scalar_text(item, number, &absent);
		const char *name = arena_strdup(a, item->string);
		if (name == NULL)
			return 503;
		if (value == NULL || named_before(object, item)) {
			*bad_field = name;
			return 422;
		}
		if (absent)
			continue;
		value = arena_strdup(a, value);
		if (value == NULL)
			return 503;
		out->list[out->n++] = (struct http_param){name, value};
	}
	return 0;
}

static int read_json(const struct http_request *req, struct http_params *out, const char **bad_field)
{
	enum err e = json_check(req->body, req->body_len);
	if (e != ERR_OK)
		return status_of(e);
	/* The check has shown the JSON to be good: what cJSON still refuses is a number of more than 63 characters. */
	cJSON *object = cJSON_ParseWithLength(req->body, req->body_len);
	int status = 400;
	out->machine = true;
	if (cJSON_IsObject(object))
		status = object_to_params(req->arena, object, out, bad_field);
	cJSON_Delete(object);
	return status;
}

int form_read(const struct http_request *req, bool json, struct http_params *out, const char **bad_field)
{
	*out = (struct http_params){.n = 0};
	*bad_field = NULL;
	if (req->body_state == HTTP_BODY_TOO_LARGE)
		return 413;
	if (req->body_state == HTTP_BODY_SHORT || req->body_state == HTTP_BODY_BAD_LENGTH)
		return 400;
	if (strcmp(req->content_type, json ? "application/json" : "application/x-www-form-urlencoded") != 0)
		return 415;
	if (req->body_state == HTTP_BODY_NONE || req->body == NULL)
		return json ? 400 : 0;
	int status = json ? read_json(req, out, bad_field) : status_of(query_parse(req->arena, req->body, req->body_len, out));
	if (status != 0)
		*out = (struct http_params){.n = 0};
	return status;
}
