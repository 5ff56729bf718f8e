#include "../support/suites.h"

#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "render/favourite_view.h"
#include "render/feed_view.h"
#include "render/listing_view.h"
#include "render/moderation_view.h"
#include "render/own_listing_view.h"
#include "render/photo_page_view.h"

Suite *suite_photo_view(void);

enum { PAGE_CAP = 1 << 18, TEXT_CAP = 4096 };
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define COLOURS "a0b0c0112233445566778899aabbccddeeff"
#define SP "\u00a0"

/* A landscape, a tall one with hostile words, and one that is smaller than the smallest size. */
static const struct photo photos[] = {
	{.id = 101, .listing_id = 12, .position = 0, .alt = "A red dory", .object = {.key = "0123456789abcdef0123456789abcdef", .width = 1600, .height = 1200, .placeholder = COLOURS}},
	{.id = 102, .listing_id = 12, .position = 1, .alt = HOSTILE, .object = {.key = "fedcba9876543210fedcba9876543210", .width = 600, .height = 800, .placeholder = COLOURS}},
	{.id = 103, .listing_id = 12, .position = 2, .alt = "", .object = {.key = "00000000000000000000000000000000", .width = 200, .height = 100, .placeholder = "none"}},
};
#define MEDIA ((struct photo_base){"/media", "/media"})
static const struct photo_set set = {.base = {"/media", "/media"}, .list = photos, .n = 1};

static void has(struct buf *b, const char *text)
{
	ck_assert_msg(strstr(buf_str(b), text) != NULL, "\"%s\" is not in %s", text, buf_str(b));
}

static void has_not(struct buf *b, const char *text)
{
	ck_assert_msg(strstr(buf_str(b), text) == NULL, "\"%s\" is in %s", text, buf_str(b));
}

START_TEST(a_picture_offers_its_sizes)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	photo_picture(&b, &photos[0].object, &(struct photo_shown){.base = {"/media", "/media"}, .sizes = "9rem", .alt = HOSTILE, .largest = 800});
	golden_check("photo-picture.html", &b);
	buf_reset(&b);
	photo_picture(&b, &photos[1].object, &(struct photo_shown){.base = {"https://photos.example", "https://photos.example"}, .sizes = "100vw", .alt = "", .largest = 1600, .load = PHOTO_FIRST});
	golden_check("photo-picture-first.html", &b);
	buf_reset(&b);
	/* What is smaller than the smallest is there in one size. */
	photo_picture(&b, &photos[2].object, &(struct photo_shown){.base = {"/media", "/media"}, .sizes = "9rem", .alt = "", .largest = 1600, .load = PHOTO_SOON});
	has(&b, "width=\"200\" height=\"100\"");
	has_not(&b, "-800.");
	has_not(&b, "placeholder");
	has_not(&b, "lazy");
	has_not(&b, "fetchpriority");
	buf_free(&b);
}
END_TEST

static const char *const no_colours[] = {"", "a0b0c0", COLOURS "0", "\"><script>alert(1)</script>0123456789a", "a0b0c011223344556677g899aabbccddeeff"};

START_TEST(colours_are_colours_or_nothing)
{
	struct buf b;
	buf_init(&b, TEXT_CAP);
	photo_placeholder(&b, no_colours[_i]);
	ck_assert_str_eq(buf_str(&b), "");
	photo_placeholder(&b, COLOURS);
	ck_assert_str_eq(buf_str(&b), "<svg class=\"placeholder\" viewBox=\"0 0 3 2\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
		"<rect width=\"1\" height=\"1\" fill=\"#a0b0c0\"/><rect width=\"1\" height=\"1\" x=\"1\" fill=\"#112233\"/><rect width=\"1\" height=\"1\" x=\"2\" fill=\"#445566\"/>"
		"<rect width=\"1\" height=\"1\" y=\"1\" fill=\"#778899\"/><rect width=\"1\" height=\"1\" x=\"1\" y=\"1\" fill=\"#aabbcc\"/>"
		"<rect width=\"1\" height=\"1\" x=\"2\" y=\"1\" fill=\"#ddeeff\"/></svg>");
	buf_free(&b);
}
END_TEST

