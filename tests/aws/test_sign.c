#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cJSON.h>
#include <sodium.h>

#include "aws/aws_sign.h"
#include "suites_aws.h"
#include "util/mac.h"

/* AWS's official vectors, where they are: a folder per case with context.json, request.txt and what each step gives. */
enum { TEXT_MAX = 16 << 10 };

static const char *vectors(void)
{
	static char beside[512];
	const char *given = getenv("OUTPORT_AWS_VECTORS"), *top = getenv("top_srcdir");
	snprintf(beside, sizeof beside, "%s/../shared/vectors/v4", top != NULL ? top : "../..");
	return given != NULL ? given : beside;
}

static char *file_of(const char *name, const char *file)
{
	static char texts[8][TEXT_MAX];
	static unsigned next;
	char path[1024], *text = texts[next++ % 8];
	snprintf(path, sizeof path, "%s/%s/%s", vectors(), name, file);
	FILE *f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s", path);
	size_t n = fread(text, 1, TEXT_MAX - 1, f);
	fclose(f);
	text[n] = '\0';
	return text;
}

struct vector {
	struct aws_signer signer;
	struct aws_signed request;
	struct aws_param params[AWS_PARAMS_MAX];
	struct aws_header headers[AWS_HEADERS_MAX];
	const char *body;
	cJSON *context;
	char payload[AWS_HEX_SIZE], date[32];
	bool normalized, sign_body, omit_token;
	int expires;
};

static const char *text_of(const cJSON *o, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static int nibble(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

/* In place. */
static char *percent_decode(char *s)
{
	char *to = s;
	for (const char *at = s; *at != '\0'; at++, to++) {
		*to = *at;
		if (*at == '%') {
			*to = (char)(nibble(at[1]) << 4 | nibble(at[2]));
			at += 2;
		}
	}
	*to = '\0';
	return s;
}

static void query_read(struct vector *v, char *query)
{
	for (char *save = NULL, *one = strtok_r(query, "&", &save); one != NULL; one = strtok_r(NULL, "&", &save)) {
		char *value = strchr(one, '=');
		if (value != NULL)
			*value++ = '\0';
		v->params[v->request.n_params++] = (struct aws_param){percent_decode(one), value != NULL ? percent_decode(value) : NULL};
	}
}

/* "METHOD target HTTP/1.1", headers (a line that begins with space goes on with the one before), an empty line, the body. */
static void request_read(struct vector *v, char *text)
{
	char *target = strchr(text, ' ') + 1, *end = strstr(target, " HTTP/1.1"), *line = strchr(end, '\n') + 1;
	target[-1] = *end = '\0';
	v->request.method = text;
	v->request.path = target;
	char *query = strchr(target, '?');
	if (query != NULL) {
		*query = '\0';
		query_read(v, query + 1);
	}
	while (*line != '\0' && *line != '\n') {
		char *next = strchr(line, '\n'), *colon = strchr(line, ':');
		while (next != NULL && (next[1] == ' ' || next[1] == '\t'))
			next = strchr(next + 1, '\n');
		if (next != NULL)
			*next = '\0';
		*colon = '\0';
		v->headers[v->request.n_headers++] = (struct aws_header){line, colon + 1};
		line = next != NULL ? next + 1 : line + strlen(line);
	}
	v->body = *line == '\n' ? line + 1 : "";
}

static void vector_read(const char *name, struct vector *v)
{
	struct tm tm = {.tm_isdst = 0};
	uint8_t hash[32];
	*v = (struct vector){.context = cJSON_Parse(file_of(name, "context.json"))};
	ck_assert_ptr_nonnull(v->context);
	const cJSON *who = cJSON_GetObjectItemCaseSensitive(v->context, "credentials");
	ck_assert_ptr_nonnull(strptime(text_of(v->context, "timestamp"), "%Y-%m-%dT%H:%M:%SZ", &tm));
	strftime(v->date, sizeof v->date, "%Y%m%dT%H%M%SZ", &tm);
	v->signer = (struct aws_signer){.key_id = text_of(who, "access_key_id"), .secret = text_of(who, "secret_access_key"), .token = text_of(who, "token"),
		.region = text_of(v->context, "region"), .service = text_of(v->context, "service"), .now = timegm(&tm)};
	v->normalized = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(v->context, "normalize"));
	v->sign_body = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(v->context, "sign_body"));
	v->omit_token = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(v->context, "omit_session_token"));
	v->expires = cJSON_GetObjectItemCaseSensitive(v->context, "expiration_in_seconds")->valueint;
	request_read(v, file_of(name, "request.txt"));
	v->request.params = v->params;
	v->request.headers = v->headers;
	mac_sha256(v->body, v->sign_body ? strlen(v->body) : 0, hash);
	sodium_bin2hex(v->payload, sizeof v->payload, hash, sizeof hash);
	v->request.payload = v->payload;
}

