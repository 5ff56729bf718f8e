#include "render/photo_page_view.h"

#include "render/error_summary.h"
#include "render/listing_card.h"
#include "text/format.h"

enum { TITLE_CAP = 2048, SENTENCE_CAP = 4096, NUMBER_CAP = 64, LARGEST_SHOT = 800, LARGEST_PICTURE = 320 };

static void put_said(struct buf *b, enum lang lang, enum msg said, bool late)
{
	if (said == (enum msg)MSG_COUNT)
		return;
	if (late)
		html_lit(b, "<div class=\"notice\" role=\"status\">\n<p>");
	else
		html_lit(b, "<div class=\"notice good\" role=\"status\">\n<p>");
	html_tr(b, lang, said);
	html_lit(b, "</p>\n</div>\n");
}

static bool refused_any(const struct photo_refusals *r)
{
	return r != NULL && (r->n > 0 || r->whole != NULL);
}

/* What the script exchanges for the same part of a newer page. */
static void begin_changing(struct buf *b, enum lang lang)
{
	html_lit(b, "<div data-photos data-not-saved=\"");
	html_tr(b, lang, MSG_PHOTO_NOT_SAVED);
	html_lit(b, "\">\n");
}

/* One line a file, each leading to where another is chosen. */
static void put_refusals(struct buf *b, enum lang lang, const struct photo_refusals *r)
{
	struct buf sentence;
	if (!refused_any(r))
		return;
	buf_init(&sentence, SENTENCE_CAP);
	html_lit(b, "<div class=\"errors\" role=\"alert\" tabindex=\"-1\" id=\"errors\">\n<h2>");
	html_tr(b, lang, MSG_FORM_ERRORS_TITLE);
	html_lit(b, "</h2>\n<ul>\n");
	if (r->whole != NULL) {
		html_lit(b, "<li><a href=\"#f-photo\">");
		html_text(b, r->whole);
		html_lit(b, "</a></li>\n");
	}
	for (size_t i = 0; i < r->n; i++) {
		buf_reset(&sentence);
		photo_refused_text(&sentence, lang, &r->files[i]);
		html_lit(b, "<li><a href=\"#f-photo\">");
		html_text(b, buf_str(&sentence));
		html_lit(b, "</a></li>\n");
	}
	html_lit(b, "</ul>\n</div>\n");
	buf_free(&sentence);
}

/* A description was not taken: the box leads to its field. */
static void put_alt_summary(struct buf *b, const struct photos_view *v)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<div class=\"errors\" role=\"alert\" tabindex=\"-1\" id=\"errors\">\n<h2>");
	html_tr(b, lang, MSG_FORM_ERRORS_TITLE);
	html_lit(b, "</h2>\n<ul>\n");
	for (size_t i = 0; i < v->errors->n; i++) {
		html_lit(b, "<li><a href=\"#f-alt-");
		html_int(b, v->alt_of);
		html_lit(b, "\">");
		html_tr1(b, lang, v->errors->list[i].text, v->errors->list[i].bound);
		html_lit(b, "</a></li>\n");
	}
	html_lit(b, "</ul>\n</div>\n");
}

/* The sentences that the script says, which makes none itself. Names and numbers that it fills in stay as they are. */
static void put_script_words(struct buf *b, enum lang lang, const char *limit)
{
	static const struct {
		const char *name;
		enum msg text;
	} words[] = {
		{"large", MSG_PHOTO_TOO_LARGE}, {"type", MSG_PHOTO_NOT_KNOWN}, {"empty", MSG_PHOTO_EMPTY}, {"many", MSG_PHOTO_ONE_TOO_MANY},
		{"away", MSG_PHOTO_AWAY}, {"megabytes", MSG_PHOTO_MEGABYTES}, {"drop", MSG_UPLOAD_DROP}, {"waiting", MSG_UPLOAD_WAITING},
		{"sending", MSG_UPLOAD_SENDING}, {"reading", MSG_UPLOAD_READING}, {"added", MSG_UPLOAD_ADDED}, {"broken", MSG_UPLOAD_BROKEN},
		{"cancel", MSG_UPLOAD_CANCEL}, {"cancelled", MSG_UPLOAD_CANCELLED}, {"again", MSG_UPLOAD_AGAIN}, {"hide", MSG_UPLOAD_HIDE},
	};
	char most[I64_TEXT_SIZE];
	i64_text(PHOTO_MAX, most);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		bool counts = words[i].text == MSG_PHOTO_ONE_TOO_MANY;
		html_lit(b, " data-say-");
		html_attr(b, words[i].name);
		html_lit(b, "=\"");
		html_trf(b, lang, words[i].text, (const char *const[]){"{1}", counts ? most : "{2}", limit}, 3);
		html_lit(b, "\"");
	}
}

