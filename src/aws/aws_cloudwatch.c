#include "aws/aws_cloudwatch.h"

#include <cjson/cJSON.h>
#include <stdio.h>

enum { BODY_MAX = 1000000 }; /* CloudWatch takes 1 MB */

static bool add_numbers(cJSON *datum, const struct aws_datum *d)
{
	cJSON *values = cJSON_AddArrayToObject(datum, "Values"), *counts = cJSON_AddArrayToObject(datum, "Counts");
	bool good = values != NULL && counts != NULL;
	for (size_t i = 0; good && i < d->n; i++) {
		good = cJSON_AddItemToArray(values, cJSON_CreateNumber(d->values[i]));
		good = cJSON_AddItemToArray(counts, cJSON_CreateNumber(d->counts[i])) && good;
	}
	return good;
}

static bool add_datum(cJSON *list, const struct aws_datum *d)
{
	cJSON *datum = cJSON_CreateObject();
	if (!cJSON_AddItemToArray(list, datum))
		return false;
	cJSON *dimensions = cJSON_AddArrayToObject(datum, "Dimensions");
	bool good = dimensions != NULL && cJSON_AddStringToObject(datum, "MetricName", d->metric) != NULL;
	for (size_t i = 0; good && i < d->n_dimensions; i++) {
		cJSON *dimension = cJSON_CreateObject();
		good = cJSON_AddItemToArray(dimensions, dimension) && cJSON_AddStringToObject(dimension, "Name", d->dimensions[i].name) != NULL &&
		       cJSON_AddStringToObject(dimension, "Value", d->dimensions[i].value) != NULL;
	}
	good = good && cJSON_AddNumberToObject(datum, "Timestamp", (double)d->at) != NULL && cJSON_AddStringToObject(datum, "Unit", d->unit) != NULL;
	if (d->counts != NULL)
		return good && add_numbers(datum, d);
	return good && cJSON_AddNumberToObject(datum, "Value", d->values[0]) != NULL;
}

enum err aws_cloudwatch_write(const char *name_space, const struct aws_datum *data, size_t n, struct buf *out)
{
	if (n > AWS_DATA_MAX)
		return ERR_TOO_LARGE;
	cJSON *body = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(body, "MetricData");
	bool good = cJSON_AddStringToObject(body, "Namespace", name_space) != NULL && list != NULL;
	for (size_t i = 0; good && i < n; i++) {
		if (data[i].n > AWS_VALUES_MAX) {
			cJSON_Delete(body);
			return ERR_TOO_LARGE;
		}
		good = add_datum(list, &data[i]);
	}
	char *text = good ? cJSON_PrintUnformatted(body) : NULL;
	if (text != NULL)
		buf_puts(out, text);
	cJSON_free(text);
	cJSON_Delete(body);
	return text != NULL ? out->error : ERR_NOMEM;
}

/* It answers with nothing, or with an empty object. */
static enum err check_answer(struct aws_answer *a)
{
	cJSON *json = cJSON_ParseWithLength(buf_str(&a->body), a->body.len);
	bool good = a->body.len == 0 || cJSON_IsObject(json);
	cJSON_Delete(json);
	if (!good)
		snprintf(a->why, sizeof a->why, "what answered is not Amazon CloudWatch: status %d", a->status);
	return good ? ERR_OK : ERR_CLOSED;
}

enum err aws_cloudwatch_put(struct aws *aws, const char *name_space, const struct aws_datum *data, size_t n, struct aws_answer *a)
{
	static const struct aws_header headers[] = {
		{"content-type", "application/x-amz-json-1.0"}, {"x-amz-target", "GraniteServiceVersion20100801.PutMetricData"},
	};
	struct buf body;
	*a = (struct aws_answer){0};
	buf_init(&body, BODY_MAX);
	enum err e = aws_cloudwatch_write(name_space, data, n, &body);
	const struct aws_request r = {.service = AWS_CLOUDWATCH, .method = "POST", .headers = headers, .n_headers = 2, .body = body.data, .n = body.len,
	                              .timeout_ms = AWS_CLOUDWATCH_CALL_MS, .once = true};
	const bool sent = e == ERR_OK;
	if (sent)
		e = aws_call(aws, &r, a);
	buf_free(&body);
	/* a refusal of CloudWatch's has a name, and no answer of its is long */
	if (sent && ((e == ERR_INVALID && a->code[0] == '\0') || e == ERR_TOO_LARGE))
		return ERR_CLOSED;
	return e == ERR_OK ? check_answer(a) : e;
}
