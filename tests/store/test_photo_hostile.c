#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "photo_samples.h"
#include "store/photo_sandbox.h"
#include "suites_photo.h"

static struct photo_decoder *decoder;

static void set_up(void)
{
	ck_assert_ptr_nonnull(decoder = sample_decoder(2));
}

static void tear_down(void)
{
	photo_decoder_stop(decoder);
}

/* After whatever came before: the next one is taken. */
static void check_still_works(void)
{
	struct photo_decoded p;
	ck_assert_int_eq(decode_sample(decoder, "plain.jpg", &p), PHOTO_GOOD);
	photo_decoded_free(&p);
}

static void check_memory(const struct photo_decoded *p, const char *name)
{
	if (!PHOTO_SANITIZED)
		ck_assert_msg(p->child_max_rss <= PHOTO_CHILD_MEMORY >> 10, "%s took %ld KiB", name, p->child_max_rss);
}

static const struct {
	const char *name;
	enum photo_problem problem;
} bombs[] = {
	{"bomb-60.png", PHOTO_TOO_MANY_PIXELS},
	{"bomb-60.webp", PHOTO_TOO_MANY_PIXELS},
	{"larger.jpg", PHOTO_TOO_MANY_PIXELS}, /* by a row of pixels */
	{"bomb-24.heic", PHOTO_TOO_MANY_PIXELS},
	{"bomb-memory.png", PHOTO_TOO_HARD},   /* of a permitted size, but to be held whole, with eight bytes a pixel */
	{"largest.png", PHOTO_GOOD},
	{"largest-progressive.jpg", PHOTO_GOOD},
};

START_TEST(photo_bombs)
{
	struct photo_decoded p;
	if (strstr(bombs[_i].name, ".heic") != NULL && !sample_heic())
		return;
	if (PHOTO_SANITIZED && bombs[_i].problem == PHOTO_TOO_HARD)
		return; /* there is no limit */
	ck_assert_int_eq(decode_sample(decoder, bombs[_i].name, &p), bombs[_i].problem);
	check_memory(&p, bombs[_i].name);
	photo_decoded_free(&p);
}
END_TEST

static const char *const whole[] = {"plain.jpg", "progressive.jpg", "plain.png", "interlaced.png", "plain.webp", "animated.webp", "large.jpg", "plain.heic"};

START_TEST(photo_truncated)
{
	struct photo_decoded p;
	size_t n;
	if (strstr(whole[_i], ".heic") != NULL && !sample_heic())
		return;
	uint8_t *bytes = sample_read(whole[_i], &n);
	enum photo_type type = photo_type_sniff(bytes, n);
	for (size_t eighth = 0; eighth < 8; eighth++) {
		/* its first picture is whole: nothing is missing of what is kept */
		if (strcmp(whole[_i], "animated.webp") == 0 && eighth == 7)
			break;
		size_t cut = eighth == 0 ? 16 : n * eighth / 8;
		enum photo_problem problem = decode_bytes_as(decoder, bytes, cut, type, &p);
		ck_assert_msg(problem == PHOTO_DAMAGED, "%s of %zu bytes cut at %zu: %d", whole[_i], n, cut, (int)problem);
	}
	/* but for a last byte or two there may be a photo: an end marker is no part of it */
	enum photo_problem problem = decode_bytes_as(decoder, bytes, n - 1, type, &p);
	ck_assert(problem == PHOTO_DAMAGED || problem == PHOTO_GOOD);
	photo_decoded_free(&p);
	free(bytes);
	check_still_works();
}
END_TEST

/* Names of one type, bytes of another. */
START_TEST(photo_of_another_type)
{
	static const char *const names[] = {"plain.jpg", "plain.png", "plain.webp", "animated.gif", "plain.heic"};
	struct photo_decoded p;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t n;
		if (strstr(names[i], ".heic") != NULL && !sample_heic())
			continue;
		uint8_t *bytes = sample_read(names[i], &n);
		for (enum photo_type t = PHOTO_JPEG; t <= PHOTO_HEIC; t++)
			if (t != photo_type_sniff(bytes, n) && (t != PHOTO_HEIC || photo_decoder_heic(decoder)))
				ck_assert_int_eq(decode_bytes_as(decoder, bytes, n, t, &p), PHOTO_DAMAGED);
		free(bytes);
	}
}
END_TEST

/* What other programs may read at a photo's end (an archive, a page, a script) is not in what is kept. */
static const char tail[] = "PK\3\4\24\0\0\0\0\0archive.sh#!/bin/sh\n<script>polyglot()</script>PK\5\6\0\0\0\0\1\0\1\0";

