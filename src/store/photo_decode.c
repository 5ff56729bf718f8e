#include "store/photo_decode.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/photo_decode_internal.h"
#include "store/photo_sandbox.h"
#include "util/clock.h"

enum {
	CHUNK = 64 << 10,
	REPLY_FIRST = 1 << 20,  /* bytes made room for at first: most replies */
	GRACE_SECONDS = 30,     /* for the helper to say that it killed a child */
	RSS_MAX_KIB = (PHOTO_CHILD_MEMORY >> 10) * (PHOTO_SANITIZED ? 4 : 1), /* a sanitizer's own memory is in it */
};

struct photo_decoder {
	int socket;
	pid_t helper;
	bool heic;
	unsigned wall_seconds;
	pthread_mutex_t lock;
	pthread_cond_t turn;
	unsigned free_turns;
};

/* One photo under way. The fds are this side's, -1 once closed. */
struct job {
	int in, out, end;
	int from;            /* the file */
	off_t at;
	size_t left;
	uint8_t chunk[CHUNK];
	size_t chunk_n, chunk_at;
	uint8_t *reply;
	size_t reply_n, reply_size;
	struct photo_end ended;
	bool has_ended, failed; /* failed: on this side */
};

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool pipe_make(int *read_end, int *write_end)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	*read_end = fds[0];
	*write_end = fds[1];
	return true;
}

