#include "app/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/suites.h"
#include "store/photo.h"
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

/* From here on: a file system that makes no files without names, and a kill when a name is to go. */
static bool filter_spool(void)
{
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unlinkat, 5, 0),
#ifdef SYS_unlink
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unlink, 4, 0),
#else
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unlinkat, 4, 0),
#endif
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_TMPFILE & ~O_DIRECTORY, 2, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
	};
	const struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* What a kill leaves of a body that comes where photos are kept has the name of what is being written there. */
START_TEST(a_file_left_by_a_kill_is_a_temporary_one)
{
	char folder[] = "/tmp/outport-spool-XXXXXX", path[300] = "";
	struct conf conf;
	int status;
	ck_assert_ptr_nonnull(mkdtemp(folder));
	conf_defaults(&conf);
	snprintf(conf.media.photos, sizeof conf.media.photos, "%s", folder);
	pid_t pid = fork();
	if (pid == 0) {
		int fd;
		_exit(filter_spool() && spool_open(&conf, &fd) == ERR_OK ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	DIR *d = opendir(folder);
	ck_assert_ptr_nonnull(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (strncmp(e->d_name, PHOTO_TEMPORARY, strlen(PHOTO_TEMPORARY)) == 0)
			snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
	closedir(d);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

Suite *suite_spool(void)
{
	Suite *s = suite_create("spool");
	TCase *t = tcase_create("file");
	tcase_add_test(t, what_comes_lies_in_a_file_without_a_name);
	tcase_add_test(t, no_folder_is_an_error);
	tcase_add_test(t, without_a_folder_of_its_own_it_is_the_photos);
	tcase_add_test(t, a_file_left_by_a_kill_is_a_temporary_one);
	suite_add_tcase(s, t);
	return s;
}
