#include "store/photo_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A sanitizer says what it found on standard error. */
enum { FDS_KEPT = PHOTO_SANITIZED ? 3 : 2 };

static bool limit(__rlimit_resource_t resource, size_t value)
{
	struct rlimit l = {.rlim_cur = value, .rlim_max = value};
	return setrlimit(resource, &l) == 0;
}

/* Bytes of addresses that are not the process's own data: its libraries, mostly. 0: unknown. */
static size_t mapped_besides_data(void)
{
	unsigned long size = 0, data = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (f == NULL)
		return 0;
	int n = fscanf(f, "%lu %*u %*u %*u %*u %lu", &size, &data);
	fclose(f);
	return n == 2 && size > data ? (size - data) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

/* RLIMIT_DATA counts what is private and can be written, RLIMIT_AS every address: with both, no kind of mapping goes round. */
static bool limit_all(size_t memory, size_t besides, unsigned cpu_seconds)
{
	if (!PHOTO_SANITIZED && (besides == 0 || !limit(RLIMIT_DATA, memory) || !limit(RLIMIT_AS, memory + besides)))
		return false;
	return limit(RLIMIT_CPU, cpu_seconds) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_MEMLOCK, 0) &&
		limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_SIGPENDING, 16) && limit(RLIMIT_NOFILE, FDS_KEPT);
}

/* Everything that this kernel's Landlock can deny, denied (landlock(7)). Older headers lack the later names: the numbers are the interface's. */
static bool landlock_all(void)
{
	static const uint64_t file_rights[] = {
		[1] = (1u << 13) - 1, [2] = (1u << 14) - 1, [3] = (1u << 15) - 1, [4] = (1u << 15) - 1, [5] = (1u << 16) - 1,
	};
	struct {
		uint64_t files, net, scoped;
	} rules = {0};
	enum { KNOWN = sizeof file_rights / sizeof file_rights[0] - 1 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1)
		return true;
	rules.files = file_rights[abi < KNOWN ? abi : KNOWN];
	rules.net = abi >= 4 ? 3 : 0;    /* TCP: bind, connect */
	rules.scoped = abi >= 6 ? 3 : 0; /* abstract sockets, signals */
	size_t size = abi >= 6 ? sizeof rules : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0)
		return false;
	bool done = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return done;
}

/* What decoding is made of. */
static bool allow_plain(scmp_filter_ctx f)
{
	static const int calls[] = {
		SCMP_SYS(brk), SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(close), SCMP_SYS(exit), SCMP_SYS(exit_group),
		SCMP_SYS(futex), SCMP_SYS(getcpu), SCMP_SYS(getpid), SCMP_SYS(getrandom), SCMP_SYS(getrusage), SCMP_SYS(gettid),
		SCMP_SYS(gettimeofday), SCMP_SYS(madvise), SCMP_SYS(membarrier), SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(nanosleep),
		SCMP_SYS(restart_syscall), SCMP_SYS(rseq), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_getaffinity),
		SCMP_SYS(sched_yield), SCMP_SYS(set_robust_list), SCMP_SYS(set_tid_address), SCMP_SYS(sigaltstack), SCMP_SYS(time),
	};
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false;
	return true;
}

/* What is allowed in one shape only. */
static bool allow_shaped(scmp_filter_ctx f)
{
	const uint64_t thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
	const struct {
		int call;
		unsigned n;
		struct scmp_arg_cmp args[2];
	} rules[] = {
		{SCMP_SYS(read), 1, {SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO, 0)}},
		{SCMP_SYS(write), 1, {SCMP_A0(SCMP_CMP_GE, STDOUT_FILENO, 0)}},
		{SCMP_SYS(mmap), 2, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0), SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_SHARED | MAP_PRIVATE, MAP_PRIVATE)}},
		{SCMP_SYS(mprotect), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
		{SCMP_SYS(clone), 1, {SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread)}},
		{SCMP_SYS(tgkill), 1, {SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)}}, /* abort(3) */
		{SCMP_SYS(prctl), 1, {SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0)}},
		{SCMP_SYS(prlimit64), 2, {SCMP_A0(SCMP_CMP_EQ, 0, 0), SCMP_A2(SCMP_CMP_EQ, 0, 0)}}, /* to ask */
	};
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (seccomp_rule_add_array(f, SCMP_ACT_ALLOW, rules[i].call, rules[i].n, rules[i].args) != 0)
			return false;
	/* The C library's other way to make a thread has its flags in memory, where a filter cannot look; without it there is clone(). */
	return seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

/* What no decoder asks for: who does is no longer ours. The rest, open() too, is answered with EPERM: libraries ask for this and that and do without. */
static bool kill_hostile(scmp_filter_ctx f)
{
	static const int calls[] = {
		SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(bind), SCMP_SYS(bpf), SCMP_SYS(connect), SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
		SCMP_SYS(io_uring_setup), SCMP_SYS(kill), SCMP_SYS(listen), SCMP_SYS(mount), SCMP_SYS(perf_event_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_open),
		SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(ptrace), SCMP_SYS(setns), SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(tkill),
		SCMP_SYS(unshare), SCMP_SYS(userfaultfd), SCMP_SYS(vfork),
	};
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, calls[i], 0) != 0)
			return false;
	return true;
}

static bool filter_calls(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (f == NULL)
		return false;
	bool done = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 && seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
		allow_plain(f) && allow_shaped(f) && kill_hostile(f) && seccomp_load(f) == 0;
	seccomp_release(f);
	return done;
}

enum err photo_sandbox_enter(size_t memory, unsigned cpu_seconds)
{
	size_t besides = mapped_besides_data();
	bool done = prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && landlock_all() &&
		syscall(SYS_close_range, FDS_KEPT, ~0u, 0) == 0 && limit_all(memory, besides, cpu_seconds) && filter_calls();
	return done ? ERR_OK : ERR_IO;
}
