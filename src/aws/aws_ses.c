#include "aws/aws_ses.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* base64 is not copied and lives as long as what comes back. NULL: no memory. */
static cJSON *order_of(const struct aws_ses_mail *m, const char *base64)
{
	cJSON *order = cJSON_CreateObject(), *to = cJSON_AddArrayToObject(cJSON_AddObjectToObject(order, "Destination"), "ToAddresses");
	cJSON *raw = cJSON_AddObjectToObject(cJSON_AddObjectToObject(order, "Content"), "Raw");
	bool good = to != NULL && raw != NULL && cJSON_AddItemToArray(to, cJSON_CreateString(m->to)) &&
	            cJSON_AddItemToObject(raw, "Data", cJSON_CreateStringReference(base64));
	good = good && cJSON_AddStringToObject(order, "FromEmailAddress", m->from) != NULL;
	if (good && m->configuration_set != NULL && m->configuration_set[0] != '\0')
		good = cJSON_AddStringToObject(order, "ConfigurationSetName", m->configuration_set) != NULL;
	if (!good) {
		cJSON_Delete(order);
		return NULL;
	}
	return order;
}

/* The request's body, to be freed; NULL: no memory. */
static char *body_of(const struct aws_ses_mail *m)
{
	size_t size = sodium_base64_ENCODED_LEN(m->n, sodium_base64_VARIANT_ORIGINAL);
	char *base64 = malloc(size), *body = NULL;
	if (base64 == NULL)
		return NULL;
	sodium_bin2base64(base64, size, m->bytes, m->n, sodium_base64_VARIANT_ORIGINAL);
	cJSON *order = order_of(m, base64);
	if (order != NULL)
		body = cJSON_PrintUnformatted(order);
	cJSON_Delete(order);
	free(base64);
	return body;
}

static enum err read_id(struct aws_answer *a, char message_id[static AWS_SES_ID_SIZE])
{
	cJSON *json = cJSON_ParseWithLength(buf_str(&a->body), a->body.len);
	const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "MessageId"));
	enum err e = ERR_OK;
	if (id != NULL && *id != '\0') {
		snprintf(message_id, AWS_SES_ID_SIZE, "%s", id);
	} else {
		snprintf(a->why, sizeof a->why, "what answered is not Amazon SES: status %d without a message id", a->status);
		e = ERR_CLOSED;
	}
	cJSON_Delete(json);
	return e;
}

enum err aws_ses_send(struct aws *aws, const struct aws_ses_mail *m, char message_id[static AWS_SES_ID_SIZE], struct aws_answer *a)
{
	static const struct aws_header json = {"content-type", "application/json"};
	*a = (struct aws_answer){0};
	message_id[0] = '\0';
	char *body = body_of(m);
	if (body == NULL)
		return ERR_NOMEM;
	const struct aws_request r = {.service = AWS_SES, .method = "POST", .path = "/v2/email/outbound-emails", .headers = &json, .n_headers = 1,
	                              .body = body, .n = strlen(body), .timeout_ms = AWS_SES_CALL_MS, .personal = true, .once = true};
	enum err e = aws_call(aws, &r, a);
	/* the mail holds links that open accounts */
	sodium_memzero(body, r.n);
	cJSON_free(body);
	/* a refusal of SES's has a name, and no answer of its is long */
	if ((e == ERR_INVALID && a->code[0] == '\0') || e == ERR_TOO_LARGE)
		return ERR_CLOSED;
	return e == ERR_OK ? read_id(a, message_id) : e;
}
