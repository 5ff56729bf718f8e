/* photo_fixture: two members with three listings, and what stands for the store of their photos. */
#pragma once

#include <stdatomic.h>

#include "db/photo_db.h"
#include "db_test.h"

/* Elsie (1) with the listings 1 and 2 (a draft), Leo (2) with 3. */
extern struct db_fixture photo_fixture;
void photo_set_up(void);
void photo_tear_down(void);
int64_t photo_number(const char *sql);

/* Which objects have files. Told under the locks, so it must never be told two things at once. */
enum { OBJECTS = 64 };
struct photo_disk {
	atomic_bool there[OBJECTS];
	atomic_int busy[OBJECTS], written, removed, overlaps;
	atomic_bool full;
};
extern struct photo_disk photo_disk;
void photo_clean_disk(void);
struct photo_object photo_test_object(int i);
int photo_number_of_key(const char *key);
/* A photo_writer's: ctx is the object's number. */
enum err photo_test_store(void *ctx);
enum err photo_test_erase(void *ctx, const char *key);
/* As of a photo_mender: whatever the disk says. */
extern const struct photo_mender photo_test_mender;
extern const struct photo_remover photo_test_remover;

enum err photo_add_by(struct db *db, int64_t member, int64_t listing, int i, int64_t *id, bool *again);
/* By the listing's owner; its id. */
int64_t photo_add(int64_t listing, int i);
/* How often the object is named, as its row says; -1: it has no row. */
int64_t photo_test_refs(int i);
/* n photos are what the listing has. */
const struct photo *photo_test_list(int64_t listing, size_t n);
/* Counts, positions and references are what the rows say, and every object a row names has its files. */
void photo_all_is_right(void);
