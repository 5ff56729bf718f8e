#include "aws/aws_sign.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "util/mac.h"

enum { CREDENTIAL_CAP = 4096, CANONICAL_CAP = 64 << 10, NAMES_CAP = 2048 };

void aws_sign_stamp(int64_t now, char out[static AWS_STAMP_SIZE])
{
	struct tm tm;
	time_t t = (time_t)now;
	gmtime_r(&t, &tm);
	strftime(out, AWS_STAMP_SIZE, "%Y%m%dT%H%M%SZ", &tm);
}

static void hex_of(const uint8_t hash[static crypto_hash_sha256_BYTES], char out[static AWS_HEX_SIZE])
{
	sodium_bin2hex(out, AWS_HEX_SIZE, hash, crypto_hash_sha256_BYTES);
}

static void scope_put(const struct aws_signer *s, struct buf *out)
{
	char at[AWS_STAMP_SIZE];
	aws_sign_stamp(s->now, at);
	buf_printf(out, "%.8s/%s/%s/aws4_request", at, s->region, s->service);
}

static int lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static int compare_names(const char *a, const char *b)
{
	while (*a != '\0' && lower((unsigned char)*a) == lower((unsigned char)*b))
		a++, b++;
	return lower((unsigned char)*a) - lower((unsigned char)*b);
}

/* By name; those of one name stay in the order in which they are sent. */
static void headers_sort(const struct aws_header **sorted, const struct aws_header *headers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = i;
		for (; at > 0 && compare_names(sorted[at - 1]->name, headers[i].name) > 0; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = &headers[i];
	}
}

static void name_put(struct buf *out, const char *name)
{
	for (; *name != '\0'; name++)
		buf_put(out, &(char){(char)lower((unsigned char)*name)}, 1);
}

/* Without space around it, and with one for several. */
static void value_put(struct buf *out, const char *value)
{
	for (bool begun = false; *value != '\0'; begun = true) {
		value += strspn(value, " \t\r\n");
		size_t n = strcspn(value, " \t\r\n");
		if (n > 0 && begun)
			buf_put(out, " ", 1);
		buf_put(out, value, n);
		value += n;
	}
}

static void headers_put(struct buf *out, struct buf *names, const struct aws_header **sorted, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool same = i > 0 && compare_names(sorted[i - 1]->name, sorted[i]->name) == 0;
		if (same) {
			buf_put(out, ",", 1);
		} else {
			if (i > 0)
				buf_put(out, "\n", 1), buf_put(names, ";", 1);
			name_put(out, sorted[i]->name);
			name_put(names, sorted[i]->name);
			buf_put(out, ":", 1);
		}
		value_put(out, sorted[i]->value);
	}
	buf_put(out, "\n", 1);
}

enum err aws_sign_canonical(const struct aws_signed *r, struct buf *out, struct buf *signed_headers)
{
	const struct aws_header *sorted[AWS_HEADERS_MAX];
	if (r->n_headers > AWS_HEADERS_MAX)
		return ERR_TOO_LARGE;
	headers_sort(sorted, r->headers, r->n_headers);
	buf_printf(out, "%s\n", r->method);
	if (r->path_once)
		buf_puts(out, r->path);
	else
		aws_uri_encode(out, r->path, strlen(r->path), true);
	buf_put(out, "\n", 1);
	if (r->query != NULL)
		buf_puts(out, r->query);
	enum err e = aws_query_write(out, r->params, r->n_params);
	if (e != ERR_OK)
		return e;
	buf_put(out, "\n", 1);
	headers_put(out, signed_headers, sorted, r->n_headers);
	buf_printf(out, "\n%s\n%s", buf_str(signed_headers), r->payload);
	return out->error != ERR_OK ? out->error : signed_headers->error;
}

void aws_sign_string(const struct aws_signer *s, const char *canonical, size_t n, struct buf *out)
{
	char at[AWS_STAMP_SIZE], hex[AWS_HEX_SIZE];
	uint8_t hash[crypto_hash_sha256_BYTES];
	mac_sha256(canonical, n, hash);
	hex_of(hash, hex);
	aws_sign_stamp(s->now, at);
	buf_printf(out, "AWS4-HMAC-SHA256\n%s\n", at);
	scope_put(s, out);
	buf_printf(out, "\n%s", hex);
}

static void hmac(const void *key, size_t key_n, const void *data, size_t n, uint8_t out[static crypto_auth_hmacsha256_BYTES])
{
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, key, key_n);
	crypto_auth_hmacsha256_update(&state, data, n);
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof state);
}

