/* Photos as objects of a bucket, named as in the folder behind [media] prefix. Every call waits for the network: for outport-jobs and the tool; a worker asks for addresses alone. */
#include "store/photo_internal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_endpoint.h"
#include "aws/aws_s3.h"
#include "aws/aws_uri.h"
#include "store/cloud_internal.h"
#include "util/buf.h"

#define IMMUTABLE "public, max-age=31536000, immutable"
enum { NAME_SIZE = 64, READ_CAP = 64 << 20 };

struct s3 {
	struct cloud *cloud;
	const char *bucket, *prefix;
	pthread_mutex_t lock;
	char why[PHOTO_WHY_MAX]; /* of the last failure of any thread */
};

/* "" is the whole bucket. */
static bool prefix_valid(const char *prefix)
{
	char key[AWS_S3_KEY_SIZE];
	size_t n = strlen(prefix);
	return n == 0 || (prefix[n - 1] == '/' && snprintf(key, sizeof key, "%sx", prefix) < (int)sizeof key && aws_key_valid(key));
}

static const char *problem_of(const struct conf *conf)
{
	if (conf->media.bucket[0] == '\0')
		return "store = s3 needs bucket";
	if (!aws_bucket_valid(conf->media.bucket))
		return "bucket: a bucket's name has 3 to 63 small letters, digits, dashes and dots";
	return prefix_valid(conf->media.prefix) ? NULL : "prefix: one is like \"photos/\": a slash at its end, none at its beginning, no \".\" or \"..\" between slashes";
}

enum err photo_s3_open(const struct conf *conf, struct cloud *cloud, void **out, char why[static PHOTO_WHY_MAX])
{
	struct aws *aws;
	char said[AWS_WHY_MAX] = "";
	const char *problem = problem_of(conf);
	if (problem != NULL) {
		snprintf(why, PHOTO_WHY_MAX, "[media] %s", problem);
		return ERR_INVALID;
	}
	enum err e = cloud_aws(cloud, &aws, said);
	if (e != ERR_OK) {
		snprintf(why, PHOTO_WHY_MAX, "%s", said);
		return e;
	}
	struct s3 *s = calloc(1, sizeof *s);
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct s3){.cloud = cloud, .bucket = conf->media.bucket, .prefix = conf->media.prefix};
	if (pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return ERR_NOMEM;
	}
	*out = s;
	return ERR_OK;
}

static void s3_close(void *self)
{
	struct s3 *s = self;
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* Nothing is asked for: workers start, and take photos, while the bucket is away. */
static enum err s3_try(void *self, char why[static PHOTO_WHY_MAX])
{
	(void)self, (void)why;
	return ERR_OK;
}

static void s3_why(void *self, char why[static PHOTO_WHY_MAX])
{
	struct s3 *s = self;
	pthread_mutex_lock(&s->lock);
	memcpy(why, s->why, sizeof s->why);
	pthread_mutex_unlock(&s->lock);
}

static enum err note(struct s3 *s, enum err e, const char *why)
{
	if (e == ERR_OK || e == ERR_NOT_FOUND)
		return e;
	pthread_mutex_lock(&s->lock);
	snprintf(s->why, sizeof s->why, "%s", why[0] != '\0' ? why : err_text(e));
	pthread_mutex_unlock(&s->lock);
	return e;
}

/* Where no object is asked for, what is not there is the bucket: that has to be set right, and the caller must not take it for a photo that is gone. */
static enum err note_bucket(struct s3 *s, enum err e, const char *why)
{
	char said[PHOTO_WHY_MAX];
	if (e != ERR_NOT_FOUND)
		return note(s, e, why);
	snprintf(said, sizeof said, "[media] bucket = %s: there is none (%.300s)", s->bucket, why);
	return note(s, ERR_IO, said);
}

static enum err begin(struct s3 *s, const char *name, struct aws **aws, char key[static AWS_S3_KEY_SIZE])
{
	char why[AWS_WHY_MAX] = "";
	enum err e = cloud_aws(s->cloud, aws, why);
	if (e == ERR_OK && snprintf(key, AWS_S3_KEY_SIZE, "%s%s", s->prefix, name) >= AWS_S3_KEY_SIZE)
		e = ERR_INVALID;
	return note(s, e, why);
}

static enum err s3_put(void *self, const struct photo_decoded *p)
{
	struct s3 *s = self;
	enum err e = ERR_OK;
	for (unsigned i = 0; e == ERR_OK && i < p->n; i++) {
		const struct photo_file *f = &p->files[i];
		struct aws *aws;
		char name[NAME_SIZE], key[AWS_S3_KEY_SIZE], why[AWS_S3_WHY_MAX] = "";
		photo_file_name(p->object.key, f->box, f->webp, name);
		e = begin(s, name, &aws, key);
		if (e != ERR_OK)
			return e;
		const struct aws_s3_put put = {.key = key, .bytes = f->data, .n = f->n, .content_type = photo_type_media(f->webp ? PHOTO_WEBP : PHOTO_JPEG), .cache_control = IMMUTABLE};
		e = note_bucket(s, aws_s3_put(aws, s->bucket, &put, why), why);
	}
	return e;
}

static enum err remove_names(struct s3 *s, const char (*names)[NAME_SIZE], size_t n)
{
	char keys[PHOTO_FILES_MAX][AWS_S3_KEY_SIZE], why[AWS_S3_WHY_MAX] = "";
	const char *list[PHOTO_FILES_MAX];
	struct aws *aws = NULL;
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		e = begin(s, names[i], &aws, keys[i]);
		list[i] = keys[i];
	}
	return e == ERR_OK ? note_bucket(s, aws_s3_delete(aws, s->bucket, list, n, why), why) : e;
}