/* The file field's label, mistake and hint stand around it as in every form. */
static void put_upload(struct buf *b, const struct page *page, const struct photo_refusals *refused, enum msg label, enum msg hint, size_t room, bool several,
                       enum msg button)
{
	enum lang lang = page->lang;
	char count[I64_TEXT_SIZE];
	struct buf limit;
	buf_init(&limit, NUMBER_CAP);
	format_megabytes(&limit, lang, PHOTO_BYTES_MAX);
	i64_text((int64_t)room, count);
	html_lit(b, "<form class=\"form upload\" method=\"post\" novalidate enctype=\"multipart/form-data\" action=\"");
	html_attr(b, lang_prefix(lang));
	html_attr(b, page->path);
	html_lit(b, "\" data-limit-bytes=\"");
	html_int(b, PHOTO_BYTES_MAX);
	html_lit(b, "\" data-limit-count=\"");
	html_int(b, (int64_t)room);
	html_lit(b, "\"");
	put_script_words(b, lang, buf_str(&limit));
	html_lit(b, ">\n<div class=\"field\">\n<label for=\"f-photo\">");
	html_tr(b, lang, label);
	html_lit(b, "</label>\n<input type=\"file\" id=\"f-photo\" name=\"photo\" accept=\"image/jpeg,image/png,image/webp,image/heic,image/heif\"");
	if (several)
		html_lit(b, " multiple");
	if (refused_any(refused))
		html_lit(b, " aria-invalid=\"true\"");
	html_lit(b, " aria-describedby=\"h-photo\">\n<p class=\"hint\" id=\"h-photo\">");
	html_trf(b, lang, hint, (const char *const[]){buf_str(&limit), count}, 2);
	html_lit(b, "</p>\n</div>\n<button class=\"button primary\" type=\"submit\">");
	html_tr(b, lang, button);
	html_lit(b, "</button>\n</form>\n");
	buf_free(&limit);
}

/* What only somebody hears who does not see beside which photo a button stands. */
static void put_which(struct buf *b, enum lang lang, enum msg which, const char *number)
{
	html_lit(b, "<span class=\"unseen\"> ");
	html_tr1(b, lang, which, number);
	html_lit(b, "</span>");
}

static void begin_form(struct buf *b, const struct photos_view *v, const char *class, const struct photo *p, const char *action)
{
	html_lit(b, "<form class=\"");
	html_attr(b, class);
	html_lit(b, "\" method=\"post\" data-once action=\"");
	html_attr(b, lang_prefix(v->page.lang));
	html_attr(b, v->page.path);
	html_lit(b, "/");
	html_int(b, p->id);
	html_lit(b, "/");
	html_attr(b, action);
	html_lit(b, "\">\n");
}

static void put_alt_form(struct buf *b, const struct photos_view *v, const struct photo *p, const char *number)
{
	enum lang lang = v->page.lang;
	bool wrong = v->alt_of == p->id && v->errors != NULL && v->errors->n > 0;
	begin_form(b, v, "alt", p, "alt");
	html_lit(b, "<div class=\"field\">\n<label for=\"f-alt-");
	html_int(b, p->id);
	html_lit(b, "\">");
	html_tr1(b, lang, MSG_PHOTO_ALT_LABEL, number);
	html_lit(b, "</label>\n");
	if (wrong)
		field_error_text(b, lang, v->errors, "alt");
	html_lit(b, "<input type=\"text\" name=\"alt\" id=\"f-alt-");
	html_int(b, p->id);
	html_lit(b, "\" maxlength=\"");
	html_int(b, PHOTO_ALT_MAX);
	html_lit(b, "\" autocomplete=\"off\" value=\"");
	html_attr(b, wrong ? v->alt_typed : p->alt);
	if (wrong)
		html_lit(b, "\" aria-invalid=\"true\" aria-describedby=\"e-alt h-alt\"");
	else
		html_lit(b, "\" aria-describedby=\"h-alt\"");
	html_lit(b, ">\n</div>\n<button class=\"button\" type=\"submit\">");
	html_tr(b, lang, MSG_PHOTO_ALT_SAVE);
	put_which(b, lang, MSG_PHOTO_ALT_SAVE_OF, number);
	html_lit(b, "</button>\n</form>\n");
}

