/* Puts a photo where an upload puts one, without decoding anything: its files are made up of its number. A tracer stops it, or makes a call fail, at each step.
 * photo_probe CONF add MEMBER LISTING NUMBER | picture MEMBER NUMBER | hold MEMBER LISTING NUMBER
 * hold: inside the transaction, the files stored, waits until its standard input ends. Prints the error's text, the key, and the photo's number. */
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/photo_db.h"
#include "store/photo.h"

enum { FILE_BYTES = 20000 };

static uint8_t bytes[PHOTO_FILES_MAX][FILE_BYTES];

struct probe {
	struct photo_store *store;
	struct photo_decoded photo;
	bool hold;
};

static void make(struct photo_decoded *p, int number)
{
	struct photo_size sizes[PHOTO_SIZES];
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	*p = (struct photo_decoded){.n = 2 * photo_sizes(1600, 1200, sizes)};
	crypto_hash_sha256_init(&state);
	for (unsigned i = 0; i < p->n; i++) {
		memset(bytes[i], number + (int)i, FILE_BYTES);
		memcpy(bytes[i], &number, sizeof number);
		p->files[i] = (struct photo_file){.box = sizes[i / 2].box, .webp = i % 2 == 0, .data = bytes[i], .n = FILE_BYTES};
		crypto_hash_sha256_update(&state, bytes[i], FILE_BYTES);
	}
	crypto_hash_sha256_final(&state, hash);
	photo_key_of_hash(hash, p->object.key);
	p->object.width = 1600;
	p->object.height = 1200;
	p->object.bytes = (int64_t)p->n * FILE_BYTES;
	memset(p->object.placeholder, 'b', PHOTO_PLACEHOLDER_MAX);
}

static enum err store(void *ctx)
{
	struct probe *p = ctx;
	enum err e = photo_store_put(p->store, &p->photo);
	char end;
	if (p->hold) {
		puts("holds");
		fflush(stdout);
		while (read(STDIN_FILENO, &end, 1) > 0)
			;
	}
	return e;
}

static enum err run(const struct conf *conf, struct db *db, char **args, int64_t *id)
{
	struct probe p = {.hold = strcmp(args[0], "hold") == 0};
	bool picture = strcmp(args[0], "picture") == 0, again;
	const struct photo_writer writer = {store, &p};
	char why[PHOTO_WHY_MAX];
	make(&p.photo, (int)strtol(args[picture ? 2 : 3], NULL, 10));
	enum err e = photo_store_open(conf, NULL, &p.store, why);
	if (e != ERR_OK)
		return e;
	int64_t member = strtoll(args[1], NULL, 10);
	if (picture) {
		e = photo_db_picture_set(db, member, &p.photo.object, &writer);
	} else {
		const struct photo_new photo = {.listing_id = strtoll(args[2], NULL, 10), .member_id = member, .alt = "", .type = PHOTO_JPEG, .bytes = 123, .object = &p.photo.object};
		e = photo_db_add(db, &photo, &writer, id, &again);
	}
	printf("%s", p.photo.object.key);
	photo_store_close(p.store);
	return e;
}

int main(int argc, char **argv)
{
	struct conf conf;
	struct conf_error problem;
	struct db *db = NULL;
	char password[CONF_TEXT_MAX];
	int64_t id = 0;
	if (argc < 5 || (strcmp(argv[2], "picture") != 0 && argc < 6)) {
		fputs("photo_probe CONF add MEMBER LISTING NUMBER | picture MEMBER NUMBER | hold MEMBER LISTING NUMBER\n", stderr);
		return 2;
	}
	signal(SIGXFSZ, SIG_IGN);
	enum err e = sodium_init() < 0 || db_library_init() != ERR_OK ? ERR_NOMEM : conf_load(argv[1], &conf, &problem);
	if (e == ERR_OK)
		e = conf_secret(conf.database.password, password, sizeof password);
	if (e == ERR_OK)
		e = db_new(&conf, NULL, NULL, -1, &db);
	if (e == ERR_OK)
		e = db_set_password(db, password);
	if (e == ERR_OK)
		e = run(&conf, db, argv + 2, &id);
	printf(" %" PRId64 " %s\n", id, err_text(e));
	db_free(db);
	db_library_end();
	return e == ERR_OK ? 0 : 1;
}