static enum err s3_remove(void *self, const char *key)
{
	char names[PHOTO_FILES_MAX][NAME_SIZE];
	for (int i = 0; i < PHOTO_FILES_MAX; i++)
		photo_file_name(key, photo_boxes[i / 2], i % 2 == 0, names[i]);
	return remove_names(self, (const char (*)[NAME_SIZE])names, PHOTO_FILES_MAX);
}

static enum err s3_remove_file(void *self, const char *name)
{
	char names[1][NAME_SIZE];
	struct photo_stored stored;
	/* others' objects are left alone: the bucket may hold more than photos */
	if (!photo_stored_parse(name, &stored) || strlen(name) >= sizeof names[0])
		return ERR_INVALID;
	snprintf(names[0], sizeof names[0], "%s", name);
	return remove_names(self, (const char (*)[NAME_SIZE])names, 1);
}

struct walk {
	size_t prefix;
	bool (*each)(void *ctx, const struct photo_stored *file);
	void *ctx;
};

static bool walk_on(void *ctx, const struct aws_s3_item *item)
{
	const struct walk *w = ctx;
	struct photo_stored file = {.name = item->key + w->prefix, .bytes = item->bytes, .modified_at = item->modified_at};
	if (strlen(item->key) < w->prefix)
		return true;
	(void)photo_stored_parse(file.name, &file);
	return w->each(w->ctx, &file);
}

static enum err s3_each(void *self, bool (*each)(void *ctx, const struct photo_stored *file), void *ctx)
{
	struct s3 *s = self;
	struct aws *aws;
	struct walk w = {strlen(s->prefix), each, ctx};
	char key[AWS_S3_KEY_SIZE], why[AWS_S3_WHY_MAX] = "";
	enum err e = begin(s, "", &aws, key);
	return e == ERR_OK ? note_bucket(s, aws_s3_list(aws, s->bucket, key, walk_on, &w, why), why) : e;
}

/* What broke off begins anew: so all of it is had before any of it is handed on. */
static bool take_piece(void *ctx, const uint8_t *p, size_t n)
{
	struct buf *b = ctx;
	if (p == NULL)
		buf_reset(b);
	else
		buf_put(b, p, n);
	return b->error == ERR_OK;
}

static enum err s3_read(void *self, const char *name, void (*take)(void *ctx, const uint8_t *p, size_t n), void *ctx)
{
	struct s3 *s = self;
	struct aws *aws;
	struct buf bytes;
	char key[AWS_S3_KEY_SIZE], why[AWS_S3_WHY_MAX] = "";
	buf_init(&bytes, READ_CAP);
	enum err e = begin(s, name, &aws, key);
	if (e == ERR_OK)
		e = note(s, aws_s3_get(aws, s->bucket, key, take_piece, &bytes, why), why);
	if (bytes.error != ERR_OK)
		e = bytes.error;
	if (e == ERR_OK && bytes.len > 0)
		take(ctx, (const uint8_t *)bytes.data, bytes.len);
	buf_free(&bytes);
	return e;
}

static enum err s3_sum(void *self, const char *name, int64_t *bytes, char sha256[static PHOTO_SUM_SIZE])
{
	struct s3 *s = self;
	struct aws *aws;
	struct aws_s3_head head = {.bytes = 0};
	char key[AWS_S3_KEY_SIZE], why[AWS_S3_WHY_MAX] = "";
	enum err e = begin(s, name, &aws, key);
	if (e == ERR_OK)
		e = note(s, aws_s3_head(aws, s->bucket, key, &head, why), why);
	*bytes = head.bytes;
	snprintf(sha256, PHOTO_SUM_SIZE, "%s", head.sha256);
	return e;
}

static enum err s3_size(void *self, const char *name, int64_t *bytes)
{
	char sha256[PHOTO_SUM_SIZE];
	return s3_sum(self, name, bytes, sha256);
}

static enum err s3_address(void *self, const char *name, int *seconds, struct buf *out, char why[static PHOTO_WHY_MAX])
{
	struct s3 *s = self;
	struct aws *aws;
	char key[AWS_S3_KEY_SIZE], said[AWS_WHY_MAX] = "";
	enum err e = begin(s, name, &aws, key);
	if (e == ERR_OK)
		e = note(s, aws_presign(aws, "GET", s->bucket, key, seconds, out, said), said);
	snprintf(why, PHOTO_WHY_MAX, "%s", said);
	return e;
}

const struct photo_backend photo_s3_backend = {
	.remote = true, .try = s3_try, .put = s3_put, .remove = s3_remove, .remove_file = s3_remove_file, .each = s3_each, .size = s3_size, .sum = s3_sum, .read = s3_read,
	.address = s3_address, .why = s3_why, .close = s3_close,
};
