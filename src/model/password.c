#include "model/password.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

/* The process's own: who waits here waits for memory, which no caller could hand round. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint_fast64_t work;

/* A hash that no password has: of 32 random bytes that were thrown away. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$e7y6exWQ+HZxTEEMSaqj8w$SFXPz6a+h72XdeZCmida0J7Hy1LKbLUs1OM+ETz477g";

enum err password_hash(const char *password, char out[static PASSWORD_HASH_TEXT])
{
	_Static_assert(PASSWORD_HASH_TEXT >= crypto_pwhash_STRBYTES, "a hash fits its text");
	char text[crypto_pwhash_STRBYTES];
	pthread_mutex_lock(&one_at_a_time);
	int failed = crypto_pwhash_str_alg(text, password, strlen(password), PASSWORD_PASSES, (size_t)PASSWORD_MEMORY_KIB * 1024, crypto_pwhash_ALG_ARGON2ID13);
	atomic_fetch_add(&work, 1);
	pthread_mutex_unlock(&one_at_a_time);
	if (failed != 0)
		return ERR_NOMEM;
	memcpy(out, text, sizeof text);
	return ERR_OK;
}

bool password_verify(const char *hash, const char *password)
{
	pthread_mutex_lock(&one_at_a_time);
	bool good = crypto_pwhash_str_verify(hash != NULL ? hash : nobody, password, strlen(password)) == 0;
	atomic_fetch_add(&work, 1);
	pthread_mutex_unlock(&one_at_a_time);
	return good && hash != NULL;
}

uint64_t password_work(void)
{
	return atomic_load(&work);
}