static bool job_send(const struct photo_decoder *d, const struct photo_job *what, const int fds[static PHOTO_JOB_FDS])
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(PHOTO_JOB_FDS * sizeof(int))];
	} control = {.room = {0}};
	struct photo_job copy = *what;
	struct iovec part = {.iov_base = &copy, .iov_len = sizeof copy};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(PHOTO_JOB_FDS * sizeof(int));
	memcpy(CMSG_DATA(c), fds, PHOTO_JOB_FDS * sizeof(int));
	ssize_t n;
	while ((n = sendmsg(d->socket, &m, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		;
	return n == sizeof copy;
}

static bool job_begin(const struct photo_decoder *d, struct job *j, enum photo_type type)
{
	int theirs[PHOTO_JOB_FDS] = {-1, -1, -1};
	struct photo_job what = {.type = type, .length = (uint32_t)j->left};
	bool done = pipe_make(&theirs[0], &j->in) && pipe_make(&j->out, &theirs[1]) && pipe_make(&j->end, &theirs[2]) &&
		fcntl(j->in, F_SETFL, O_NONBLOCK) == 0 && fcntl(j->out, F_SETFL, O_NONBLOCK) == 0 && job_send(d, &what, theirs);
	for (int i = 0; i < PHOTO_JOB_FDS; i++)
		shut(&theirs[i]);
	return done;
}

/* Writes on until the pipe is full. A child that does not want the rest has its reasons: the reply says them. */
static void job_feed(struct job *j)
{
	for (;;) {
		if (j->chunk_at == j->chunk_n) {
			if (j->left == 0) {
				shut(&j->in);
				return;
			}
			ssize_t n = pread(j->from, j->chunk, j->left < CHUNK ? j->left : CHUNK, j->at);
			if (n < 0 && errno == EINTR)
				continue;
			if (n <= 0) {
				j->failed = true;
				shut(&j->in);
				return;
			}
			j->at += n;
			j->left -= (size_t)n;
			j->chunk_n = (size_t)n;
			j->chunk_at = 0;
		}
		ssize_t n = write(j->in, j->chunk + j->chunk_at, j->chunk_n - j->chunk_at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			if (errno != EAGAIN)
				shut(&j->in);
			return;
		}
		j->chunk_at += (size_t)n;
	}
}

/* Reads on until the pipe is empty; more than a reply may have is not read. */
static void job_take(struct job *j)
{
	for (;;) {
		if (j->reply_n == j->reply_size && j->reply_size <= PHOTO_REPLY_MAX) {
			size_t size = j->reply_size == 0 ? REPLY_FIRST : j->reply_size * 2 > PHOTO_REPLY_MAX ? (size_t)PHOTO_REPLY_MAX + 1 : j->reply_size * 2;
			uint8_t *more = realloc(j->reply, size);
			if (more == NULL) {
				j->failed = true;
				shut(&j->out);
				return;
			}
			j->reply = more;
			j->reply_size = size;
		}
		ssize_t n = j->reply_n < j->reply_size ? read(j->out, j->reply + j->reply_n, j->reply_size - j->reply_n) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			shut(&j->out);
			return;
		}
		j->reply_n += (size_t)n;
	}
}

static void job_end_take(struct job *j)
{
	ssize_t n = read(j->end, &j->ended, sizeof j->ended);
	if (n < 0 && errno == EINTR)
		return;
	j->has_ended = n == sizeof j->ended;
	shut(&j->end);
}

/* Until the helper has said how the child ended, or it is too late for that. */
static void job_run(struct job *j, uint64_t until_us)
{
	while (j->end >= 0 || j->out >= 0) {
		uint64_t now = clock_mono_us();
		if (now >= until_us)
			return;
		struct pollfd wait[] = {{.fd = j->in, .events = POLLOUT}, {.fd = j->out, .events = POLLIN}, {.fd = j->end, .events = POLLIN}};
		if (poll(wait, 3, (int)((until_us - now) / 1000 + 1)) < 0) {
			if (errno != EINTR)
				return;
			continue;
		}
		if (wait[0].revents != 0)
			job_feed(j);
		if (wait[1].revents != 0)
			job_take(j);
		if (wait[2].revents != 0)
			job_end_take(j);
	}
}

static enum photo_problem job_judge(struct job *j, struct photo_decoded *out)
{
	enum photo_problem p;
	const struct photo_end *e = &j->ended;
	if (j->failed || !j->has_ended || e->not_begun || e->starved || (WIFEXITED(e->status) && WEXITSTATUS(e->status) == CHILD_NO_SANDBOX))
		p = PHOTO_AWAY;
	else if (!WIFEXITED(e->status) || WEXITSTATUS(e->status) != CHILD_REPLIED || e->max_rss > RSS_MAX_KIB)
		p = PHOTO_TOO_HARD;
	else
		p = photo_reply_read(j->reply, j->reply_n, out);
	if (j->has_ended) {
		out->child_status = e->status;
		out->child_max_rss = (long)e->max_rss;
	}
	if (p == PHOTO_GOOD) {
		out->memory = j->reply;
		j->reply = NULL;
	}
	return p;
}

/* Writing to a child that has ended must not end the program, whatever it does about SIGPIPE elsewhere. */
static bool sigpipe_hold(sigset_t *before)
{
	sigset_t pipe_only, pending;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_only, before);
	return sigismember(&pending, SIGPIPE) == 1;
}

