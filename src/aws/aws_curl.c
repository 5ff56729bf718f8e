#include "aws/aws_curl.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_vault.h"

bool aws_curl_start(void)
{
	return sodium_init() >= 0 && curl_global_init_mem(CURL_GLOBAL_DEFAULT, vault_malloc, vault_free, vault_realloc, vault_strdup, vault_calloc) == CURLE_OK;
}

void aws_curl_end(void)
{
	curl_global_cleanup();
}

#define SET(option, value) good = good && curl_easy_setopt(curl, (option), (value)) == CURLE_OK

bool aws_curl_basics(CURL *curl, const char *ca, int64_t connect_ms, int64_t total_ms)
{
	bool good = true;
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (ca != NULL && *ca != '\0')
		SET(CURLOPT_CAINFO, ca);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	SET(CURLOPT_TIMEOUT_MS, (long)total_ms);
	/* a body of over 1 MB is announced, and not waited with */
	SET(CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
	SET(CURLOPT_USERAGENT, "outport/" OUTPORT_VERSION);
	return good;
}

bool aws_curl_header(struct curl_slist **list, const char *name, const char *value)
{
	size_t name_n = strlen(name), value_n = strlen(value);
	char *line = malloc(name_n + value_n + 3);
	if (line == NULL)
		return false;
	memcpy(line, name, name_n);
	memcpy(line + name_n, ": ", 2);
	memcpy(line + name_n + 2, value, value_n + 1);
	struct curl_slist *longer = curl_slist_append(*list, line);
	sodium_memzero(line, name_n + value_n + 3);
	free(line);
	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

void aws_curl_headers_free(struct curl_slist *list)
{
	for (struct curl_slist *at = list; at != NULL; at = at->next)
		sodium_memzero(at->data, strlen(at->data));
	curl_slist_free_all(list);
}

void aws_secret_put(struct buf *b, const void *p, size_t n, size_t hint)
{
	if (b->error == ERR_OK && n >= b->size - b->len && n <= b->cap - b->len) {
		struct buf wider;
		size_t room = b->len + n > 2 * b->size ? b->len + n : 2 * b->size;
		if (room < hint)
			room = hint;
		buf_init(&wider, b->cap);
		if (buf_reserve(&wider, room < b->cap ? room : b->cap) == NULL) {
			b->error = wider.error;
			buf_free(&wider);
			return;
		}
		buf_put(&wider, b->data, b->len);
		aws_secret_free(b);
		*b = wider;
	}
	buf_put(b, p, n);
}

void aws_secret_free(struct buf *b)
{
	if (b->data != NULL)
		sodium_memzero(b->data, b->size);
	buf_free(b);
}