enum err aws_sign_signature(const struct aws_signer *s, const char *string, size_t n, char out[static AWS_HEX_SIZE])
{
	char at[AWS_STAMP_SIZE], first[256];
	uint8_t key[crypto_auth_hmacsha256_BYTES];
	size_t secret_n = strlen(s->secret);
	if (secret_n > sizeof first - 4)
		return ERR_TOO_LARGE;
	memcpy(first, "AWS4", 4);
	memcpy(first + 4, s->secret, secret_n);
	aws_sign_stamp(s->now, at);
	hmac(first, 4 + secret_n, at, 8, key); /* the date is its first eight */
	hmac(key, sizeof key, s->region, strlen(s->region), key);
	hmac(key, sizeof key, s->service, strlen(s->service), key);
	hmac(key, sizeof key, "aws4_request", sizeof "aws4_request" - 1, key);
	hmac(key, sizeof key, string, n, key);
	hex_of(key, out);
	sodium_memzero(key, sizeof key);
	sodium_memzero(first, sizeof first);
	return ERR_OK;
}

static enum err sign_with(const struct aws_signer *s, const struct aws_signed *r, struct buf *canonical, struct buf *string, struct buf *out)
{
	struct buf names;
	char signature[AWS_HEX_SIZE];
	buf_init(&names, NAMES_CAP);
	enum err e = aws_sign_canonical(r, canonical, &names);
	buf_free(&names);
	if (e != ERR_OK)
		return e;
	aws_sign_string(s, canonical->data, canonical->len, string);
	if (string->error != ERR_OK)
		return string->error;
	e = aws_sign_signature(s, string->data, string->len, signature);
	if (e == ERR_OK)
		e = aws_query_write(out, r->params, r->n_params);
	if (e == ERR_OK)
		buf_printf(out, "&X-Amz-Signature=%s", signature);
	return e != ERR_OK ? e : out->error;
}

enum err aws_sign_authorization(const struct aws_signer *s, const struct aws_signed *r, struct buf *out)
{
	struct buf canonical, names, string;
	char signature[AWS_HEX_SIZE];
	buf_init(&canonical, CANONICAL_CAP);
	buf_init(&names, NAMES_CAP);
	buf_init(&string, CREDENTIAL_CAP);
	enum err e = aws_sign_canonical(r, &canonical, &names);
	if (e == ERR_OK)
		aws_sign_string(s, canonical.data, canonical.len, &string);
	if (e == ERR_OK)
		e = string.error != ERR_OK ? string.error : aws_sign_signature(s, string.data, string.len, signature);
	if (e == ERR_OK) {
		buf_printf(out, "AWS4-HMAC-SHA256 Credential=%s/", s->key_id);
		scope_put(s, out);
		buf_printf(out, ", SignedHeaders=%s, Signature=%s", buf_str(&names), signature);
	}
	if (canonical.data != NULL)
		sodium_memzero(canonical.data, canonical.size); /* the token is among the headers */
	buf_free(&canonical);
	buf_free(&names);
	buf_free(&string);
	return e != ERR_OK ? e : out->error;
}

enum err aws_sign_query(const struct aws_signer *s, const struct aws_signed *r, int expires, struct buf *out)
{
	struct aws_param params[AWS_PARAMS_MAX];
	struct aws_signed whole = *r;
	struct buf credential, names, canonical, string;
	char at[AWS_STAMP_SIZE], seconds[16];
	bool token = s->token != NULL && *s->token != '\0';
	size_t n = r->n_params;
	if (expires < 1 || expires > AWS_EXPIRES_MAX)
		return ERR_RANGE;
	if (n + 6 > AWS_PARAMS_MAX)
		return ERR_TOO_LARGE;
	buf_init(&credential, CREDENTIAL_CAP);
	buf_init(&names, NAMES_CAP);
	buf_init(&canonical, CANONICAL_CAP);
	buf_init(&string, CREDENTIAL_CAP);
	aws_sign_stamp(s->now, at);
	snprintf(seconds, sizeof seconds, "%d", expires);
	buf_printf(&credential, "%s/", s->key_id);
	scope_put(s, &credential);
	enum err e = aws_sign_canonical(r, &canonical, &names); /* for the names alone */
	buf_reset(&canonical);
	for (size_t i = 0; i < n; i++)
		params[i] = r->params[i];
	params[n++] = (struct aws_param){"X-Amz-Algorithm", "AWS4-HMAC-SHA256"};
	params[n++] = (struct aws_param){"X-Amz-Credential", buf_str(&credential)};
	params[n++] = (struct aws_param){"X-Amz-Date", at};
	params[n++] = (struct aws_param){"X-Amz-Expires", seconds};
	params[n++] = (struct aws_param){"X-Amz-SignedHeaders", buf_str(&names)};
	if (token)
		params[n++] = (struct aws_param){"X-Amz-Security-Token", s->token};
	whole.params = params;
	whole.n_params = n;
	if (e == ERR_OK)
		e = credential.error != ERR_OK ? credential.error : sign_with(s, &whole, &canonical, &string, out);
	buf_free(&credential);
	buf_free(&names);
	buf_free(&canonical);
	buf_free(&string);
	return e;
}
