/* Where credentials come from, and when they are had anew: by a clock that the tests turn. */
#include <check.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_source.h"
#include "suites_aws.h"
#include "util/log.h"

static const char *get(struct aws_identity *id)
{
	static _Thread_local struct aws_credentials c;
	static _Thread_local char why[AWS_WHY_MAX];
	enum err e = aws_credentials_get(id, &c, why);
	return e == ERR_OK ? c.key_id : e == ERR_NOT_FOUND || e == ERR_IO ? why : err_text(e);
}

/* The place: what it says, how often it was asked. */
static struct {
	_Atomic uint64_t now;
	_Atomic int asked, fails;
	int64_t lives;
	pthread_mutex_t gate;
} place = {.gate = PTHREAD_MUTEX_INITIALIZER};

static uint64_t place_now(void)
{
	return atomic_load(&place.now);
}

static void pass(int seconds)
{
	atomic_fetch_add(&place.now, (uint64_t)seconds * 1000000);
}

static enum err place_ask(struct aws_found *out, const char **source, char why[static AWS_WHY_MAX])
{
	int n = atomic_fetch_add(&place.asked, 1) + 1;
	pthread_mutex_lock(&place.gate);
	pthread_mutex_unlock(&place.gate);
	*source = "place";
	snprintf(why, AWS_WHY_MAX, "no %d", n);
	snprintf(out->who->key_id, sizeof out->who->key_id, "key %d", n);
	out->lives = place.lives;
	return atomic_load(&place.fails) ? ERR_IO : ERR_OK;
}

static struct aws_identity *place_new(int64_t lives)
{
	struct aws_identity *id;
	log_set_level(LOG_LEVEL_NONE);
	place.lives = lives;
	atomic_store(&place.now, 1000000);
	atomic_store(&place.asked, 0);
	atomic_store(&place.fails, 0);
	ck_assert_int_eq(aws_identity_new_with(place_ask, place_now, &id), ERR_OK);
	return id;
}

START_TEST(credentials_kept)
{
	struct aws_identity *id = place_new(3600);
	ck_assert_str_eq(aws_identity_source(id), "");
	ck_assert_str_eq(get(id), "key 1");
	ck_assert_str_eq(aws_identity_source(id), "place");
	pass(3600 - 15 * 60 - 1);
	ck_assert_str_eq(get(id), "key 1");
	pass(2);
	ck_assert_str_eq(get(id), "key 2");
	ck_assert_str_eq(get(id), "key 2");
	aws_identity_free(id);
	id = place_new(-1);
	ck_assert_str_eq(get(id), "key 1");
	pass(100000000);
	ck_assert_str_eq(get(id), "key 1");
	aws_identity_free(id);
}
END_TEST

START_TEST(credentials_left)
{
	static struct aws_credentials c;
	char why[AWS_WHY_MAX];
	struct aws_identity *id = place_new(3600);
	ck_assert_int_eq(aws_credentials_get(id, &c, why), ERR_OK);
	ck_assert_int_eq(c.left, 3600);
	pass(1000);
	ck_assert_int_eq(aws_credentials_get(id, &c, why), ERR_OK);
	ck_assert_int_eq(c.left, 2600);
	atomic_store(&place.fails, 1);
	pass(2600);
	ck_assert_int_eq(aws_credentials_get(id, &c, why), ERR_OK);
	ck_assert_int_le(c.left, 0);
	aws_identity_free(id);
	id = place_new(-1);
	ck_assert_int_eq(aws_credentials_get(id, &c, why), ERR_OK);
	ck_assert(c.left == INT64_MAX);
	aws_identity_free(id);
}
END_TEST