static void put_move(struct buf *b, enum lang lang, const char *to, enum msg text, const char *number)
{
	html_lit(b, "<button class=\"button\" type=\"submit\" name=\"to\" value=\"");
	html_attr(b, to);
	html_lit(b, "\">");
	html_tr(b, lang, text);
	put_which(b, lang, MSG_PHOTO_WHICH, number);
	html_lit(b, "</button>\n");
}

static void put_moves(struct buf *b, const struct photos_view *v, size_t i, const char *number)
{
	const struct photo *p = &v->photos[i];
	html_lit(b, "<div class=\"actions\">\n");
	if (v->n > 1) {
		begin_form(b, v, "move", p, "move");
		if (i > 0)
			put_move(b, v->page.lang, "up", MSG_PHOTO_UP, number);
		if (i + 1 < v->n)
			put_move(b, v->page.lang, "down", MSG_PHOTO_DOWN, number);
		html_lit(b, "</form>\n");
	}
	begin_form(b, v, "remove", p, "remove");
	html_lit(b, "<button class=\"button\" type=\"submit\">");
	html_tr(b, v->page.lang, MSG_PHOTO_REMOVE);
	put_which(b, v->page.lang, MSG_PHOTO_WHICH, number);
	html_lit(b, "</button>\n</form>\n</div>\n");
}

static void put_photo(struct buf *b, const struct photos_view *v, size_t i)
{
	const struct photo *p = &v->photos[i];
	enum lang lang = v->page.lang;
	char number[I64_TEXT_SIZE];
	struct buf alt;
	buf_init(&alt, TITLE_CAP);
	photo_put_alt(&alt, lang, v->listing->title, p, i, v->n);
	i64_text((int64_t)i + 1, number);
	html_lit(b, "<li data-photo=\"");
	html_int(b, p->id);
	html_lit(b, "\" id=\"photo-");
	html_int(b, p->id);
	html_lit(b, "\">\n<div class=\"shot\">");
	photo_picture(b, &p->object, &(struct photo_shown){
		.base = v->base, .sizes = "(min-width: 40rem) 15rem, 92vw", .alt = buf_str(&alt), .largest = LARGEST_SHOT, .load = i == 0 ? PHOTO_SOON : PHOTO_NEAR,
	});
	html_lit(b, "</div>\n<div class=\"what\">\n<p class=\"which\"><strong>");
	html_tr1(b, lang, MSG_PHOTO_NUMBER, number);
	html_lit(b, "</strong>");
	if (i == 0) {
		html_lit(b, " · ");
		html_tr(b, lang, MSG_PHOTO_COVER);
	}
	html_lit(b, "</p>\n");
	if (!v->locked) {
		put_alt_form(b, v, p, number);
		put_moves(b, v, i, number);
	} else if (*p->alt != '\0') {
		html_lit(b, "<p>");
		html_text(b, p->alt);
		html_lit(b, "</p>\n");
	}
	html_lit(b, "</div>\n</li>\n");
	buf_free(&alt);
}