START_TEST(a_face_is_a_key_or_nothing)
{
	static const char *const none[] = {NULL, "", "0123", "../../etc/passwd0000000000000000", "0123456789abcdef0123456789abcde\""};
	struct buf b;
	buf_init(&b, TEXT_CAP);
	for (size_t i = 0; i < COUNT_OF(none); i++)
		photo_face(&b, MEDIA, none[i]);
	ck_assert_str_eq(buf_str(&b), "");
	photo_face(&b, MEDIA, photos[0].object.key);
	has(&b, "src=\"/media/01/0123456789abcdef0123456789abcdef-320.jpg\" width=\"48\" height=\"48\" alt=\"\"");
	buf_free(&b);
}
END_TEST

START_TEST(a_photo_in_json)
{
	struct buf b;
	struct json j;
	buf_init(&b, TEXT_CAP);
	json_begin(&j, &b);
	photo_put_json(&j, MEDIA, &photos[0]);
	ck_assert_str_eq(buf_str(&b), "{\"url\":\"/media/01/0123456789abcdef0123456789abcdef-800.jpg\",\"width\":800,\"height\":600,\"alt\":\"A red dory\","
		"\"srcset\":\"/media/01/0123456789abcdef0123456789abcdef-320.webp 320w, /media/01/0123456789abcdef0123456789abcdef-800.webp 800w,"
		" /media/01/0123456789abcdef0123456789abcdef-1600.webp 1600w\"}");
	buf_reset(&b);
	json_begin(&j, &b);
	photo_put_json(&j, (struct photo_base){"https://photos.example", "/media"}, &photos[2]);
	has(&b, "\"url\":\"https://photos.example/00/00000000000000000000000000000000-320.jpg\",\"width\":200,\"height\":100,\"alt\":\"\"");
	buf_reset(&b);
	json_begin(&j, &b);
	photo_put_json(&j, MEDIA, NULL);
	ck_assert_str_eq(buf_str(&b), "null");
	buf_free(&b);
}
END_TEST