static void header_add(struct vector *v, const char *name, const char *value)
{
	v->headers[v->request.n_headers++] = (struct aws_header){name, value};
}

static void check_header_signing(const char *name)
{
	struct vector v;
	struct buf canonical, names, string;
	char signature[AWS_HEX_SIZE];
	vector_read(name, &v);
	header_add(&v, "X-Amz-Date", v.date);
	if (*v.signer.token != '\0' && !v.omit_token)
		header_add(&v, "X-Amz-Security-Token", v.signer.token);
	if (v.sign_body)
		header_add(&v, "x-amz-content-sha256", v.payload);
	buf_init(&canonical, TEXT_MAX);
	buf_init(&names, TEXT_MAX);
	buf_init(&string, TEXT_MAX);
	ck_assert_int_eq(aws_sign_canonical(&v.request, &canonical, &names), ERR_OK);
	ck_assert_str_eq(buf_str(&canonical), file_of(name, "header-canonical-request.txt"));
	aws_sign_string(&v.signer, canonical.data, canonical.len, &string);
	ck_assert_str_eq(buf_str(&string), file_of(name, "header-string-to-sign.txt"));
	ck_assert_int_eq(aws_sign_signature(&v.signer, string.data, string.len, signature), ERR_OK);
	ck_assert_str_eq(signature, file_of(name, "header-signature.txt"));
	buf_free(&canonical);
	buf_free(&names);
	buf_free(&string);
	cJSON_Delete(v.context);
}

static void check_query_signing(const char *name)
{
	struct vector v;
	struct buf query;
	char wanted[128];
	vector_read(name, &v);
	if (v.omit_token)
		v.signer.token = NULL;
	buf_init(&query, TEXT_MAX);
	ck_assert_int_eq(aws_sign_query(&v.signer, &v.request, v.expires, &query), ERR_OK);
	snprintf(wanted, sizeof wanted, "&X-Amz-Signature=%s", file_of(name, "query-signature.txt"));
	ck_assert_msg(strstr(buf_str(&query), wanted) != NULL, "%s: %s", name, buf_str(&query));
	buf_free(&query);
	cJSON_Delete(v.context);
}

/* A path that is to be normalized first is one that aws_key_valid refuses. */
static bool refused(const char *name)
{
	struct vector v;
	vector_read(name, &v);
	size_t n = strlen(v.request.path);
	char bare[256];
	snprintf(bare, sizeof bare, "%.*s", (int)(n > 1 && v.request.path[n - 1] == '/' ? n - 2 : n - 1), v.request.path + 1);
	bool is = v.normalized && n > 1 && (strstr(v.request.path, "//") != NULL || !aws_key_valid(bare));
	cJSON_Delete(v.context);
	return is;
}

START_TEST(sign_official_vectors)
{
	DIR *dir = opendir(vectors());
	unsigned checked = 0, left = 0;
	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		if (refused(e->d_name)) {
			left++;
			continue;
		}
		check_header_signing(e->d_name);
		/* in a query the body is never signed, but for its type's own header */
		check_query_signing(e->d_name);
		checked++;
	}
	if (dir == NULL)
		return; /* they are not here: what stands below holds */
	closedir(dir);
	ck_assert_uint_ge(checked, 30);
	ck_assert_uint_le(left, 6);
}
END_TEST

/* The examples of Amazon S3's API Reference: "Authenticating Requests: Using Query Parameters", and "…: Using the Authorization Header" (GET Object). */
static const struct aws_signer example = {.key_id = "AKIAIOSFODNN7EXAMPLE", .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", .region = "us-east-1", .service = "s3",
	.now = 1369353600};

