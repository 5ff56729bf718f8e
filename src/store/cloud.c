#include "store/cloud_internal.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_credentials.h"
#include "store/secret.h"

struct cloud {
	const struct conf *conf;
	pthread_mutex_t lock;
	struct aws *aws;
};

enum err cloud_open(const struct conf *conf, struct cloud **out)
{
	struct cloud *c = calloc(1, sizeof *c);
	if (c == NULL)
		return ERR_NOMEM;
	c->conf = conf;
	if (pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c);
		return ERR_NOMEM;
	}
	*out = c;
	return ERR_OK;
}

void cloud_close(struct cloud *c)
{
	if (c == NULL)
		return;
	aws_free(c->aws);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

enum err cloud_aws(struct cloud *c, struct aws **out, char why[static AWS_WHY_MAX])
{
	enum err e = ERR_OK;
	pthread_mutex_lock(&c->lock);
	if (c->aws == NULL)
		e = aws_new(c->conf->aws.region, &c->aws, why);
	*out = c->aws;
	pthread_mutex_unlock(&c->lock);
	return e;
}

bool cloud_is_used(const struct conf *conf)
{
	return secret_is_remote(conf->database.password) || secret_is_remote(conf->database.user) || secret_is_remote(conf->database.host) ||
	       secret_is_remote(conf->mail.smtp_password) || strcmp(conf->mail.transport, "ses") == 0 || strcmp(conf->media.store, "s3") == 0 ||
	       strcmp(conf->media.meta, "dynamodb") == 0 || strcmp(conf->address.store, "dynamodb") == 0 || conf->monitor.cloudwatch_namespace[0] != '\0';
}

enum err cloud_credentials(const char **from, char why[static CLOUD_WHY_MAX])
{
	static const char *const sources[] = {"environment", "container", "instance"};
	_Static_assert((int)CLOUD_WHY_MAX >= (int)AWS_WHY_MAX, "why holds what credentials say");
	struct aws_identity *id = NULL;
	struct aws_credentials *c = sodium_malloc(sizeof *c);
	snprintf(why, CLOUD_WHY_MAX, "%s", err_text(ERR_NOMEM));
	*from = "";
	enum err e = c != NULL ? aws_identity_new(&id) : ERR_NOMEM;
	if (e == ERR_OK)
		e = aws_credentials_get(id, c, why);
	for (size_t i = 0; e == ERR_OK && i < sizeof sources / sizeof *sources; i++)
		if (strcmp(aws_identity_source(id), sources[i]) == 0)
			*from = sources[i];
	aws_identity_free(id);
	sodium_free(c);
	return e;
}
