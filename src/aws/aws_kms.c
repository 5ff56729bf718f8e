#include "aws/aws_kms.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { VARIANT = sodium_base64_VARIANT_ORIGINAL };

static cJSON *request(const struct aws_param *context, size_t n)
{
	cJSON *o = cJSON_CreateObject(), *c = o != NULL ? cJSON_AddObjectToObject(o, "EncryptionContext") : NULL;
	for (size_t i = 0; c != NULL && i < n; i++)
		if (cJSON_AddStringToObject(c, context[i].name, context[i].value) == NULL)
			c = NULL;
	if (c != NULL)
		return o;
	cJSON_Delete(o);
	return NULL;
}

/* The text stays the caller's, and is not copied. */
static cJSON *add_reference(cJSON *o, const char *name, const char *text)
{
	cJSON *s = o != NULL ? cJSON_CreateStringReference(text) : NULL;
	if (s != NULL && cJSON_AddItemToObject(o, name, s))
		return o;
	cJSON_Delete(s);
	cJSON_Delete(o);
	return NULL;
}

/* What the service's word means for who reads it; KMS tells of its keys' states by names of its own. */
static enum err explain(const struct aws_locked *l, enum err e, char *why)
{
	static const struct {
		const char *code, *text;
		enum err e;
	} words[] = {
		{"InvalidCiphertextException", "the ciphertext is damaged, or was not made for this use or by a key of this region", ERR_INVALID},
		{"IncorrectKeyException", "the ciphertext was made by another key", ERR_INVALID},
		{"DisabledException", "the key is disabled", ERR_DENIED},
		{"KMSInvalidStateException", "the key is not in use: disabled, or waiting to be deleted", ERR_DENIED},
		{"NotFoundException", "there is no such key", ERR_NOT_FOUND},
		{"InvalidKeyUsageException", "the key is not one that encrypts", ERR_INVALID},
		{"KeyUnavailableException", "the key is not available for now", ERR_CLOSED},
	};
	snprintf(why, AWS_SAID_MAX, "%s", l->why);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (e != ERR_OK && strcmp(l->code, words[i].code) == 0) {
			snprintf(why, AWS_SAID_MAX, "%s (%.400s)", words[i].text, l->why);
			return words[i].e;
		}
	return e;
}

static enum err call(struct aws *aws, const char *action, cJSON *body, const char *member, char *out, size_t size, char *why)
{
	struct json_member m = {.name = member, .to = out, .size = size};
	struct aws_locked l = {.service = AWS_KMS, .action = action, .body = body, .members = &m, .n_members = 1};
	enum err e = explain(&l, aws_locked_call(aws, &l), why);
	if (e != ERR_OK || m.given)
		return e;
	snprintf(why, AWS_SAID_MAX, "%s: the answer has no %s", action, member);
	return ERR_INVALID;
}

static enum err unpack(const char *text, uint8_t *out, size_t size, size_t *n, char *why)
{
	if (sodium_base642bin(out, size, text, strlen(text), NULL, n, NULL, VARIANT) == 0 && *n > 0)
		return ERR_OK;
	snprintf(why, AWS_SAID_MAX, "KMS: the answer is not in base64, or too long");
	return ERR_INVALID;
}

enum err aws_kms_encrypt(struct aws *aws, const char *key, const struct aws_param *context, size_t n_context, const void *plain, size_t n,
                         uint8_t blob[static AWS_KMS_BLOB_MAX], size_t *blob_n, char why[static AWS_SAID_MAX])
{
	char out[sodium_base64_ENCODED_LEN(AWS_KMS_BLOB_MAX, VARIANT)];
	snprintf(why, AWS_SAID_MAX, "the text is longer than %d bytes", AWS_KMS_PLAIN_MAX);
	if (n > AWS_KMS_PLAIN_MAX)
		return ERR_TOO_LARGE;
	size_t size = sodium_base64_encoded_len(n, VARIANT);
	char *text = sodium_malloc(size);
	cJSON *body = text != NULL ? request(context, n_context) : NULL;
	if (body != NULL)
		body = add_reference(body, "Plaintext", sodium_bin2base64(text, size, plain, n, VARIANT));
	body = add_reference(body, "KeyId", key);
	enum err e = call(aws, "TrentService.Encrypt", body, "CiphertextBlob", out, sizeof out, why);
	sodium_free(text);
	return e == ERR_OK ? unpack(out, blob, AWS_KMS_BLOB_MAX, blob_n, why) : e;
}

enum err aws_kms_decrypt(struct aws *aws, const struct aws_param *context, size_t n_context, const uint8_t *blob, size_t blob_n,
                         char plain[static AWS_KMS_PLAIN_MAX], size_t *n, char why[static AWS_SAID_MAX])
{
	char in[sodium_base64_ENCODED_LEN(AWS_KMS_BLOB_MAX, VARIANT)];
	enum { OUT_SIZE = sodium_base64_ENCODED_LEN(AWS_KMS_PLAIN_MAX, VARIANT) };
	snprintf(why, AWS_SAID_MAX, "the ciphertext is longer than %d bytes", AWS_KMS_BLOB_MAX);
	if (blob_n > AWS_KMS_BLOB_MAX)
		return ERR_TOO_LARGE;
	char *out = sodium_malloc(OUT_SIZE);
	cJSON *body = out != NULL ? request(context, n_context) : NULL;
	body = add_reference(body, "CiphertextBlob", sodium_bin2base64(in, sizeof in, blob, blob_n, VARIANT));
	enum err e = out != NULL ? call(aws, "TrentService.Decrypt", body, "Plaintext", out, OUT_SIZE, why) : ERR_NOMEM;
	if (e == ERR_OK)
		e = unpack(out, (uint8_t *)plain, AWS_KMS_PLAIN_MAX, n, why);
	sodium_free(out);
	return e;
}
