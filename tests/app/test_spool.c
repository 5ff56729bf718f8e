#include "app/spool.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/suites.h"
#include "suites_app.h"

static int entries(const char *folder)
{
	int n = 0;
	DIR *d = opendir(folder);
	ck_assert_ptr_nonnull(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

START_TEST(what_comes_lies_in_a_file_without_a_name)
{
	char folder[] = "/tmp/outport-spool-XXXXXX", bytes[4];
	struct conf conf;
	struct stat s;
	int one = -1, two = -1;
	ck_assert_ptr_nonnull(mkdtemp(folder));
	conf_defaults(&conf);
	snprintf(conf.media.spool, sizeof conf.media.spool, "%s", folder);
	ck_assert_int_eq(spool_open(&conf, &one), ERR_OK);
	ck_assert_int_eq(spool_open(&conf, &two), ERR_OK);
	ck_assert_int_eq(write(one, "one", 3), 3);
	ck_assert_int_eq(write(two, "two", 3), 3);
	ck_assert_int_eq(pread(one, bytes, 3, 0), 3);
	ck_assert_int_eq(memcmp(bytes, "one", 3), 0);
	ck_assert_int_eq(fstat(one, &s), 0);
	ck_assert_int_eq((int)s.st_nlink, 0);
	ck_assert_int_eq((int)(s.st_mode & 0777), 0600);
	ck_assert_int_eq(entries(folder), 0);
	close(one);
	close(two);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

/* /proc makes no files at all, /dev/null is no folder, and a folder may be missing. */
START_TEST(no_folder_is_an_error)
{
	struct conf conf;
	conf_defaults(&conf);
	for (int i = 0; i < 3; i++) {
		int fd = 0;
		snprintf(conf.media.spool, sizeof conf.media.spool, "%s", (const char *[]){"/proc/self", "/dev/null", "/tmp/outport-not-there"}[i]);
		ck_assert_int_eq(spool_open(&conf, &fd), ERR_IO);
		ck_assert_int_eq(fd, -1);
	}
}
END_TEST

START_TEST(without_a_folder_of_its_own_it_is_the_photos)
{
	char folder[] = "/tmp/outport-spool-XXXXXX";
	struct conf conf;
	int fd = -1;
	ck_assert_ptr_nonnull(mkdtemp(folder));
	conf_defaults(&conf);
	snprintf(conf.media.photos, sizeof conf.media.photos, "%s", folder);
	ck_assert_int_eq(spool_open(&conf, &fd), ERR_OK);
	close(fd);
	ck_assert_int_eq(rmdir(folder), 0);
	ck_assert_int_eq(spool_open(&conf, &fd), ERR_IO);
}
END_TEST

Suite *suite_spool(void)
{
	Suite *s = suite_create("spool");
	TCase *t = tcase_create("file");
	tcase_add_test(t, what_comes_lies_in_a_file_without_a_name);
	tcase_add_test(t, no_folder_is_an_error);
	tcase_add_test(t, without_a_folder_of_its_own_it_is_the_photos);
	suite_add_tcase(s, t);
	return s;
}
