#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/photo_decode_internal.h"
#include "suites_photo.h"

enum { WEBP_BYTES = 20, JPEG_BYTES = 10, FILES = 6 };

/* A reply of three sizes, whose files are no more than their first bytes. */
static size_t reply_make(struct photo_reply *head, uint8_t out[static 512])
{
	size_t n = sizeof *head;
	*head = (struct photo_reply){.mark = PHOTO_REPLY_MARK, .width = 1600, .height = 1200, .files = FILES, .placeholder = {0x12, 0xab}};
	memset(out, 7, 512);
	for (unsigned i = 0; i < FILES; i++) {
		head->bytes[i] = i % 2 == 0 ? WEBP_BYTES : JPEG_BYTES;
		memcpy(out + n, i % 2 == 0 ? "RIFF\0\0\0\0WEBP" : "\xff\xd8\xff", i % 2 == 0 ? 12 : 3);
		n += head->bytes[i];
	}
	memcpy(out, head, sizeof *head);
	return n;
}

/* In memory of just its size. */
static enum photo_problem read_exact(const uint8_t *bytes, size_t n, struct photo_decoded *out)
{
	uint8_t *exact = malloc(n > 0 ? n : 1);
	ck_assert_ptr_nonnull(exact);
	memcpy(exact, bytes, n);
	enum photo_problem p = photo_reply_read(exact, n, out);
	free(exact);
	return p;
}

START_TEST(reply_whole)
{
	struct photo_reply head;
	struct photo_decoded p;
	uint8_t bytes[512];
	size_t n = reply_make(&head, bytes);
	ck_assert_int_eq(photo_reply_read(bytes, n, &p), PHOTO_GOOD);
	ck_assert_uint_eq(p.n, FILES);
	ck_assert_int_eq(p.object.width, 1600);
	ck_assert_int_eq(p.object.height, 1200);
	ck_assert_int_eq(p.object.bytes, 3 * (WEBP_BYTES + JPEG_BYTES));
	ck_assert_str_eq(p.object.placeholder, "12ab00000000000000000000000000000000");
	ck_assert(photo_key_valid(p.object.key));
	ck_assert_int_eq(p.files[5].box, 1600);
	ck_assert(!p.files[5].webp);
	ck_assert_ptr_eq(p.files[5].data, bytes + n - JPEG_BYTES);
	ck_assert_ptr_null(p.memory);
	char key[PHOTO_KEY_MAX + 1];
	memcpy(key, p.object.key, sizeof key);
	bytes[n - 1] ^= 1;
	ck_assert_int_eq(photo_reply_read(bytes, n, &p), PHOTO_GOOD);
	ck_assert_str_ne(p.object.key, key);
}
END_TEST

START_TEST(reply_cut)
{
	struct photo_reply head;
	struct photo_decoded p;
	uint8_t bytes[512];
	size_t n = reply_make(&head, bytes);
	for (size_t cut = 0; cut < n; cut++)
		ck_assert_int_eq(read_exact(bytes, cut, &p), PHOTO_TOO_HARD);
	ck_assert_int_eq(read_exact(bytes, n + 1, &p), PHOTO_TOO_HARD);
	ck_assert_uint_eq(p.n, 0);
}
END_TEST

/* Lies, one at a time: a word of the head and what it becomes. */
static const struct {
	size_t at;
	uint32_t becomes;
} lies[] = {
	{offsetof(struct photo_reply, mark), 0}, {offsetof(struct photo_reply, problem), PHOTO_DAMAGED}, {offsetof(struct photo_reply, problem), 0xffffffff},
	{offsetof(struct photo_reply, width), 0}, {offsetof(struct photo_reply, width), 1601},
	{offsetof(struct photo_reply, width), 0x80000000}, {offsetof(struct photo_reply, height), 0}, {offsetof(struct photo_reply, height), 0xffffffff},
	{offsetof(struct photo_reply, height), 1601}, {offsetof(struct photo_reply, files), 0}, {offsetof(struct photo_reply, files), 5},
	{offsetof(struct photo_reply, files), 7}, {offsetof(struct photo_reply, files), 0xffffffff}, {offsetof(struct photo_reply, bytes[0]), 0},
	{offsetof(struct photo_reply, bytes[0]), 11}, {offsetof(struct photo_reply, bytes[0]), 0xffffffff}, {offsetof(struct photo_reply, bytes[5]), 0},
	{offsetof(struct photo_reply, bytes[5]), JPEG_BYTES - 1}, {offsetof(struct photo_reply, bytes[5]), JPEG_BYTES + 1},
	{offsetof(struct photo_reply, bytes[5]), 0xffffffff - WEBP_BYTES}, {sizeof(struct photo_reply), 0},
	{sizeof(struct photo_reply) + WEBP_BYTES, 0x46464952},
};

START_TEST(reply_lies)
{
	struct photo_reply head;
	struct photo_decoded p;
	uint8_t bytes[512];
	size_t n = reply_make(&head, bytes);
	memcpy(bytes + lies[_i].at, &lies[_i].becomes, 4);
	ck_assert_int_eq(read_exact(bytes, n, &p), PHOTO_TOO_HARD);
	ck_assert_uint_eq(p.n, 0);
	ck_assert_str_eq(p.object.key, "");
}
END_TEST

/* Fewer sizes than files say, or files beyond those counted. */
START_TEST(reply_of_one_size)
{
	struct photo_reply head;
	struct photo_decoded p;
	uint8_t bytes[512];
	reply_make(&head, bytes);
	size_t n = sizeof head + WEBP_BYTES + JPEG_BYTES;
	head.width = 300;
	head.height = 200;
	head.files = 2;
	memcpy(bytes, &head, sizeof head);
	ck_assert_int_eq(read_exact(bytes, n, &p), PHOTO_TOO_HARD);
	for (int i = 2; i < FILES; i++)
		head.bytes[i] = 0;
	memcpy(bytes, &head, sizeof head);
	ck_assert_int_eq(read_exact(bytes, n, &p), PHOTO_GOOD);
	ck_assert_uint_eq(p.n, 2);
}
END_TEST

/* A child may say what it found, not what only the program knows. */
START_TEST(reply_problems)
{
	struct photo_decoded p;
	uint8_t bytes[sizeof(struct photo_reply) + 1] = {0};
	bool may = _i == PHOTO_EMPTY || _i == PHOTO_NOT_KNOWN || _i == PHOTO_TOO_MANY_PIXELS || _i == PHOTO_DAMAGED || _i == PHOTO_TOO_HARD;
	struct photo_reply head = {.mark = PHOTO_REPLY_MARK, .problem = (uint32_t)_i};
	memcpy(bytes, &head, sizeof head);
	ck_assert_int_eq(read_exact(bytes, sizeof head, &p), may ? _i : PHOTO_TOO_HARD);
	ck_assert_int_eq(read_exact(bytes, sizeof head + 1, &p), PHOTO_TOO_HARD);
}
END_TEST

Suite *suite_photo_reply(void)
{
	Suite *s = suite_create("photo_reply");
	TCase *t = tcase_create("photo_reply");
	tcase_add_test(t, reply_whole);
	tcase_add_test(t, reply_cut);
	tcase_add_loop_test(t, reply_lies, 0, sizeof lies / sizeof lies[0]);
	tcase_add_test(t, reply_of_one_size);
	tcase_add_loop_test(t, reply_problems, PHOTO_EMPTY, PHOTO_PROBLEMS + 1);
	suite_add_tcase(s, t);
	return s;
}
