#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/photo.h"

Suite *suite_photo_folder(void);

#define ck_assert_err(call, expected) ck_assert_int_eq((int)(call), (int)(expected))

static struct conf conf;
static char folder[256];
static struct photo_store *store;

static void set_up(void)
{
	char why[PHOTO_WHY_MAX];
	const char *tmp = getenv("TMPDIR");
	conf_defaults(&conf);
	snprintf(folder, sizeof folder, "%s/photos.XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_lt(snprintf(conf.media.photos, sizeof conf.media.photos, "%s/kept", folder), (int)sizeof conf.media.photos);
	ck_assert_msg(photo_store_open(&conf, NULL, &store, why) == ERR_OK, "%s", why);
}

static const char *path(const char *name)
{
	static char out[4][512];
	static int i;
	i = (i + 1) % 4;
	snprintf(out[i], sizeof out[i], "%s/kept/%s", folder, name);
	return out[i];
}

static bool remove_file(void *ctx, const struct photo_stored *file)
{
	(void)ctx;
	(void)unlink(path(file->name));
	return true;
}

static void tear_down(void)
{
	ck_assert_err(photo_store_each(store, remove_file, NULL), ERR_OK);
	photo_store_close(store);
	for (int i = 0; i < 256; i++) {
		char shard[3];
		snprintf(shard, sizeof shard, "%02x", i);
		(void)rmdir(path(shard));
	}
	(void)rmdir(path(""));
	(void)rmdir(folder);
}

/* What a photo of width by height may have become: bytes that say which, under their own hash. */
struct made {
	struct photo_decoded photo;
	uint8_t bytes[PHOTO_FILES_MAX][40000];
};

static struct made *make(struct made *m, int which, int width, int height)
{
	struct photo_size sizes[PHOTO_SIZES];
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	unsigned n = photo_sizes(width, height, sizes);
	memset(m, 0, sizeof *m);
	crypto_hash_sha256_init(&state);
	m->photo.n = 2 * n;
	for (unsigned i = 0; i < 2 * n; i++) {
		size_t size = 1000 + 6000 * i + (size_t)which;
		memset(m->bytes[i], which + (int)i, size);
		m->photo.files[i] = (struct photo_file){.box = sizes[i / 2].box, .webp = i % 2 == 0, .data = m->bytes[i], .n = size};
		crypto_hash_sha256_update(&state, m->bytes[i], size);
		m->photo.object.bytes += (int64_t)size;
	}
	crypto_hash_sha256_final(&state, hash);
	photo_key_of_hash(hash, m->photo.object.key);
	m->photo.object.width = sizes[n - 1].width;
	m->photo.object.height = sizes[n - 1].height;
	return m;
}

struct found {
	int files, photos, temporary, others;
	int64_t bytes;
};

static bool count(void *ctx, const struct photo_stored *file)
{
	struct found *f = ctx;
	const char *slash = strrchr(file->name, '/'), *base = slash != NULL ? slash + 1 : file->name;
	f->files++;
	f->bytes += file->bytes;
	if (file->key[0] != '\0')
		f->photos++;
	else if (strncmp(base, PHOTO_TEMPORARY, strlen(PHOTO_TEMPORARY)) == 0)
		f->temporary++;
	else
		f->others++;
	return true;
}

static struct found find(void)
{
	struct found f = {0};
	ck_assert_err(photo_store_each(store, count, &f), ERR_OK);
	return f;
}

static bool whole(const struct made *m)
{
	bool is;
	ck_assert_err(photo_store_whole(store, &m->photo.object, &is), ERR_OK);
	return is;
}

static bool is_true(const struct made *m)
{
	bool is;
	ck_assert_err(photo_store_true(store, &m->photo.object, &is), ERR_OK);
	return is;
}

static const char *file_path(const struct made *m, int i)
{
	char name[64];
	photo_file_name(m->photo.object.key, m->photo.files[i].box, m->photo.files[i].webp, name);
	return path(name);
}

static struct made a, b;

START_TEST(what_is_put_is_there_and_everybody_s_to_read)
{
	static const struct {
		int width, height, files;
	} cases[] = {{4000, 3000, 6}, {1000, 500, 6}, {800, 600, 4}, {321, 20, 4}, {320, 320, 2}, {1, 1, 2}};
	mode_t mask = umask(077);
	int files = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		make(&a, (int)i, cases[i].width, cases[i].height);
		ck_assert(!whole(&a) && !is_true(&a));
		ck_assert_err(photo_store_put(store, &a.photo), ERR_OK);
		ck_assert_msg(whole(&a) && is_true(&a), "%d by %d", cases[i].width, cases[i].height);
		files += cases[i].files;
		for (unsigned k = 0; k < a.photo.n; k++) {
			struct stat st;
			ck_assert_int_eq(lstat(file_path(&a, (int)k), &st), 0);
			ck_assert_int_eq(st.st_mode & 07777, 0644);
			ck_assert_int_eq(st.st_size, (off_t)a.photo.files[k].n);
		}
	}
	umask(mask);
	struct stat st;
	char shard[3] = {a.photo.object.key[0], a.photo.object.key[1], '\0'};
	ck_assert_int_eq(stat(path(shard), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0755);
	ck_assert_int_eq(stat(path(""), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0755);
	struct found f = find();
	ck_assert_int_eq(f.photos, files);
	ck_assert_int_eq(f.files, files);
}
END_TEST

START_TEST(what_is_there_stays_what_is_damaged_comes_back)
{
	struct stat before, after;
	make(&a, 1, 1600, 1200);
	ck_assert_err(photo_store_put(store, &a.photo), ERR_OK);
	ck_assert_int_eq(stat(file_path(&a, 1), &before), 0);
	ck_assert_int_eq(truncate(file_path(&a, 2), 5), 0);
	ck_assert_int_eq(unlink(file_path(&a, 3)), 0);
	ck_assert(!whole(&a) && !is_true(&a));
	ck_assert_err(photo_store_put(store, &a.photo), ERR_OK);
	ck_assert(whole(&a) && is_true(&a));
	ck_assert_int_eq(stat(file_path(&a, 1), &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	ck_assert_int_eq(find().files, 6);
}
END_TEST

START_TEST(damage_of_the_same_length_shows_in_the_bytes)
{
	make(&a, 1, 1600, 1200);
	ck_assert_err(photo_store_put(store, &a.photo), ERR_OK);
	int fd = open(file_path(&a, 4), O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(pwrite(fd, "x", 1, 100), 1);
	close(fd);
	ck_assert(whole(&a));
	ck_assert(!is_true(&a));
}
END_TEST

START_TEST(removing_takes_all_of_one_and_nothing_else)
{
	make(&a, 1, 1600, 1200);
	make(&b, 2, 300, 200);
	ck_assert_err(photo_store_put(store, &a.photo), ERR_OK);
	ck_assert_err(photo_store_put(store, &b.photo), ERR_OK);
	ck_assert_err(photo_store_remove(store, a.photo.object.key), ERR_OK);
	ck_assert_err(photo_store_remove(store, a.photo.object.key), ERR_OK);
	ck_assert_err(photo_store_remove(store, "00000000000000000000000000000000"), ERR_OK);
	ck_assert(!whole(&a) && whole(&b));
	bool any;
	ck_assert_err(photo_store_any(store, a.photo.object.key, &any), ERR_OK);
	ck_assert(!any);
	ck_assert_int_eq(unlink(file_path(&b, 0)), 0);
	ck_assert_err(photo_store_any(store, b.photo.object.key, &any), ERR_OK);
	ck_assert(any);
	ck_assert_int_eq(find().files, 1);
	ck_assert_err(photo_store_remove(store, "../../etc/passwd"), ERR_INVALID);
	ck_assert_err(photo_store_remove(store, ""), ERR_INVALID);
}
END_TEST

static void write_file(const char *name)
{
	int fd = open(path(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
}

START_TEST(what_is_not_a_photo_is_named_as_it_is)
{
	static const char *const names[] = {
		"left behind", "00/README", "00/" PHOTO_TEMPORARY "12-34", PHOTO_TEMPORARY "1", "00/00000000000000000000000000000000-320.png",
		"00/00000000000000000000000000000000-321.webp", "00/01000000000000000000000000000000-320.web", "00/11000000000000000000000000000000-320.webp",
		"00/0000000000000000000000000000000-320.webp", "00/0000000000000000000000000000000A-320.webp",
	};
	ck_assert_int_eq(mkdir(path("00"), 0755), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		write_file(names[i]);
	write_file("00/00000000000000000000000000000000-320.webp");
	struct found f = find();
	ck_assert_int_eq(f.photos, 1);
	ck_assert_int_eq(f.temporary, 2);
	ck_assert_int_eq(f.others, 8);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ck_assert_err(photo_store_remove_file(store, names[i]), ERR_OK);
	ck_assert_err(photo_store_remove_file(store, names[0]), ERR_OK);
	ck_assert_int_eq(find().files, 1);
	static const char *const bad[] = {"", "../x", "00/../x", "00/", "/etc/passwd", "zz/x", "00/..", "..", ".", "000/x", "00//x"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(photo_store_remove_file(store, bad[i]) == ERR_INVALID, "%s", bad[i]);
}
END_TEST

START_TEST(no_link_is_followed)
{
	char outside[512], shard[3];
	make(&a, 1, 320, 240);
	snprintf(shard, sizeof shard, "%.2s", a.photo.object.key);
	snprintf(outside, sizeof outside, "%s/outside", folder);
	ck_assert_int_eq(mkdir(outside, 0755), 0);
	ck_assert_int_eq(symlink(outside, path(shard)), 0);
	ck_assert_err(photo_store_put(store, &a.photo), ERR_IO);
	ck_assert_err(photo_store_remove(store, a.photo.object.key), ERR_IO);
	ck_assert_int_eq(rmdir(outside), 0); /* nothing was written there */
	ck_assert_int_eq(unlink(path(shard)), 0);
	/* nor where a file should be */
	ck_assert_err(photo_store_put(store, &a.photo), ERR_OK);
	snprintf(outside, sizeof outside, "%s/file", folder);
	ck_assert_int_eq(rename(file_path(&a, 0), outside), 0);
	ck_assert_int_eq(symlink(outside, file_path(&a, 0)), 0);
	ck_assert(!whole(&a) && !is_true(&a));
	ck_assert_err(photo_store_put(store, &a.photo), ERR_OK);
	ck_assert(whole(&a) && is_true(&a));
	ck_assert_int_eq(unlink(outside), 0);
}
END_TEST

static int open_files(void)
{
	int n = 0;
	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

START_TEST(a_full_disk_leaves_nothing_half)
{
	struct rlimit old, small = {0};
	signal(SIGXFSZ, SIG_IGN);
	make(&a, 1, 1600, 1200);
	make(&b, 1, 300, 200);
	ck_assert_err(photo_store_put(store, &b.photo), ERR_OK);
	int open_before = open_files();
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	/* the files grow by 6,000 bytes each: the limit hits another one each time */
	for (rlim_t limit = 0; limit < 30000; limit += 6000) {
		small = (struct rlimit){limit, old.rlim_max};
		ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
		enum err e = photo_store_put(store, &a.photo);
		ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
		ck_assert_err(e, ERR_NO_SPACE);
		ck_assert_int_eq(find().files, 2);
	}
	ck_assert_int_eq(open_files(), open_before);
	ck_assert_err(photo_store_put(store, &a.photo), ERR_OK);
	ck_assert_int_eq(find().files, 8);
}
END_TEST

START_TEST(what_was_there_before_a_failure_is_there_after_it)
{
	make(&a, 1, 1600, 1200);
	ck_assert_err(photo_store_put(store, &a.photo), ERR_OK);
	ck_assert_int_eq(unlink(file_path(&a, 5)), 0);
	struct rlimit old;
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){100, old.rlim_max}), 0);
	enum err e = photo_store_put(store, &a.photo);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	ck_assert_err(e, ERR_NO_SPACE);
	ck_assert_int_eq(find().files, 5);
}
END_TEST

static void *put_some(void *ctx)
{
	static struct made own[4];
	int which = *(int *)ctx;
	for (int i = 0; i < 20; i++)
		if (photo_store_put(store, &make(&own[which], which * 20 + i, 1600, 1200)->photo) != ERR_OK)
			return NULL;
	return ctx;
}

START_TEST(threads_share_it)
{
	pthread_t threads[4];
	int which[4] = {0, 1, 2, 3};
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, put_some, &which[i]), 0);
	for (int i = 0; i < 4; i++) {
		void *good;
		ck_assert_int_eq(pthread_join(threads[i], &good), 0);
		ck_assert_ptr_nonnull(good);
	}
	struct found f = find();
	ck_assert_int_eq(f.photos, 4 * 20 * 6);
	ck_assert_int_eq(f.files, f.photos);
}
END_TEST

static bool stop_at_once(void *ctx, const struct photo_stored *file)
{
	(void)file;
	return ++*(int *)ctx < 3;
}

START_TEST(the_walk_stops_when_told_to)
{
	int n = 0;
	for (int i = 0; i < 3; i++)
		ck_assert_err(photo_store_put(store, &make(&a, i, 800, 600)->photo), ERR_OK);
	ck_assert_err(photo_store_each(store, stop_at_once, &n), ERR_OK);
	ck_assert_int_eq(n, 3);
}
END_TEST

START_TEST(a_folder_that_cannot_be_is_refused_in_words)
{
	struct conf other = conf;
	struct photo_store *s = NULL;
	char why[PHOTO_WHY_MAX];
	snprintf(other.media.photos, sizeof other.media.photos, "/proc/none/photos");
	ck_assert_err(photo_store_open(&other, NULL, &s, why), ERR_IO);
	ck_assert_ptr_nonnull(strstr(why, "/proc/none/photos"));
	write_file("file");
	snprintf(other.media.photos, sizeof other.media.photos, "%s", path("file"));
	ck_assert_err(photo_store_open(&other, NULL, &s, why), ERR_IO);
	ck_assert_ptr_null(s);
	ck_assert_err(photo_store_try(store, why), ERR_OK);
	ck_assert_int_eq(find().files, 1);
	snprintf(other.media.photos, sizeof other.media.photos, "/proc/self");
	ck_assert_err(photo_store_open(&other, NULL, &s, why), ERR_OK);
	ck_assert_err(photo_store_try(s, why), ERR_IO);
	ck_assert_ptr_nonnull(strstr(why, "/proc/self: "));
	photo_store_close(s);
}
END_TEST

/* Without its folder the store knows nothing: nothing is as good as removed, nothing is missing. With it, or another one in its place, it goes on. */
START_TEST(a_folder_that_goes_and_comes_back)
{
	static struct made one, two;
	char away[300], kept[300];
	bool any;
	make(&one, 1, 2000, 1500);
	make(&two, 2, 2000, 1500);
	snprintf(away, sizeof away, "%s/away", folder);
	snprintf(kept, sizeof kept, "%s/kept", folder);
	ck_assert_err(photo_store_put(store, &one.photo), ERR_OK);
	ck_assert_int_eq(rename(kept, away), 0);
	ck_assert_err(photo_store_put(store, &two.photo), ERR_IO);
	ck_assert_err(photo_store_remove(store, one.photo.object.key), ERR_IO);
	ck_assert_err(photo_store_any(store, one.photo.object.key, &any), ERR_IO);
	ck_assert_int_eq(access(kept, F_OK), -1);
	ck_assert_int_eq(mkdir(kept, 0755), 0);
	ck_assert_err(photo_store_put(store, &two.photo), ERR_OK);
	ck_assert(whole(&two));
	ck_assert_err(photo_store_remove(store, two.photo.object.key), ERR_OK);
	ck_assert_int_eq(rmdir(path((const char[]){two.photo.object.key[0], two.photo.object.key[1], '\0'})), 0);
	ck_assert_int_eq(rmdir(kept), 0);
	ck_assert_int_eq(rename(away, kept), 0);
	ck_assert(whole(&one));
}
END_TEST

Suite *suite_photo_folder(void)
{
	Suite *s = suite_create("photo_folder");
	TCase *t = tcase_create("photo_folder");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, what_is_put_is_there_and_everybody_s_to_read);
	tcase_add_test(t, what_is_there_stays_what_is_damaged_comes_back);
	tcase_add_test(t, damage_of_the_same_length_shows_in_the_bytes);
	tcase_add_test(t, removing_takes_all_of_one_and_nothing_else);
	tcase_add_test(t, what_is_not_a_photo_is_named_as_it_is);
	tcase_add_test(t, no_link_is_followed);
	tcase_add_test(t, a_full_disk_leaves_nothing_half);
	tcase_add_test(t, what_was_there_before_a_failure_is_there_after_it);
	tcase_add_test(t, threads_share_it);
	tcase_add_test(t, the_walk_stops_when_told_to);
	tcase_add_test(t, a_folder_that_cannot_be_is_refused_in_words);
	tcase_add_test(t, a_folder_that_goes_and_comes_back);
	suite_add_tcase(s, t);
	return s;
}
