#include "ctl/prompt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A signal that would end the program: first the terminal is as it was. */
static volatile sig_atomic_t caught;

static void catch(int number)
{
	caught = number;
}

bool prompt_possible(void)
{
	return isatty(STDIN_FILENO) == 1;
}

/* ERR_CLOSED: the input ended, or a signal came. */
static enum err read_line(char *out, size_t size)
{
	size_t n = 0;
	for (;;) {
		char c;
		ssize_t got = read(STDIN_FILENO, &c, 1);
		if (got < 0 && errno == EINTR && caught == 0)
			continue;
		if (got <= 0)
			return ERR_CLOSED;
		if (c == '\n')
			break;
		if (n + 1 < size)
			out[n] = c;
		n++;
	}
	out[n < size ? n : 0] = '\0';
	return n < size ? ERR_OK : ERR_TOO_LARGE;
}

static enum err ask_hidden(const char *words, char *out, size_t size)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
	enum { N = sizeof numbers / sizeof *numbers };
	struct sigaction before[N], ours = {.sa_handler = catch};
	struct termios shown, quiet;
	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return ERR_IO;
	caught = 0;
	for (int i = 0; i < N; i++)
		sigaction(numbers[i], &ours, &before[i]);
	quiet = shown;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	enum err e = ERR_IO;
	/* first: what is typed the moment it is asked for is not shown either */
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0) {
		fprintf(stderr, "%s: ", words);
		e = read_line(out, size);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		fputc('\n', stderr);
	}
	for (int i = 0; i < N; i++)
		sigaction(numbers[i], &before[i], NULL);
	if (caught != 0)
		raise(caught);
	return e;
}

int prompt_line(struct ctl *ctl, const char *words, bool hidden, char *out, size_t size)
{
	enum err e;
	fflush(stdout);
	if (hidden) {
		e = ask_hidden(words, out, size);
	} else {
		fprintf(stderr, "%s: ", words);
		e = read_line(out, size);
	}
	if (e == ERR_OK)
		return CTL_OK;
	explicit_bzero(out, size);
	return e == ERR_TOO_LARGE ? ctl_fail(ctl, "at most %zu bytes can be taken", size - 1) : ctl_fail(ctl, "nothing was made: %s", e == ERR_CLOSED ? "the input ended" : err_text(e));
}