static const struct {
	struct photo_refused refused;
	const char *en, *fr;
} refusals[] = {
	{{"IMG_2041.HEIC", 1, PHOTO_TOO_LARGE, 19083034, PHOTO_HEIC, PHOTO_HEIC}, "IMG_2041.HEIC: 18.2 MB, the limit is 15 MB.", "IMG_2041.HEIC" SP ": 18,2" SP "Mo, la limite est de 15" SP "Mo."},
	/* One byte too many is not said to be the limit. */
	{{"a.jpg", 1, PHOTO_TOO_LARGE, PHOTO_BYTES_MAX + 1, PHOTO_JPEG, PHOTO_JPEG}, "a.jpg: 15.1 MB, the limit is 15 MB.", "a.jpg" SP ": 15,1" SP "Mo, la limite est de 15" SP "Mo."},
	{{"", 3, PHOTO_EMPTY, 0, PHOTO_UNKNOWN, PHOTO_UNKNOWN}, "File 3: the file is empty.", "Fichier 3" SP ": le fichier est vide."},
	{{"cv.pdf", 1, PHOTO_NOT_KNOWN, 9, PHOTO_UNKNOWN, PHOTO_UNKNOWN}, "cv.pdf: this is no photo that can be read here. Send a JPEG, PNG or WebP file.",
	 "cv.pdf" SP ": ce n’est pas une photo lisible ici. Envoyez un fichier JPEG, PNG ou WebP."},
	{{"a.heic", 1, PHOTO_NOT_KNOWN, 9, PHOTO_HEIC, PHOTO_HEIC}, "a.heic: HEIC photos cannot be read here. Save it as a JPEG and send that.",
	 "a.heic" SP ": les photos HEIC ne sont pas lisibles ici. Enregistrez-la en JPEG et envoyez ce fichier."},
	{{"a.png", 1, PHOTO_NOT_AS_SAID, 9, PHOTO_JPEG, PHOTO_PNG}, "a.png: it was sent as a PNG file and is a JPEG file. Save it again under the right type.",
	 "a.png" SP ": envoyé comme fichier PNG, c’est un fichier JPEG. Enregistrez-le de nouveau sous le bon type."},
	{{"a.txt", 1, PHOTO_NOT_AS_SAID, 9, PHOTO_WEBP, PHOTO_UNKNOWN}, "a.txt: it is a WebP file, but was not sent as one. Save it again under the right type.",
	 "a.txt" SP ": c’est un fichier WebP, mais il n’a pas été envoyé comme tel. Enregistrez-le de nouveau sous le bon type."},
	{{"a.jpg", 1, PHOTO_TOO_MANY_PIXELS, 9, PHOTO_JPEG, PHOTO_JPEG}, "a.jpg: it has more pixels than can be read here: the limit is 50 million.",
	 "a.jpg" SP ": elle a plus de pixels qu’on ne peut en lire ici" SP ": la limite est de 50" SP "millions."},
	{{"a.heic", 1, PHOTO_TOO_MANY_PIXELS, 9, PHOTO_HEIC, PHOTO_HEIC}, "a.heic: it has more pixels than can be read here: the limit is 24 million.",
	 "a.heic" SP ": elle a plus de pixels qu’on ne peut en lire ici" SP ": la limite est de 24" SP "millions."},
	{{"a.jpg", 1, PHOTO_ONE_TOO_MANY, 9, PHOTO_JPEG, PHOTO_JPEG}, "a.jpg: a listing has at most 10 photos. Remove one first.",
	 "a.jpg" SP ": une annonce a au plus 10" SP "photos. Retirez-en une d’abord."},
};

START_TEST(a_refusal_names_file_and_number)
{
	struct buf b;
	buf_init(&b, TEXT_CAP);
	photo_refused_text(&b, LANG_EN, &refusals[_i].refused);
	ck_assert_str_eq(buf_str(&b), refusals[_i].en);
	buf_reset(&b);
	photo_refused_text(&b, LANG_FR, &refusals[_i].refused);
	ck_assert_str_eq(buf_str(&b), refusals[_i].fr);
	buf_free(&b);
}
END_TEST

/* Each problem has a sentence of its own, which begins with the file's name. */
START_TEST(every_problem_has_its_sentence)
{
	struct buf b[PHOTO_PROBLEMS];
	for (int p = PHOTO_EMPTY; p < PHOTO_PROBLEMS; p++) {
		buf_init(&b[p], TEXT_CAP);
		photo_refused_text(&b[p], (enum lang)_i, &(struct photo_refused){.file = "{2}.jpg", .number = 1, .problem = (enum photo_problem)p, .bytes = 1, .type = PHOTO_JPEG});
		ck_assert_int_eq(strncmp(buf_str(&b[p]), "{2}.jpg", 7), 0);
		for (int q = PHOTO_EMPTY; q < p; q++)
			ck_assert_str_ne(buf_str(&b[q]), buf_str(&b[p]));
	}
	for (int p = PHOTO_EMPTY; p < PHOTO_PROBLEMS; p++)
		buf_free(&b[p]);
}
END_TEST

START_TEST(a_long_name_is_cut_between_characters)
{
	char name[3 * PHOTO_NAME_MAX + 1] = "x";
	struct buf b;
	buf_init(&b, TEXT_CAP);
	while (strlen(name) + 2 < sizeof name)
		strncat(name, "é", 3);
	photo_refused_text(&b, LANG_EN, &(struct photo_refused){.file = name, .number = 1, .problem = PHOTO_DAMAGED});
	const char *cut = strstr(buf_str(&b), "…: ");
	ck_assert_ptr_nonnull(cut);
	size_t n = (size_t)(cut - buf_str(&b));
	/* One byte and then pairs: 99 of the 100 hold whole ones. */
	ck_assert_uint_eq(n, PHOTO_NAME_MAX - 1);
	ck_assert_int_eq(memcmp(buf_str(&b), name, n), 0);
	buf_free(&b);
}
END_TEST

