#include "photo_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct db_fixture photo_fixture;
struct photo_disk photo_disk;

void photo_set_up(void)
{
	db_fixture_make(&photo_fixture, "op_photo");
	db_fixture_catalog(&photo_fixture, 1, 1);
	db_test_run(photo_fixture.db,
		"INSERT INTO member (id, email, name, password_hash, created_at) VALUES (1, 'elsie@example.com', 'Elsie', 'x', UTC_TIMESTAMP()), (2, 'leo@example.com', 'Leo', 'x', UTC_TIMESTAMP());\n"
		"INSERT INTO listing (id, state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor, currency, stock, contact_name, contact_email,"
		" content_hash, search_text, created_at, updated_at, member_id) SELECT n.id, n.state, c.id, c.parent_id, p.id, p.parent_id, 'A boat', 'x', '', '', 100, 'CAD', 1, '', '',"
		" UNHEX(SHA2(n.id, 256)), '', UTC_TIMESTAMP(), UTC_TIMESTAMP(), n.member FROM (SELECT 1 id, 1 state, 1 AS member UNION ALL SELECT 2, 4, 1 UNION ALL SELECT 3, 1, 2) n"
		" JOIN (SELECT id, parent_id FROM category WHERE parent_id IS NOT NULL ORDER BY id LIMIT 1) c JOIN (SELECT id, parent_id FROM place WHERE parent_id IS NOT NULL ORDER BY id LIMIT 1) p");
}

void photo_tear_down(void)
{
	db_fixture_end(&photo_fixture);
}

int64_t photo_number(const char *sql)
{
	return db_test_number(photo_fixture.db, sql);
}

struct photo_object photo_test_object(int i)
{
	struct photo_object o = {.width = 1600, .height = 1200, .bytes = 1000 + i};
	snprintf(o.key, sizeof o.key, "%032x", i);
	memset(o.placeholder, 'a', PHOTO_PLACEHOLDER_MAX);
	return o;
}

static void touch(int i, bool there)
{
	if (atomic_fetch_add(&photo_disk.busy[i], 1) != 0)
		atomic_fetch_add(&photo_disk.overlaps, 1);
	nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
	atomic_store(&photo_disk.there[i], there);
	atomic_fetch_sub(&photo_disk.busy[i], 1);
}

enum err photo_test_store(void *ctx)
{
	if (atomic_load(&photo_disk.full))
		return ERR_NO_SPACE;
	atomic_fetch_add(&photo_disk.written, 1);
	touch(*(int *)ctx, true);
	return ERR_OK;
}

int photo_number_of_key(const char *key)
{
	return (int)strtol(key + PHOTO_KEY_MAX - 4, NULL, 16);
}

enum err photo_test_erase(void *ctx, const char *key)
{
	(void)ctx;
	atomic_fetch_add(&photo_disk.removed, 1);
	touch(photo_number_of_key(key), false);
	return ERR_OK;
}

enum err photo_add_by(struct db *db, int64_t member, int64_t listing, int i, int64_t *id, bool *again)
{
	struct photo_object o = photo_test_object(i);
	const struct photo_new p = {.listing_id = listing, .member_id = member, .alt = "A dory", .type = PHOTO_JPEG, .bytes = 4000000, .object = &o};
	return photo_db_add(db, &p, &(struct photo_writer){photo_test_store, &i}, id, again);
}

int64_t photo_add(int64_t listing, int i)
{
	int64_t id = 0;
	bool again = true;
	ck_assert_err(photo_add_by(photo_fixture.db, listing == 3 ? 2 : 1, listing, i, &id, &again), ERR_OK);
	ck_assert(!again);
	return id;
}

void photo_clean_disk(void)
{
	for (int i = 0; i < OBJECTS; i++)
		atomic_store(&photo_disk.there[i], false);
	atomic_store(&photo_disk.written, 0);
	atomic_store(&photo_disk.removed, 0);
	atomic_store(&photo_disk.overlaps, 0);
	atomic_store(&photo_disk.full, false);
}

int64_t photo_test_refs(int i)
{
	struct photo_count c;
	bool there;
	ck_assert_err(photo_db_object_get(photo_fixture.db, photo_fixture.arena, photo_test_object(i).key, &there, &c), ERR_OK);
	if (there)
		ck_assert_int_eq(c.unreferenced_at != 0, c.stored == 0);
	return there ? c.stored : -1;
}

void photo_all_is_right(void)
{
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM listing l WHERE l.photos <> (SELECT COUNT(*) FROM photo p WHERE p.listing_id = l.id)"), 0);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM photo p WHERE p.position <> (SELECT COUNT(*) FROM photo q WHERE q.listing_id = p.listing_id AND q.position < p.position)"), 0);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM photo_object o WHERE o.refs <> (SELECT COUNT(*) FROM photo p WHERE p.hash = o.hash) + (SELECT COUNT(*) FROM member m WHERE m.picture = o.hash)"), 0);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM photo_object WHERE (refs = 0) <> (unreferenced_at IS NOT NULL)"), 0);
	ck_assert_int_eq(photo_disk.overlaps, 0);
	for (int i = 0; i < OBJECTS; i++)
		if (photo_test_refs(i) > 0)
			ck_assert_msg(atomic_load(&photo_disk.there[i]), "object %d is named and has no files", i);
}

const struct photo *photo_test_list(int64_t listing, size_t expected)
{
	struct photo *photos;
	size_t n;
	ck_assert_err(photo_db_list(photo_fixture.db, photo_fixture.arena, listing, &photos, &n), ERR_OK);
	ck_assert_uint_eq(n, expected);
	return photos;
}

static enum err not_there(void *ctx, const struct photo_object *o, bool *broken)
{
	(void)ctx;
	*broken = !atomic_load(&photo_disk.there[photo_number_of_key(o->key)]);
	return ERR_OK;
}
const struct photo_mender photo_test_mender = {not_there, photo_test_erase, NULL, false};
const struct photo_remover photo_test_remover = {photo_test_erase, NULL, false};