static void sigpipe_release(const sigset_t *before, bool was_pending)
{
	sigset_t pipe_only;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	while (!was_pending && sigtimedwait(&pipe_only, NULL, &(struct timespec){.tv_sec = 0}) == SIGPIPE)
		;
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

static enum photo_problem decode(struct photo_decoder *d, struct job *j, enum photo_type type, struct photo_decoded *out)
{
	enum photo_problem p = PHOTO_AWAY;
	sigset_t before;
	pthread_mutex_lock(&d->lock);
	while (d->free_turns == 0)
		pthread_cond_wait(&d->turn, &d->lock);
	d->free_turns--;
	pthread_mutex_unlock(&d->lock);

	bool was_pending = sigpipe_hold(&before);
	if (job_begin(d, j, type)) {
		job_run(j, clock_mono_us() + (d->wall_seconds + GRACE_SECONDS) * UINT64_C(1000000));
		p = job_judge(j, out);
	}
	shut(&j->in);
	shut(&j->out);
	shut(&j->end);
	sigpipe_release(&before, was_pending);

	pthread_mutex_lock(&d->lock);
	d->free_turns++;
	pthread_cond_signal(&d->turn);
	pthread_mutex_unlock(&d->lock);
	return p;
}

static enum photo_problem decode_bytes(struct photo_decoder *d, int fd, off_t offset, size_t length, enum photo_type type, struct photo_decoded *out)
{
	*out = (struct photo_decoded){.n = 0};
	struct job *j = malloc(sizeof *j);
	if (j == NULL)
		return PHOTO_AWAY;
	*j = (struct job){.in = -1, .out = -1, .end = -1, .from = fd, .at = offset, .left = length};
	enum photo_problem p = decode(d, j, type, out);
	free(j->reply);
	free(j);
	return p;
}

enum photo_problem photo_decode(struct photo_decoder *d, int fd, off_t offset, size_t length, enum photo_type type, struct photo_decoded *out)
{
	*out = (struct photo_decoded){.n = 0};
	if (length == 0)
		return PHOTO_EMPTY;
	if (length > PHOTO_BYTES_MAX)
		return PHOTO_TOO_LARGE;
	if (type < PHOTO_JPEG || type > PHOTO_HEIC || (type == PHOTO_HEIC && !d->heic))
		return PHOTO_NOT_KNOWN;
	return decode_bytes(d, fd, offset, length, type, out);
}

void photo_decoded_free(struct photo_decoded *p)
{
	free(p->memory);
	*p = (struct photo_decoded){.n = 0};
}

bool photo_decoder_alive(const struct photo_decoder *d)
{
	siginfo_t ended = {.si_pid = 0};
	return waitid(P_PID, (id_t)d->helper, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0;
}

bool photo_decoder_heic(const struct photo_decoder *d)
{
	return d->heic;
}

static bool helper_fork(struct photo_decoder *d, const struct photo_decoder_set_up *set_up)
{
	int ends[2];
	pid_t self = getpid();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	d->helper = fork();
	if (d->helper == 0)
		photo_helper_run(ends[1], set_up, self);
	close(ends[1]);
	d->socket = ends[0];
	return d->helper > 0;
}

enum err photo_decoder_start_as(const struct photo_decoder_set_up *set_up, struct photo_decoder **out)
{
	struct photo_decoded none;
	if (set_up->at_once < 1 || set_up->at_once > PHOTO_AT_ONCE_MAX)
		return ERR_RANGE;
	struct photo_decoder *d = malloc(sizeof *d);
	if (d == NULL)
		return ERR_NOMEM;
	*d = (struct photo_decoder){.socket = -1, .helper = -1, .wall_seconds = set_up->wall_seconds, .free_turns = set_up->at_once,
		.lock = PTHREAD_MUTEX_INITIALIZER, .turn = PTHREAD_COND_INITIALIZER};
	if (!helper_fork(d, set_up)) {
		photo_decoder_stop(d);
		return ERR_IO;
	}
	/* No photo at all is what a child can say something to only when it stands in its sandbox. */
	enum photo_problem p = decode_bytes(d, -1, 0, 0, PHOTO_HEIC, &none);
	if (p != PHOTO_EMPTY && p != PHOTO_NOT_KNOWN) {
		photo_decoder_stop(d);
		return ERR_IO;
	}
	d->heic = p == PHOTO_EMPTY;
	*out = d;
	return ERR_OK;
}

enum err photo_decoder_start(unsigned at_once, struct photo_decoder **out)
{
	return photo_decoder_start_as(&(struct photo_decoder_set_up){.at_once = at_once, .wall_seconds = PHOTO_CHILD_WALL_SECONDS, .nice = PHOTO_CHILD_NICE,
		.child = photo_decode_child}, out);
}

void photo_decoder_stop(struct photo_decoder *d)
{
	if (d == NULL)
		return;
	shut(&d->socket);
	if (d->helper > 0)
		while (waitpid(d->helper, NULL, 0) < 0 && errno == EINTR)
			;
	pthread_cond_destroy(&d->turn);
	pthread_mutex_destroy(&d->lock);
	free(d);
}