START_TEST(photo_polyglot)
{
	struct photo_decoded p, plain;
	size_t n;
	uint8_t *bytes = sample_read(whole[_i], &n), *longer = malloc(n + 10 * sizeof tail);
	if (strstr(whole[_i], ".heic") != NULL && !sample_heic())
		return;
	memcpy(longer, bytes, n);
	for (size_t i = 0; i < 10; i++)
		memcpy(longer + n + i * sizeof tail, tail, sizeof tail);
	enum photo_type type = photo_type_sniff(bytes, n);
	ck_assert_int_eq(decode_bytes_as(decoder, bytes, n, type, &plain), PHOTO_GOOD);
	enum photo_problem problem = decode_bytes_as(decoder, longer, n + 10 * sizeof tail, type, &p);
	ck_assert(problem == PHOTO_GOOD || (problem == PHOTO_DAMAGED && type == PHOTO_HEIC));
	if (problem == PHOTO_GOOD)
		ck_assert_str_eq(p.object.key, plain.object.key);
	for (unsigned i = 0; i < p.n; i++) {
		ck_assert_ptr_null(memmem(p.files[i].data, p.files[i].n, "polyglot", 8));
		ck_assert_ptr_null(memmem(p.files[i].data, p.files[i].n, "PK\3\4", 4));
	}
	photo_decoded_free(&p);
	photo_decoded_free(&plain);
	free(longer);
	free(bytes);
}
END_TEST

/* The same numbers each time: a photo that fails can be made again. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void damage(uint8_t *bytes, size_t n, uint32_t *state)
{
	/* headers, where lengths stand, more often than the rest */
	uint32_t flips = 1 + next_random(state) % 6;
	for (uint32_t i = 0; i < flips; i++) {
		size_t span = next_random(state) % 2 == 0 && n > 200 ? 200 : n;
		size_t at = next_random(state) % span;
		if (next_random(state) % 3 == 0)
			bytes[at] = (uint8_t)(next_random(state) % 2 == 0 ? 0xff : 0);
		else
			bytes[at] ^= (uint8_t)(1u << next_random(state) % 8);
	}
}

static const char *const flipped[] = {
	"told.jpg", "progressive.jpg", "p3.jpg", "deep.png", "palette.png", "interlaced.png", "plain.webp", "animated.webp", "clear.webp", "told.heic",
};

/* Nothing that comes in may take more than its photo, nor be answered with anything but a photo or a reason. */
START_TEST(photo_bits_flipped)
{
	struct photo_decoded p;
	size_t n;
	int bad = 0;
	uint32_t state = 2463534242u + (uint32_t)_i;
	if (strstr(flipped[_i], ".heic") != NULL && !sample_heic())
		return;
	uint8_t *bytes = sample_read(flipped[_i], &n), *copy = malloc(n);
	for (int i = 0; i < 40; i++) {
		memcpy(copy, bytes, n);
		damage(copy, n, &state);
		enum photo_problem problem = decode_bytes_as(decoder, copy, n, photo_type_sniff(bytes, n), &p);
		ck_assert_msg(problem == PHOTO_GOOD || problem == PHOTO_DAMAGED || problem == PHOTO_TOO_HARD || problem == PHOTO_TOO_MANY_PIXELS ||
			problem == PHOTO_NOT_KNOWN, "%s, the damage %d: %d", flipped[_i], i, (int)problem);
		check_memory(&p, flipped[_i]);
		bad += problem != PHOTO_GOOD;
		photo_decoded_free(&p);
	}
	ck_assert_int_gt(bad, 0);
	check_still_works();
	free(copy);
	free(bytes);
}
END_TEST

Suite *suite_photo_hostile(void)
{
	Suite *s = suite_create("photo_hostile");
	TCase *t = tcase_create("photo_hostile");
	tcase_set_timeout(t, 600);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, photo_bombs, 0, sizeof bombs / sizeof bombs[0]);
	tcase_add_loop_test(t, photo_truncated, 0, sizeof whole / sizeof whole[0]);
	tcase_add_test(t, photo_of_another_type);
	tcase_add_loop_test(t, photo_polyglot, 0, sizeof whole / sizeof whole[0]);
	tcase_add_loop_test(t, photo_bits_flipped, 0, sizeof flipped / sizeof flipped[0]);
	suite_add_tcase(s, t);
	return s;
}
