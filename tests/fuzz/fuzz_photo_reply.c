/* What a child says it made of a photo, which may be anything. */
#include <string.h>

#include "fuzz.h"
#include "store/photo_decode_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct photo_decoded p;
	struct photo_size sizes[PHOTO_SIZES];
	enum photo_problem problem = photo_reply_read(data, size, &p);
	HOLDS(problem >= PHOTO_GOOD && problem < PHOTO_PROBLEMS && problem != PHOTO_AWAY && problem != PHOTO_NO_SPACE);
	HOLDS(p.memory == NULL && p.n <= PHOTO_FILES_MAX && (p.n > 0) == (problem == PHOTO_GOOD));
	if (problem != PHOTO_GOOD)
		return 0;
	const uint8_t *at = data + sizeof(struct photo_reply);
	HOLDS(p.n == 2 * photo_sizes(p.object.width, p.object.height, sizes));
	for (unsigned i = 0; i < p.n; i++) {
		/* one behind the other, without a gap or an overlap */
		HOLDS(p.files[i].data == at && p.files[i].n > 0 && p.files[i].box == sizes[i / 2].box);
		HOLDS(photo_type_sniff(p.files[i].data, p.files[i].n) == (p.files[i].webp ? PHOTO_WEBP : PHOTO_JPEG));
		at += p.files[i].n;
	}
	HOLDS(at == data + size && p.object.bytes == at - data - (int64_t)sizeof(struct photo_reply));
	HOLDS(photo_key_valid(p.object.key) && strlen(p.object.placeholder) == PHOTO_PLACEHOLDER_MAX);
	return 0;
}