static void put_list(struct buf *b, const struct photos_view *v)
{
	if (v->n == 0) {
		html_lit(b, "<p>");
		html_tr(b, v->page.lang, MSG_PHOTOS_NONE);
		html_lit(b, "</p>\n");
		return;
	}
	html_lit(b, "<p id=\"h-alt\">");
	html_tr(b, v->page.lang, MSG_PHOTO_ALT_HINT);
	if (v->n > 1) {
		html_lit(b, " ");
		html_tr(b, v->page.lang, MSG_PHOTOS_FIRST);
	}
	html_lit(b, "</p>\n<ol class=\"photos\"");
	if (!v->locked) {
		html_lit(b, " data-order=\"");
		html_attr(b, lang_prefix(v->page.lang));
		html_attr(b, v->page.path);
		html_lit(b, "/order\"");
	}
	html_lit(b, ">\n");
	for (size_t i = 0; i < v->n; i++)
		put_photo(b, v, i);
	html_lit(b, "</ol>\n");
}

static void put_adding(struct buf *b, const struct photos_view *v)
{
	enum lang lang = v->page.lang;
	char count[I64_TEXT_SIZE];
	size_t room = v->n < (size_t)PHOTO_MAX ? (size_t)PHOTO_MAX - v->n : 0;
	html_lit(b, "<section class=\"adding\">\n<h2>");
	html_tr(b, lang, MSG_PHOTOS_ADD);
	html_lit(b, "</h2>\n");
	if (v->review) {
		html_lit(b, "<p>");
		html_tr(b, lang, MSG_PHOTOS_REVIEW);
		html_lit(b, "</p>\n");
	}
	if (room == 0) {
		i64_text(PHOTO_MAX, count);
		html_lit(b, "<p>");
		html_tr1(b, lang, MSG_PHOTOS_FULL, count);
		html_lit(b, "</p>\n");
	} else {
		put_upload(b, &v->page, v->refused, MSG_PHOTOS_LABEL, room == 1 ? MSG_PHOTOS_HINT_ONE : MSG_PHOTOS_HINT_MANY, room, room > 1, MSG_PHOTOS_BUTTON);
	}
	html_lit(b, "</section>\n");
}

static void put_onwards(struct buf *b, const struct photos_view *v)
{
	enum lang lang = v->page.lang;
	html_lit(b, "<p class=\"onwards\"><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/account/listings\">");
	html_tr(b, lang, MSG_PHOTOS_SKIP);
	html_lit(b, "</a></p>\n<p class=\"onwards\"><a href=\"");
	listing_put_href(b, lang, v->listing);
	html_lit(b, "\">");
	html_tr(b, lang, MSG_PHOTOS_DONE_LISTING);
	html_lit(b, "</a></p>\n");
}

void photos_view(struct buf *b, const struct photos_view *v)
{
	struct page page = v->page;
	enum lang lang = page.lang;
	struct buf title, failed;
	bool wrong = v->errors != NULL && v->errors->n > 0;
	buf_init(&title, TITLE_CAP);
	buf_init(&failed, TITLE_CAP);
	tr_format(&title, lang, MSG_PHOTOS_TITLE, (const char *const[]){v->listing->title}, 1);
	page.title = buf_str(&title);
	if (refused_any(v->refused) || wrong) {
		tr_format(&failed, lang, MSG_FORM_ERROR_IN_TITLE, (const char *const[]){page.title}, 1);
		page.title = buf_str(&failed);
	}
	page.noindex = true;
	page.section = "account";
	page.script = "/photos.js";
	layout_begin(b, &page);
	html_lit(b, "<h1>");
	html_text(b, buf_str(&title));
	html_lit(b, "</h1>\n");
	begin_changing(b, lang);
	put_refusals(b, lang, v->refused);
	if (wrong)
		put_alt_summary(b, v);
	put_said(b, lang, v->said, v->late);
	if (v->locked)
		put_said(b, lang, MSG_PHOTO_LOCKED, true);
	put_list(b, v);
	html_lit(b, "</div>\n");
	if (!v->locked)
		put_adding(b, v);
	put_onwards(b, v);
	layout_end(b, &page);
	buf_free(&title);
	buf_free(&failed);
}

