/* bench-aws: processor time of this process per call, signed (aws_call) and the same unsigned (libcurl alone). bench-aws CALLS BYTES: a POST to KMS of so many bytes, or with
 * "s3" behind them a PUT to S3. AWS_ENDPOINT_URL and credentials come from the environment. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "aws/aws.h"
#include "aws/aws_curl.h"

static double cpu_us(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static size_t swallow(char *p, size_t size, size_t n, void *ctx)
{
	(void)p, (void)ctx;
	return size * n;
}

/* What aws_call does of it, without the signature. */
static bool plain(CURL *curl, const char *url, const struct aws_request *r)
{
	struct curl_slist *headers = NULL;
	long status = 0;
	bool good = aws_curl_basics(curl, NULL, AWS_CONNECT_MS, AWS_CALL_MS);
	for (size_t i = 0; good && i < r->n_headers; i++)
		good = aws_curl_header(&headers, r->headers[i].name, r->headers[i].value);
	good = good && curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->n) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, r->method) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow) == CURLE_OK && curl_easy_perform(curl) == CURLE_OK &&
	       curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status == 200;
	curl_easy_reset(curl);
	aws_curl_headers_free(headers);
	return good;
}

static bool signed_call(struct aws *aws, const struct aws_request *r)
{
	struct aws_answer a;
	bool good = aws_call(aws, r, &a) == ERR_OK;
	if (!good)
		fprintf(stderr, "%s\n", a.why);
	aws_answer_free(&a);
	return good;
}

int main(int argc, char **argv)
{
	int calls = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0;
	size_t n = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 0;
	bool s3 = argc > 3;
	char why[AWS_WHY_MAX], url[300], *body = calloc(1, n + 1);
	struct aws *aws;
	const struct aws_header headers[] = {{"content-type", "application/x-amz-json-1.1"}, {"X-Amz-Target", "TrentService.Decrypt"}};
	struct aws_request r = {.service = AWS_KMS, .method = "POST", .headers = headers, .n_headers = 2, .body = body, .n = n};
	if (s3)
		r = (struct aws_request){.service = AWS_S3, .method = "PUT", .bucket = "photos", .path = "/key", .headers = headers, .n_headers = 1, .body = body, .n = n};
	if (calls <= 0 || body == NULL || getenv("AWS_ENDPOINT_URL") == NULL || aws_new("ca-central-1", &aws, why) != ERR_OK)
		return 2;
	snprintf(url, sizeof url, "%s%s", getenv("AWS_ENDPOINT_URL"), s3 ? "/photos/key" : "/");
	CURL *curl = curl_easy_init();
	bool good = signed_call(aws, &r) && plain(curl, url, &r);
	double us[2] = {0, 0};
	/* by turns, so that the machine's moods are shared */
	for (int i = 0; good && i < calls * 2; i++) {
		double from = cpu_us();
		good = i % 2 == 0 ? plain(curl, url, &r) : signed_call(aws, &r);
		us[i % 2] += cpu_us() - from;
	}
	printf("{\"unsigned_us\": %.1f, \"signed_us\": %.1f}\n", us[0] / calls, us[1] / calls);
	curl_easy_cleanup(curl);
	aws_free(aws);
	free(body);
	return good ? 0 : 1;
}
