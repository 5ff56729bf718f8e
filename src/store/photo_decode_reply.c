#include "store/photo_decode_internal.h"

#include <string.h>

#include "util/mac.h"

/* What a child may say of a photo; the rest is the program's to say. */
static bool child_may_say(uint32_t problem)
{
	return problem == PHOTO_EMPTY || problem == PHOTO_NOT_KNOWN || problem == PHOTO_TOO_MANY_PIXELS || problem == PHOTO_DAMAGED || problem == PHOTO_TOO_HARD;
}

static void placeholder_text(const uint8_t *colours, char out[static PHOTO_PLACEHOLDER_MAX + 1])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < (size_t)PHOTO_CELLS * 3; i++) {
		out[2 * i] = digits[colours[i] >> 4];
		out[2 * i + 1] = digits[colours[i] & 15];
	}
	out[PHOTO_PLACEHOLDER_MAX] = '\0';
}

/* The files as head counts them, which must be just what there is. */
static bool files_read(const struct photo_reply *head, const uint8_t *bytes, size_t n, struct photo_decoded *out)
{
	struct photo_size sizes[PHOTO_SIZES];
	unsigned count = photo_sizes((int)head->width, (int)head->height, sizes);
	size_t at = 0;
	if (count == 0 || head->files != 2 * count || sizes[count - 1].width != (int)head->width || sizes[count - 1].height != (int)head->height)
		return false;
	for (unsigned i = 0; i < PHOTO_FILES_MAX; i++) {
		bool webp = i % 2 == 0;
		if (i >= head->files) {
			if (head->bytes[i] != 0)
				return false;
			continue;
		}
		if (head->bytes[i] > n - at || photo_type_sniff(bytes + at, head->bytes[i]) != (webp ? PHOTO_WEBP : PHOTO_JPEG))
			return false;
		out->files[i] = (struct photo_file){.box = sizes[i / 2].box, .webp = webp, .data = bytes + at, .n = head->bytes[i]};
		at += head->bytes[i];
	}
	out->n = head->files;
	return at == n;
}

enum photo_problem photo_reply_read(const uint8_t *bytes, size_t n, struct photo_decoded *out)
{
	struct photo_reply head;
	uint8_t hash[32];
	*out = (struct photo_decoded){.n = 0};
	if (n < sizeof head || n > PHOTO_REPLY_MAX)
		return PHOTO_TOO_HARD;
	memcpy(&head, bytes, sizeof head);
	if (head.mark != PHOTO_REPLY_MARK)
		return PHOTO_TOO_HARD;
	if (head.problem != PHOTO_GOOD)
		return n == sizeof head && child_may_say(head.problem) ? (enum photo_problem)head.problem : PHOTO_TOO_HARD;
	bytes += sizeof head;
	n -= sizeof head;
	if (head.width > 1600 || head.height > 1600 || !files_read(&head, bytes, n, out)) {
		*out = (struct photo_decoded){.n = 0};
		return PHOTO_TOO_HARD;
	}
	mac_sha256(bytes, n, hash);
	photo_key_of_hash(hash, out->object.key);
	out->object.width = (int)head.width;
	out->object.height = (int)head.height;
	out->object.bytes = (int64_t)n;
	placeholder_text(head.placeholder, out->object.placeholder);
	return PHOTO_GOOD;
}
