/* The first bytes of a file, a declared media type, a key, and sides of any size. */
#include <string.h>

#include "fuzz.h"
#include "model/photo.h"

static void fuzz_sides(int width, int height)
{
	struct photo_size s[PHOTO_SIZES], again[PHOTO_SIZES];
	unsigned n = photo_sizes(width, height, s);
	HOLDS(n <= PHOTO_SIZES && (n > 0) == (width > 0 && height > 0));
	for (unsigned i = 0; i < n; i++) {
		HOLDS(s[i].width >= 1 && s[i].height >= 1 && s[i].width <= s[i].box && s[i].height <= s[i].box && s[i].width <= width && s[i].height <= height);
		HOLDS(i == 0 || (s[i].box > s[i - 1].box && s[i].width >= s[i - 1].width && s[i].height >= s[i - 1].height));
	}
	if (n > 0) {
		HOLDS(photo_sizes(s[n - 1].width, s[n - 1].height, again) == n);
		for (unsigned i = 0; i < n; i++)
			HOLDS(s[i].box == again[i].box && s[i].width == again[i].width && s[i].height == again[i].height);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int sides[2] = {0, 0};
	uint8_t hash[PHOTO_HASH_BYTES];
	char key[PHOTO_KEY_MAX + 1], name[64];
	enum photo_type t = photo_type_sniff(data, size);
	HOLDS(t >= PHOTO_UNKNOWN && t <= PHOTO_HEIC && (t == PHOTO_UNKNOWN || size >= 3));
	memcpy(sides, data, size < sizeof sides ? size : sizeof sides);
	fuzz_sides(sides[0], sides[1]);
	char *text = strndup((const char *)data, size);
	HOLDS(text != NULL);
	t = photo_type_of_media(text);
	HOLDS(t >= PHOTO_UNKNOWN && t <= PHOTO_HEIC);
	HOLDS(photo_key_valid(text) == photo_hash_of_key(text, hash));
	if (photo_key_valid(text)) {
		photo_key_of_hash(hash, key);
		HOLDS(strcmp(key, text) == 0);
		photo_file_name(key, 1600, true, name);
		HOLDS(strlen(name) == 3 + PHOTO_KEY_MAX + strlen("-1600.webp"));
	}
	free(text);
	return 0;
}