static struct photos_view listing_photos(enum lang lang)
{
	return (struct photos_view){
		.page = fixture_page(lang, "/listings/12/photos"), .listing = &fixture_listings[0], .base = {"/media", "/media"}, .photos = photos, .n = COUNT_OF(photos), .said = MSG_COUNT,
	};
}

START_TEST(the_photos_page)
{
	const struct photo_refused refused[] = {
		{.file = HOSTILE, .number = 1, .problem = PHOTO_DAMAGED}, {.file = "IMG_2041.HEIC", .number = 2, .problem = PHOTO_TOO_LARGE, .bytes = 19083034},
	};
	const struct photo_refusals some = {.files = refused, .n = COUNT_OF(refused)}, whole = {.whole = "All of it is wrong: " HOSTILE};
	struct photos_view v = listing_photos(LANG_EN);
	struct buf b;
	buf_init(&b, PAGE_CAP);
	v.page.signed_in = true;
	v.refused = &some;
	v.review = true;
	photos_view(&b, &v);
	has_not(&b, "<script>alert");
	golden_check("photos.html", &b);
	buf_reset(&b);
	v = listing_photos(LANG_FR);
	v.refused = &whole;
	v.n = 0;
	v.said = MSG_PHOTOS_NEXT_REVIEW;
	photos_view(&b, &v);
	golden_check("photos-none-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(a_description_that_is_not_taken_comes_back)
{
	struct field_errors errors = {.n = 0};
	struct photos_view v = listing_photos(LANG_EN);
	struct buf b;
	buf_init(&b, PAGE_CAP);
	field_errors_add(&errors, "alt", MSG_FIELD_TOO_LONG, "250");
	v.errors = &errors;
	v.alt_of = 102;
	v.alt_typed = "typed \"so\"";
	photos_view(&b, &v);
	has(&b, "<title>Error: ");
	has(&b, "<li><a href=\"#f-alt-102\">");
	has(&b, "id=\"f-alt-102\" maxlength=\"250\" autocomplete=\"off\" value=\"typed &quot;so&quot;\" aria-invalid=\"true\" aria-describedby=\"e-alt h-alt\"");
	has(&b, "id=\"f-alt-101\" maxlength=\"250\" autocomplete=\"off\" value=\"A red dory\" aria-describedby=\"h-alt\"");
	buf_free(&b);
}
END_TEST

START_TEST(what_cannot_be_changed_has_no_buttons)
{
	struct photos_view v = listing_photos(LANG_EN);
	struct photo ten[PHOTO_MAX];
	struct buf b;
	buf_init(&b, PAGE_CAP);
	v.locked = true;
	photos_view(&b, &v);
	has_not(&b, "<form");
	has_not(&b, "data-order");
	has(&b, "cannot be changed while it is in this state");
	has(&b, "A red dory");
	/* Ten of ten: no more can be sent; nine: one. */
	for (size_t i = 0; i < PHOTO_MAX; i++)
		ten[i] = photos[0];
	v.locked = false;
	v.photos = ten;
	v.n = PHOTO_MAX;
	buf_reset(&b);
	photos_view(&b, &v);
	has_not(&b, "type=\"file\"");
	has(&b, "A listing has at most 10 photos");
	v.n = PHOTO_MAX - 1;
	buf_reset(&b);
	photos_view(&b, &v);
	has(&b, "type=\"file\"");
	has(&b, "data-limit-count=\"1\"");
	has_not(&b, " multiple");
	has(&b, "There is room for one more");
	buf_free(&b);
}
END_TEST

START_TEST(the_page_of_a_members_picture)
{
	const struct photo_object none = {.key = ""};
	const struct photo_refused refused = {.file = "a.txt", .number = 1, .problem = PHOTO_NOT_KNOWN};
	const struct photo_refusals refusal = {.files = &refused, .n = 1};
	struct picture_view v = {.page = fixture_page(LANG_EN, "/account/picture"), .base = {"/media", "/media"}, .picture = &photos[0].object, .said = MSG_PICTURE_SAID_SET};
	struct buf b;
	buf_init(&b, PAGE_CAP);
	picture_view(&b, &v);
	golden_check("picture.html", &b);
	buf_reset(&b);
	v = (struct picture_view){.page = fixture_page(LANG_FR, "/account/picture"), .base = {"/media", "/media"}, .picture = &none, .refused = &refusal, .said = MSG_COUNT};
	picture_view(&b, &v);
	golden_check("picture-none-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(a_listing_with_photos)
{
	const struct listing *l = &fixture_listings[0];
	struct listing with = *l;
	struct buf b;
	with.contact_name = "Elsie";
	with.picture = photos[1].object.key;
	struct listing_view v = {
		.page = fixture_page(LANG_EN, "/listings/12/cedar-dory-16-feet"), .catalog = &fixture_catalog, .listing = &with, .similar = l, .similar_count = 1, .similar_photos = &set,
		.photos = photos, .photo_count = COUNT_OF(photos), .photo_base = {"/media", "/media"}, .now = FIXTURE_NOW,
	};
	v.page.title = l->title;
	buf_init(&b, PAGE_CAP);
	listing_view(&b, &v);
	has_not(&b, "<script>alert");
	golden_check("listing-photos.html", &b);
	/* One photo leads nowhere else; the photos' own host needs no site before it. */
	v.photo_count = 1;
	v.photo_base = (struct photo_base){"https://photos.example", "https://photos.example"};
	buf_reset(&b);
	listing_view(&b, &v);
	has_not(&b, "class=\"small\"");
	has(&b, "<meta property=\"og:image\" content=\"https://photos.example/01/0123456789abcdef0123456789abcdef-1600.jpg\">");
	has(&b, "\"image\":[\"https://photos.example/01/");
	v.photo_count = 0;
	buf_reset(&b);
	listing_view(&b, &v);
	has(&b, "/newfoundland_cover.jpg\">");
	has_not(&b, "class=\"gallery\"");
	has_not(&b, "\"image\"");
	buf_free(&b);
}
END_TEST

/* The first of a list has a photo, the others their drawing. */
static void shows_one(struct buf *b, const char *thumb)
{
	has(b, thumb);
	has(b, "-320.webp 320w");
	ck_assert_ptr_null(strstr(strstr(buf_str(b), thumb) + 1, thumb));
	buf_reset(b);
}

START_TEST(lists_show_first_photos)
{
	static const char thumb[] = "<span class=\"thumb photo\" aria-hidden=\"true\">";
	const struct listing_query q = {.min_price = -1, .max_price = -1};
	struct listing items[FIXTURE_LISTINGS];
	memcpy(items, fixture_listings, sizeof items);
	const struct listing_page result = {.items = items, .n = FIXTURE_LISTINGS};
	struct favourite kept[2] = {{.listing = fixture_listings[0], .saved_at = 1}, {.listing = fixture_listings[1], .saved_at = 2}};
	struct own_listing own[2] = {{.listing = fixture_listings[0]}, {.listing = fixture_listings[1]}};
	struct page page = fixture_page(LANG_EN, "/account/listings");
	struct buf b;
	buf_init(&b, PAGE_CAP);
	page.title = "Listings";
	own[0].listing.photos = 3;
	listings_view(&b, &(struct listings_view){.page = fixture_page(LANG_EN, "/listings"), .catalog = &fixture_catalog, .query = &q, .result = &result, .photos = &set, .min_price = "",
	                                          .max_price = "", .now = FIXTURE_NOW});
	shows_one(&b, thumb);
	listing_cards(&b, LANG_FR, &fixture_catalog, fixture_listings, FIXTURE_LISTINGS, &set, FIXTURE_NOW);
	has(&b, "-800.webp 800w\" sizes=\"(min-width: 48rem) 18rem, 6rem\"");
	has_not(&b, "-1600.");
	shows_one(&b, thumb);
	favourites_view(&b, &(struct favourites_view){.page = page, .catalog = &fixture_catalog, .list = kept, .n = 2, .photos = &set, .now = FIXTURE_NOW});
	shows_one(&b, thumb);
	own_listings_view(&b, &(struct own_listings_view){.page = page, .list = own, .n = 2, .photos = &set, .said = MSG_COUNT, .now = FIXTURE_NOW});
	has(&b, "<a class=\"button\" href=\"/listings/12/photos\">Photos (3)<span");
	has(&b, "<a class=\"button\" href=\"/listings/13/photos\">Add photos<span");
	shows_one(&b, thumb);
	buf_free(&b);
}
END_TEST

START_TEST(a_feed_has_enclosures)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	feed_view(&b, &fixture_site, LANG_EN, "Newest listings", "/feed.atom", "/listings", &fixture_catalog, fixture_listings, FIXTURE_LISTINGS, &set, FIXTURE_NOW);
	golden_check("feed-photos.atom", &b);
	buf_free(&b);
}
END_TEST

START_TEST(moderators_see_photos)
{
	struct photo all[COUNT_OF(photos)];
	struct buf b;
	memcpy(all, photos, sizeof all);
	struct queue_entry e = {.listing = fixture_listings[0], .who = {.name = "Elsie", .email = "e@example.com"}, .photos = all, .photo_count = COUNT_OF(photos)};
	e.listing.state = LISTING_PENDING;
	e.listing.reject_reason = e.listing.held_reason = "";
	struct moderation_view v = {.page = fixture_page(LANG_FR, "/moderation"), .catalog = &fixture_catalog, .entries = &e, .count = 1, .photo_base = {"/media", "/media"}, .now = FIXTURE_NOW};
	v.page.title = "File";
	v.form_age = "age";
	buf_init(&b, PAGE_CAP);
	moderation_queue_view(&b, &v);
	has_not(&b, "<script>alert");
	has(&b, "id=\"d-12\"");
	has(&b, "<button type=\"submit\" form=\"d-12\" formaction=\"/fr/moderation/listings/12/photos/102/remove\">Retirer la photo 2</button>");
	has(&b, "<a class=\"shot\" href=\"/media/01/0123456789abcdef0123456789abcdef-1600.webp\">");
	/* What is gone for good has no more to be removed. */
	e.listing.state = LISTING_REMOVED;
	buf_reset(&b);
	moderation_queue_view(&b, &v);
	has(&b, "class=\"shot\"");
	has_not(&b, "formaction");
	buf_free(&b);
}
END_TEST

Suite *suite_photo_view(void)
{
	Suite *s = suite_create("photo_view");
	TCase *t = tcase_create("photo_view");
	tcase_add_test(t, a_picture_offers_its_sizes);
	tcase_add_loop_test(t, colours_are_colours_or_nothing, 0, COUNT_OF(no_colours));
	tcase_add_test(t, a_face_is_a_key_or_nothing);
	tcase_add_test(t, a_photo_in_json);
	tcase_add_loop_test(t, a_refusal_names_file_and_number, 0, COUNT_OF(refusals));
	tcase_add_loop_test(t, every_problem_has_its_sentence, 0, LANG_COUNT);
	tcase_add_test(t, a_long_name_is_cut_between_characters);
	tcase_add_test(t, the_photos_page);
	tcase_add_test(t, a_description_that_is_not_taken_comes_back);
	tcase_add_test(t, what_cannot_be_changed_has_no_buttons);
	tcase_add_test(t, the_page_of_a_members_picture);
	tcase_add_test(t, a_listing_with_photos);
	tcase_add_test(t, lists_show_first_photos);
	tcase_add_test(t, a_feed_has_enclosures);
	tcase_add_test(t, moderators_see_photos);
	suite_add_tcase(s, t);
	return s;
}
