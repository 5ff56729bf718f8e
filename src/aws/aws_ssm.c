#include "aws/aws_ssm.h"

#include <cjson/cJSON.h>
#include <stdio.h>

enum err aws_ssm_get_parameter(struct aws *aws, const char *name, char *value, size_t size, char why[static AWS_SAID_MAX])
{
	struct json_member m = {.object = "Parameter", .name = "Value", .to = value, .size = size};
	struct aws_locked l = {.service = AWS_SSM, .action = "AmazonSSM.GetParameter", .body = cJSON_CreateObject(), .members = &m, .n_members = 1};
	if (cJSON_AddStringToObject(l.body, "Name", name) == NULL || cJSON_AddTrueToObject(l.body, "WithDecryption") == NULL) {
		cJSON_Delete(l.body);
		l.body = NULL;
	}
	enum err e = aws_locked_call(aws, &l);
	snprintf(why, AWS_SAID_MAX, "%s", l.why);
	if (e != ERR_OK || m.given)
		return e;
	snprintf(why, AWS_SAID_MAX, "%s: the answer has no value", l.action);
	return ERR_INVALID;
}