START_TEST(credentials_failure)
{
	struct aws_identity *id = place_new(3600);
	atomic_store(&place.fails, 1);
	ck_assert_str_eq(get(id), "no 1");
	ck_assert_str_eq(get(id), "no 1"); /* asked again after a second */
	pass(1);
	ck_assert_str_eq(get(id), "no 2");
	pass(1);
	ck_assert_str_eq(get(id), "no 2"); /* then two */
	pass(1);
	atomic_store(&place.fails, 0);
	ck_assert_str_eq(get(id), "key 3");
	atomic_store(&place.fails, 1);
	pass(3600 - 10 * 60);
	ck_assert_str_eq(get(id), "key 3"); /* a failure keeps them */
	ck_assert_int_eq(place.asked, 4);
	for (int i = 0; i < 3600; i++) {
		pass(1);
		ck_assert_str_eq(get(id), "key 3"); /* past their end too */
	}
	ck_assert_int_ge(place.asked, 4 + 3600 / 60);
	ck_assert_int_le(place.asked, 4 + 3600 / 60 + 7);
	atomic_store(&place.fails, 0);
	pass(60);
	ck_assert_ptr_eq(strstr(get(id), "key 3"), NULL);
	aws_identity_free(id);
}
END_TEST

START_TEST(credentials_short)
{
	/* has less than what they are refreshed at: once a minute is asked for better ones */
	struct aws_identity *id = place_new(100);
	for (int i = 0; i < 50; i++)
		ck_assert_str_eq(get(id), "key 1");
	pass(60);
	ck_assert_str_eq(get(id), "key 2");
	ck_assert_str_eq(get(id), "key 2");
	aws_identity_free(id);
	id = place_new(0);
	ck_assert_str_eq(get(id), "key 1");
	ck_assert_str_eq(get(id), "key 1");
	aws_identity_free(id);
}
END_TEST

START_TEST(credentials_expired)
{
	struct aws_identity *id = place_new(3600);
	ck_assert_str_eq(get(id), "key 1");
	aws_credentials_expired(id, "key 1");
	ck_assert_str_eq(get(id), "key 2");
	aws_credentials_expired(id, "key 1"); /* a call that was signed with the old ones */
	ck_assert_str_eq(get(id), "key 2");
	ck_assert_int_eq(place.asked, 2);
	aws_identity_free(id);
}
END_TEST

static void *get_first(void *ctx)
{
	return get(ctx)[4] == '1' ? ctx : NULL;
}

static void *get_any(void *ctx)
{
	return strncmp(get(ctx), "key ", 4) == 0 ? ctx : NULL;
}

/* One asks; the others go on with what there is from 15 minutes before the end, and wait from five. */
START_TEST(credentials_threads)
{
	struct aws_identity *id = place_new(3600);
	pthread_t first, all[8];
	void *good;
	pthread_mutex_lock(&place.gate);
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&all[i], NULL, get_first, id), 0);
	while (atomic_load(&place.asked) == 0)
		sched_yield();
	pthread_mutex_unlock(&place.gate);
	for (int i = 0; i < 8; i++) {
		pthread_join(all[i], &good);
		ck_assert_ptr_eq(good, id);
	}
	ck_assert_int_eq(place.asked, 1);
	pass(3600 - 10 * 60);
	pthread_mutex_lock(&place.gate);
	ck_assert_int_eq(pthread_create(&first, NULL, get_any, id), 0);
	while (atomic_load(&place.asked) == 1)
		sched_yield();
	for (int i = 0; i < 20; i++)
		ck_assert_str_eq(get(id), "key 1"); /* would hang if it waited */
	pass(6 * 60);
	ck_assert_int_eq(pthread_create(&all[0], NULL, get_first, id), 0);
	pthread_mutex_unlock(&place.gate);
	pthread_join(first, NULL);
	pthread_join(all[0], &good);
	ck_assert_ptr_eq(good, NULL); /* it waited: four minutes were left */
	ck_assert_int_eq(place.asked, 2);
	aws_identity_free(id);
}
END_TEST

