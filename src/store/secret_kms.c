/* A secret in a file of this machine, encrypted by a key of KMS that never leaves it. */
#include "store/secret_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/cloud_internal.h"

enum { VARIANT = sodium_base64_VARIANT_ORIGINAL, FILE_SIZE = sodium_base64_ENCODED_LEN(AWS_KMS_BLOB_MAX, VARIANT) + 64 };

static const char first_line[] = "outport secret, KMS, version 1\n";

/* Bound to each ciphertext: one made for another use is refused, and a key's policy can ask for it (kms:EncryptionContext). */
static const struct aws_param context[] = {{"application", "outport"}, {"purpose", "credentials"}};
enum { CONTEXTS = sizeof context / sizeof *context };

static enum err say(char *why, enum err e, const char *path, const char *text)
{
	snprintf(why, SECRET_WHY_MAX, "%.500s %s", path, text);
	return e;
}

static enum err say_errno(char *why, enum err e, const char *path, int errnum)
{
	snprintf(why, SECRET_WHY_MAX, "%.500s: %s", path, strerrordesc_np(errnum));
	return e;
}

static enum err read_file(const char *path, char *out, size_t size, size_t *n, char *why)
{
	*n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return say_errno(why, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, path, errno);
	while (*n < size) {
		ssize_t got = read(fd, out + *n, size - *n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			enum err e = say_errno(why, ERR_IO, path, errno);
			close(fd);
			return e;
		}
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	close(fd);
	return ERR_OK;
}

enum err secret_kms_read(const char *path, uint8_t blob[static AWS_KMS_BLOB_MAX], size_t *n, char why[static SECRET_WHY_MAX])
{
	char text[FILE_SIZE];
	size_t len, first = sizeof first_line - 1;
	enum err e = read_file(path, text, sizeof text, &len, why);
	if (e != ERR_OK)
		return e;
	if (len < first || memcmp(text, first_line, first) != 0)
		return say(why, ERR_INVALID, path, "is no file of outportctl secrets encrypt");
	if (text[len - 1] != '\n' || sodium_base642bin(blob, AWS_KMS_BLOB_MAX, text + first, len - first - 1, NULL, n, NULL, VARIANT) != 0 || *n == 0)
		return say(why, ERR_INVALID, path, "is damaged: make it again by outportctl secrets encrypt");
	return ERR_OK;
}

enum err secret_kms_open(struct aws *aws, const char *path, char plain[static AWS_KMS_PLAIN_MAX], size_t *n, char why[static SECRET_WHY_MAX])
{
	uint8_t blob[AWS_KMS_BLOB_MAX];
	size_t blob_n;
	enum err e = secret_kms_read(path, blob, &blob_n, why);
	return e == ERR_OK ? aws_kms_decrypt(aws, context, CONTEXTS, blob, blob_n, plain, n, why) : e;
}

enum err secret_encrypt(struct cloud *cloud, const char *key, const struct secret *s, struct buf *out, char why[static SECRET_WHY_MAX])
{
	uint8_t blob[AWS_KMS_BLOB_MAX];
	char text[sodium_base64_ENCODED_LEN(AWS_KMS_BLOB_MAX, VARIANT)];
	size_t n, blob_n;
	struct aws *aws;
	enum err e = cloud_aws(cloud, &aws, why);
	if (e != ERR_OK)
		return e;
	char *json = sodium_malloc(SECRET_JSON_MAX + 1);
	e = json != NULL ? secret_write(s, json, &n) : ERR_NOMEM;
	snprintf(why, SECRET_WHY_MAX, "%s", err_text(e));
	if (e == ERR_OK)
		e = aws_kms_encrypt(aws, key, context, CONTEXTS, json, n, blob, &blob_n, why);
	sodium_free(json);
	if (e != ERR_OK)
		return e;
	buf_puts(out, first_line);
	buf_puts(out, sodium_bin2base64(text, sizeof text, blob, blob_n, VARIANT));
	buf_putc(out, '\n');
	return out->error;
}