START_TEST(sign_documented_address)
{
	struct aws_header host = {"host", "examplebucket.s3.amazonaws.com"};
	struct aws_signed r = {.method = "GET", .path = "/test.txt", .path_once = true, .headers = &host, .n_headers = 1, .payload = "UNSIGNED-PAYLOAD"};
	struct buf out;
	buf_init(&out, 4096);
	ck_assert_int_eq(aws_sign_query(&example, &r, 86400, &out), ERR_OK);
	ck_assert_str_eq(buf_str(&out), "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
	                                "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
	buf_free(&out);
}
END_TEST

START_TEST(sign_documented_header)
{
	static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	const struct aws_header headers[] = {{"Host", "examplebucket.s3.amazonaws.com"}, {"Range", "bytes=0-9"}, {"x-amz-content-sha256", empty}, {"x-amz-date", "20130524T000000Z"}};
	struct aws_signed r = {.method = "GET", .path = "/test.txt", .path_once = true, .headers = headers, .n_headers = 4, .payload = empty};
	struct buf out;
	buf_init(&out, 4096);
	ck_assert_int_eq(aws_sign_authorization(&example, &r, &out), ERR_OK);
	ck_assert_str_eq(buf_str(&out), "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
	                                "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
	/* the query that is canonical already signs as its parameters do */
	const struct aws_param params[] = {{"prefix", "J"}, {"max-keys", "2"}};
	struct buf by_params;
	buf_init(&by_params, 4096);
	buf_reset(&out);
	r.query = "max-keys=2&prefix=J";
	ck_assert_int_eq(aws_sign_authorization(&example, &r, &out), ERR_OK);
	r.query = NULL, r.params = params, r.n_params = 2;
	ck_assert_int_eq(aws_sign_authorization(&example, &r, &by_params), ERR_OK);
	ck_assert_str_eq(buf_str(&out), buf_str(&by_params));
	buf_free(&by_params);
	buf_free(&out);
}
END_TEST

/* Spaces become one, after a comma too. */
START_TEST(sign_spaces)
{
	const struct aws_header headers[] = {{"A", "  a,   b  c "}, {"a", "d"}};
	struct aws_signed r = {.method = "GET", .path = "/", .headers = headers, .n_headers = 2, .payload = "x"};
	struct buf canonical, names;
	buf_init(&canonical, 4096);
	buf_init(&names, 4096);
	ck_assert_int_eq(aws_sign_canonical(&r, &canonical, &names), ERR_OK);
	ck_assert_str_eq(buf_str(&canonical), "GET\n/\n\na:a, b c,d\n\na\nx");
	buf_free(&canonical);
	buf_free(&names);
}
END_TEST

/* A secret is signed with whole, or not at all. */
START_TEST(sign_secret_too_long)
{
	char secret[300], longest[AWS_HEX_SIZE], other[AWS_HEX_SIZE];
	struct aws_signer s = example;
	memset(secret, 's', sizeof secret);
	secret[252] = '\0';
	s.secret = secret;
	ck_assert_int_eq(aws_sign_signature(&s, "x", 1, longest), ERR_OK);
	secret[251] = 't';
	ck_assert_int_eq(aws_sign_signature(&s, "x", 1, other), ERR_OK);
	ck_assert_str_ne(longest, other);
	secret[252] = 's';
	secret[253] = '\0';
	ck_assert_int_eq(aws_sign_signature(&s, "x", 1, other), ERR_TOO_LARGE);
	struct aws_header host = {"host", "h"};
	struct aws_signed r = {.method = "GET", .path = "/", .headers = &host, .n_headers = 1, .payload = "UNSIGNED-PAYLOAD"};
	struct buf out;
	buf_init(&out, 4096);
	ck_assert_int_eq(aws_sign_query(&s, &r, 60, &out), ERR_TOO_LARGE);
	ck_assert_int_eq(aws_sign_authorization(&s, &r, &out), ERR_TOO_LARGE);
	ck_assert_uint_eq(out.len, 0);
	buf_free(&out);
}
END_TEST

Suite *suite_sign(void)
{
	Suite *s = suite_create("sign");
	TCase *t = tcase_create("sign");
	tcase_add_test(t, sign_official_vectors);
	tcase_add_test(t, sign_documented_address);
	tcase_add_test(t, sign_documented_header);
	tcase_add_test(t, sign_spaces);
	tcase_add_test(t, sign_secret_too_long);
	suite_add_tcase(s, t);
	return s;
}
