/* fuzz: what every target shares. A target is one file fuzz_NAME.c with libFuzzer's entry point; its inputs lie in
 * corpus/NAME/. Built normally it replays them (replay.c) as part of `make check`; configured with CC=clang and
 * --enable-fuzz it is a libFuzzer program, and `make fuzz FUZZ_SECONDS=60` runs each for so long. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input; ends the program like a crash would. */
#define HOLDS(condition)                                                                         \
	do {                                                                                     \
		if (!(condition)) {                                                              \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                 \
		}                                                                                \
	} while (0)
