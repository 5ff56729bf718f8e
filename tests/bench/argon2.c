/* argon2: what checking one password costs by itself: CPU microseconds a crypto_pwhash_str_verify, the median of some rounds. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 9, CHECKS = 10 };

static double cpu_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	double took[ROUNDS];
	if (argc != 3 || sodium_init() < 0) {
		fputs("argon2 HASH PASSWORD\n", stderr);
		return EXIT_FAILURE;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double began = cpu_us();
		for (int k = 0; k < CHECKS; k++)
			if (crypto_pwhash_str_verify(argv[1], argv[2], strlen(argv[2])) != 0)
				return EXIT_FAILURE;
		took[i] = (cpu_us() - began) / CHECKS;
	}
	qsort(took, ROUNDS, sizeof *took, ascending);
	printf("%.1f\n", took[ROUNDS / 2]);
	return EXIT_SUCCESS;
}
