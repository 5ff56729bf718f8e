/* replay: runs a fuzz target over its corpus, or over the files given. Fails when there is nothing to run. */
#include <dirent.h>
#include <string.h>

#include "fuzz.h"

enum { INPUT_MAX = 4 << 20 };

/* The input in memory of exactly its size, so that a sanitizer sees a read past its end. */
static int run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *read = malloc(INPUT_MAX);
	if (f == NULL || read == NULL) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(EXIT_FAILURE);
	}
	size_t n = fread(read, 1, INPUT_MAX, f);
	fclose(f);
	uint8_t *data = malloc(n > 0 ? n : 1);
	if (data == NULL)
		exit(EXIT_FAILURE);
	memcpy(data, read, n);
	free(read);
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 1;
}

static int run_corpus(const char *program)
{
	const char *slash = strrchr(program, '/'), *top = getenv("top_srcdir");
	const char *name = strstr(slash == NULL ? program : slash, "fuzz_");
	char dir[4096], path[8192];
	int ran = 0;
	if (name == NULL)
		return 0;
	snprintf(dir, sizeof dir, "%s/tests/fuzz/corpus/%s", top == NULL ? "." : top, name + strlen("fuzz_"));
	DIR *d = opendir(dir);
	if (d == NULL) {
		fprintf(stderr, "cannot read %s\n", dir);
		return 0;
	}
	for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
		ran += run_file(path);
	}
	closedir(d);
	return ran;
}

int main(int argc, char **argv)
{
	int ran = 0;
	if (argc < 2)
		ran = run_corpus(argv[0]);
	for (int i = 1; i < argc; i++)
		ran += run_file(argv[i]);
	printf("%d inputs\n", ran);
	return ran > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