void picture_view(struct buf *b, const struct picture_view *v)
{
	struct page page = v->page;
	enum lang lang = page.lang;
	struct buf failed;
	buf_init(&failed, TITLE_CAP);
	page.title = tr(lang, MSG_PICTURE_TITLE);
	if (refused_any(v->refused)) {
		tr_format(&failed, lang, MSG_FORM_ERROR_IN_TITLE, (const char *const[]){page.title}, 1);
		page.title = buf_str(&failed);
	}
	page.noindex = true;
	page.section = "account";
	page.script = "/photos.js";
	layout_begin(b, &page);
	html_lit(b, "<h1>");
	html_tr(b, lang, MSG_PICTURE_TITLE);
	html_lit(b, "</h1>\n");
	begin_changing(b, lang);
	put_refusals(b, lang, v->refused);
	put_said(b, lang, v->said, false);
	html_lit(b, "<p>");
	html_tr(b, lang, MSG_PICTURE_TEXT);
	html_lit(b, "</p>\n");
	if (*v->picture->key == '\0') {
		html_lit(b, "<p>");
		html_tr(b, lang, MSG_PICTURE_NONE);
		html_lit(b, "</p>\n");
	} else {
		html_lit(b, "<div class=\"own-picture\">\n<div class=\"shot\">");
		photo_picture(b, v->picture, &(struct photo_shown){.base = v->base, .sizes = "10rem", .alt = tr(lang, MSG_PICTURE_TITLE), .largest = LARGEST_PICTURE, .load = PHOTO_SOON});
		html_lit(b, "</div>\n<form method=\"post\" data-once action=\"");
		html_attr(b, lang_prefix(lang));
		html_attr(b, page.path);
		html_lit(b, "/remove\">\n<button class=\"button\" type=\"submit\">");
		html_tr(b, lang, MSG_PICTURE_REMOVE);
		html_lit(b, "</button>\n</form>\n</div>\n");
	}
	html_lit(b, "</div>\n");
	put_upload(b, &page, v->refused, MSG_PICTURE_LABEL, MSG_PICTURE_HINT, 1, false, MSG_PICTURE_BUTTON);
	html_lit(b, "<p class=\"onwards\"><a href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/account\">");
	html_tr(b, lang, MSG_ACCOUNT_BACK);
	html_lit(b, "</a></p>\n");
	layout_end(b, &page);
	buf_free(&failed);
}

/* The button belongs to the decision's form: the reason chosen there goes into the log. */
static void put_take_down(struct buf *b, enum lang lang, const struct photo *p, size_t i)
{
	char number[I64_TEXT_SIZE];
	i64_text((int64_t)i + 1, number);
	html_lit(b, "<button type=\"submit\" form=\"d-");
	html_int(b, p->listing_id);
	html_lit(b, "\" formaction=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/moderation/listings/");
	html_int(b, p->listing_id);
	html_lit(b, "/photos/");
	html_int(b, p->id);
	html_lit(b, "/remove\">");
	html_tr1(b, lang, MSG_PHOTO_TAKE_DOWN, number);
	html_lit(b, "</button>");
}

void photos_moderated_view(struct buf *b, enum lang lang, struct photo_base base, const struct listing *l, const struct photo *photos, size_t n)
{
	enum { LARGE = 1600 };
	struct photo_size size;
	struct buf alt;
	if (n == 0)
		return;
	buf_init(&alt, TITLE_CAP);
	html_lit(b, "<ul class=\"shots\">\n");
	for (size_t i = 0; i < n; i++) {
		const struct photo *p = &photos[i];
		buf_reset(&alt);
		photo_put_alt(&alt, lang, l->title, p, i, n);
		html_lit(b, "<li><a class=\"shot\" href=\"");
		photo_put_url(b, base, &p->object, LARGE, true, &size);
		html_lit(b, "\">");
		photo_picture(b, &p->object, &(struct photo_shown){.base = base, .sizes = "(min-width: 40rem) 11rem, 44vw", .alt = buf_str(&alt), .largest = LARGEST_PICTURE});
		html_lit(b, "</a>\n");
		if (*p->alt != '\0') {
			html_lit(b, "<p class=\"meta\">");
			html_text(b, p->alt);
			html_lit(b, "</p>\n");
		}
		if (l->state != LISTING_REMOVED)
			put_take_down(b, lang, p, i);
		html_lit(b, "</li>\n");
	}
	html_lit(b, "</ul>\n");
	buf_free(&alt);
}
