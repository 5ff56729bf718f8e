#include "aws/aws_secretsmanager.h"

#include <cjson/cJSON.h>
#include <stdio.h>

enum err aws_secretsmanager_get(struct aws *aws, const char *id, char *value, size_t size, char why[static AWS_SAID_MAX])
{
	struct json_member m = {.name = "SecretString", .to = value, .size = size};
	struct aws_locked l = {.service = AWS_SECRETS_MANAGER, .action = "secretsmanager.GetSecretValue", .body = cJSON_CreateObject(), .members = &m, .n_members = 1};
	if (cJSON_AddStringToObject(l.body, "SecretId", id) == NULL || cJSON_AddStringToObject(l.body, "VersionStage", "AWSCURRENT") == NULL) {
		cJSON_Delete(l.body);
		l.body = NULL;
	}
	enum err e = aws_locked_call(aws, &l);
	snprintf(why, AWS_SAID_MAX, "%s", l.why);
	if (e != ERR_OK || m.given)
		return e;
	snprintf(why, AWS_SAID_MAX, "the secret is of bytes: a text is needed (SecretString)");
	return ERR_INVALID;
}
