#include <sodium.h>
#include <stdio.h>

#include "aws/aws_internal.h"

enum { PATH_CAP = 4 << 10, UNKNOWN_SECONDS = 600 };

static enum err write(struct aws *aws, const struct aws_credentials *who, const char *method, const char *origin, const char *path, int expires, struct buf *out)
{
	struct aws_signer signer = {.key_id = who->key_id, .secret = who->secret, .token = who->token, .region = aws->region,
		.service = aws_service_signed(AWS_S3), .now = aws_now(aws)};
	struct aws_header host = {"host", aws_origin_host(origin)};
	struct aws_signed r = {.method = method, .path = path, .path_once = true, .headers = &host, .n_headers = 1, .payload = "UNSIGNED-PAYLOAD"};
	buf_printf(out, "%s%s?", origin, path);
	return aws_sign_query(&signer, &r, expires, out);
}

/* Temporary ones whose end nobody told (the environment) are taken to be good for a little. */
static int64_t seconds_left(const struct aws_credentials *who)
{
	return who->left == INT64_MAX && who->token[0] != '\0' ? UNKNOWN_SECONDS : who->left;
}

enum err aws_presign(struct aws *aws, const char *method, const char *bucket, const char *key, int *expires, struct buf *out, char why[static AWS_WHY_MAX])
{
	struct buf path, origin, whole;
	struct aws_credentials *who = sodium_malloc(sizeof *who);
	snprintf(why, AWS_WHY_MAX, "%s", err_text(ERR_NOMEM));
	if (who == NULL)
		return ERR_NOMEM;
	buf_init(&path, PATH_CAP);
	buf_init(&origin, AWS_ORIGIN_MAX);
	buf_init(&whole, PATH_CAP + 64);
	buf_putc(&path, '/');
	aws_uri_encode(&path, key, strlen(key), true);
	enum err e = !aws_key_valid(key) ? ERR_INVALID : path.error;
	if (e == ERR_OK)
		e = aws_endpoint_address(&aws->endpoints[AWS_S3], bucket, buf_str(&path), &origin, &whole);
	if (e != ERR_OK)
		snprintf(why, AWS_WHY_MAX, "no key of an object, or no name of a bucket");
	else
		e = aws_credentials_get(aws->identity, who, why);
	int64_t left = e == ERR_OK ? seconds_left(who) : 0;
	if (e == ERR_OK && left < *expires && *expires <= AWS_EXPIRES_MAX)
		*expires = left > 0 ? (int)left : 0;
	if (e == ERR_OK && left <= 0) {
		snprintf(why, AWS_WHY_MAX, "the credentials have ended, and there are no others yet");
		e = ERR_CLOSED;
	} else if (e == ERR_OK && (e = write(aws, who, method, buf_str(&origin), buf_str(&whole), *expires, out)) != ERR_OK) {
		snprintf(why, AWS_WHY_MAX, "an address cannot be signed: %s", err_text(e));
	}
	sodium_free(who);
	buf_free(&path);
	buf_free(&origin);
	buf_free(&whole);
	return e;
}
