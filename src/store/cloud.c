#include "store/cloud_internal.h"

#include <pthread.h>
#include <stdlib.h>

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