START_TEST(credentials_document)
{
	static const struct {
		const char *json;
		enum err e;
		int64_t lives;
	} cases[] = {
		{"{\"Code\":\"Success\",\"LastUpdated\":\"2026-01-01T00:00:00Z\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"ASIA1\",\"SecretAccessKey\":\"s/+\",\"Token\":\"t\",\"Expiration\":\"1970-01-01T01:00:00Z\"}", ERR_OK, 2600},
		{"{\"AccessKeyId\":\"ASIA1\",\"SecretAccessKey\":\"s/+\",\"Token\":\"t\",\"Expiration\":\"1970-01-01T00:00:00Z\",\"RoleArn\":\"r\"}", ERR_OK, 0},
		{"{\"AccessKeyId\":\"ASIA1\",\"SecretAccessKey\":\"s/+\",\"Token\":\"t\"}", ERR_OK, -1},
		{"{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"m\"}", ERR_IO, 0},
		{"{\"AccessKeyId\":\"ASIA1\",\"SecretAccessKey\":\"s\",\"Expiration\":\"soon\"}", ERR_IO, 0},
		{"{\"AccessKeyId\":\"ASIA1\"}", ERR_IO, 0},
		{"{\"AccessKeyId\":\"\",\"SecretAccessKey\":\"s\"}", ERR_IO, 0},
		{"{\"AccessKeyId\":\"A\\r\\nX: y\",\"SecretAccessKey\":\"s\"}", ERR_IO, 0},
		{"{\"AccessKeyId\":[],\"SecretAccessKey\":\"s\"}", ERR_IO, 0},
		{"[]", ERR_IO, 0}, {"", ERR_IO, 0}, {"<html>", ERR_IO, 0},
	};
	ck_assert_int_ge(sodium_init(), 0);
	struct aws_credentials *who = sodium_malloc(sizeof *who);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct aws_found f = {.who = who, .lives = -7};
		char why[AWS_WHY_MAX] = "";
		aws_credentials_wipe(who);
		ck_assert_msg(aws_document_read(cases[i].json, strlen(cases[i].json), 1000, &f, why) == cases[i].e, "%s", cases[i].json);
		if (cases[i].e == ERR_OK) {
			ck_assert_int_eq(f.lives, cases[i].lives);
			ck_assert_str_eq(who->key_id, "ASIA1");
			ck_assert_str_eq(who->secret, "s/+");
			ck_assert_str_eq(who->token, "t");
		} else {
			ck_assert(who->key_id[0] == '\0' && who->secret[0] == '\0' && why[0] != '\0');
		}
	}
	sodium_free(who);
}
END_TEST

START_TEST(credentials_container_url)
{
	static const struct {
		const char *url;
		bool good;
	} cases[] = {
		{"https://anything.example/x", true}, {"http://127.0.0.1:51679/v2/credentials", true}, {"http://localhost/x", true}, {"http://[::1]:80/x", true},
		{"http://169.254.170.2/v2/credentials/1", true}, {"http://169.254.170.23/v1/credentials", true}, {"http://[fd00:ec2::23]/v1/credentials", true},
		{"http://169.254.170.2.evil.example/x", false}, {"http://169.254.169.254/x", false}, {"http://192.0.2.1/x", false}, {"http://example.com/", false},
		{"http://127.0.0.1@evil.example/", false}, {"http://127.0.0.1\\.evil.example/", false}, {"ftp://127.0.0.1/", false}, {"file:///etc/passwd", false},
		{"https://", false}, {"https:///x", false}, {"", false}, {"http://127.0.0.1", true}, {"http://127.0.0.12/", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(aws_container_url_valid(cases[i].url) == cases[i].good, "%s", cases[i].url);
}
END_TEST

START_TEST(credentials_relative_uri)
{
	ck_assert_int_ge(sodium_init(), 0);
	struct aws_credentials *who = sodium_malloc(sizeof *who);
	struct aws_found f = {.who = who};
	char why[AWS_WHY_MAX] = "";
	unsetenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	unsetenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	ck_assert_int_eq(aws_container_read(&f, why), ERR_NOT_FOUND);
	setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/x", 1);
	ck_assert_int_eq(aws_container_read(&f, why), ERR_INVALID);
	setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x", 1);
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nonexistent", 1);
	ck_assert_int_eq(aws_container_read(&f, why), ERR_IO);
	ck_assert_ptr_nonnull(strstr(why, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
	sodium_free(who);
}
END_TEST

Suite *suite_credentials(void)
{
	Suite *s = suite_create("credentials");
	TCase *t = tcase_create("credentials");
	tcase_add_test(t, credentials_kept);
	tcase_add_test(t, credentials_left);
	tcase_add_test(t, credentials_failure);
	tcase_add_test(t, credentials_short);
	tcase_add_test(t, credentials_expired);
	tcase_add_test(t, credentials_threads);
	tcase_add_test(t, credentials_document);
	tcase_add_test(t, credentials_container_url);
	tcase_add_test(t, credentials_relative_uri);
	suite_add_tcase(s, t);
	return s;
}
