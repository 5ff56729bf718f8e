#include "render/photo_view.h"

#include <string.h>

#include "text/format.h"

enum { COLUMNS = 3, COLOUR = 6, NUMBER_CAP = 64, TEXT_CAP = 2048, MILLION = 1000000, FILE_NAME = 64, FACE_PIXELS = 48 };

const struct photo *photo_set_find(const struct photo_set *set, int64_t listing_id)
{
	for (size_t i = 0; set != NULL && i < set->n; i++)
		if (set->list[i].listing_id == listing_id)
			return &set->list[i];
	return NULL;
}

static bool colours_valid(const char *s)
{
	return strlen(s) == (size_t)PHOTO_PLACEHOLDER_MAX && strspn(s, "0123456789abcdefABCDEF") == (size_t)PHOTO_PLACEHOLDER_MAX;
}

void photo_placeholder(struct buf *b, const char *placeholder)
{
	if (!colours_valid(placeholder))
		return;
	html_lit(b, "<svg class=\"placeholder\" viewBox=\"0 0 3 2\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
	for (int i = 0; i < PHOTO_CELLS; i++) {
		html_lit(b, "<rect width=\"1\" height=\"1\"");
		if (i % COLUMNS > 0) {
			html_lit(b, " x=\"");
			html_int(b, i % COLUMNS);
			html_lit(b, "\"");
		}
		if (i >= COLUMNS)
			html_lit(b, " y=\"1\"");
		html_lit(b, " fill=\"#");
		buf_put(b, placeholder + i * COLOUR, COLOUR);
		html_lit(b, "\"/>");
	}
	html_lit(b, "</svg>");
}

static void put_file(struct buf *b, const char *base, const char *key, int box, bool webp)
{
	char name[FILE_NAME];
	photo_file_name(key, box, webp, name);
	html_attr(b, base);
	html_lit(b, "/");
	html_attr(b, name);
}

static const char *base_of(struct photo_base base, const struct photo_object *o)
{
	return o->pending ? base.pending : base.stored;
}

/* The largest of at most box pixels: there is always a first one. */
static struct photo_size size_of(const struct photo_object *o, int box)
{
	struct photo_size sizes[PHOTO_SIZES], best;
	unsigned n = photo_sizes(o->width, o->height, sizes);
	best = sizes[0];
	for (unsigned i = 1; i < n; i++)
		if (sizes[i].box <= box)
			best = sizes[i];
	return best;
}

void photo_put_url(struct buf *b, struct photo_base base, const struct photo_object *o, int box, bool webp, struct photo_size *size)
{
	*size = size_of(o, box);
	put_file(b, base_of(base, o), o->key, size->box, webp);
}

void photo_put_absolute(struct buf *b, const char *site, struct photo_base base, const struct photo_object *o, int box, struct photo_size *size)
{
	if (*base_of(base, o) == '/')
		html_attr(b, site);
	photo_put_url(b, base, o, box, false, size);
}

/* "…-320.webp 320w, …-800.webp 800w" */
static void put_srcset(struct buf *b, struct photo_base base, const struct photo_object *o, int largest, bool webp)
{
	struct photo_size sizes[PHOTO_SIZES];
	unsigned n = photo_sizes(o->width, o->height, sizes);
	for (unsigned i = 0; i < n && (i == 0 || sizes[i].box <= largest); i++) {
		if (i > 0)
			html_lit(b, ", ");
		put_file(b, base_of(base, o), o->key, sizes[i].box, webp);
		html_lit(b, " ");
		html_int(b, sizes[i].width);
		buf_putc(b, 'w');
	}
}

static void put_proportions(struct buf *b, int width, int height)
{
	html_lit(b, " width=\"");
	html_int(b, width);
	html_lit(b, "\" height=\"");
	html_int(b, height);
	html_lit(b, "\"");
}

void photo_picture(struct buf *b, const struct photo_object *o, const struct photo_shown *s)
{
	struct photo_size size = size_of(o, s->largest);
	photo_placeholder(b, o->placeholder);
	html_lit(b, "<picture><source type=\"image/webp\" srcset=\"");
	put_srcset(b, s->base, o, s->largest, true);
	html_lit(b, "\" sizes=\"");
	html_attr(b, s->sizes);
	html_lit(b, "\"><img src=\"");
	put_file(b, base_of(s->base, o), o->key, size.box < photo_boxes[1] ? size.box : photo_boxes[1], false);
	html_lit(b, "\" srcset=\"");
	put_srcset(b, s->base, o, s->largest, false);
	html_lit(b, "\" sizes=\"");
	html_attr(b, s->sizes);
	html_lit(b, "\"");
	put_proportions(b, size.width, size.height);
	html_lit(b, " alt=\"");
	html_attr(b, s->alt);
	if (s->load == PHOTO_FIRST)
		html_lit(b, "\" fetchpriority=\"high");
	else if (s->load == PHOTO_NEAR)
		html_lit(b, "\" loading=\"lazy");
	html_lit(b, "\" decoding=\"async\"></picture>");
}

void photo_face(struct buf *b, struct photo_base base, const char *key)
{
	if (key == NULL || !photo_key_valid(key))
		return;
	html_lit(b, "<picture class=\"face\"><source type=\"image/webp\" srcset=\"");
	put_file(b, base.pending, key, photo_boxes[0], true);
	html_lit(b, "\"><img src=\"");
	put_file(b, base.pending, key, photo_boxes[0], false);
	html_lit(b, "\"");
	put_proportions(b, FACE_PIXELS, FACE_PIXELS);
	html_lit(b, " alt=\"\" loading=\"lazy\" decoding=\"async\"></picture>");
}

void photo_put_members(struct json *j, struct photo_base base, const struct photo *p)
{
	struct photo_size size;
	struct buf text;
	buf_init(&text, TEXT_CAP);
	photo_put_url(&text, base, &p->object, photo_boxes[1], false, &size);
	json_key_string(j, "url", buf_str(&text));
	json_key_int(j, "width", size.width);
	json_key_int(j, "height", size.height);
	json_key_string(j, "alt", p->alt);
	buf_reset(&text);
	put_srcset(&text, base, &p->object, photo_boxes[2], true);
	json_key_string(j, "srcset", buf_str(&text));
	buf_free(&text);
}

void photo_put_json(struct json *j, struct photo_base base, const struct photo *p)
{
	if (p == NULL) {
		json_null(j);
		return;
	}
	json_object(j);
	photo_put_members(j, base, p);
	json_object_end(j);
}

void photo_put_alt(struct buf *out, enum lang lang, const char *title, const struct photo *p, size_t i, size_t n)
{
	char number[I64_TEXT_SIZE], count[I64_TEXT_SIZE];
	if (*p->alt != '\0') {
		buf_puts(out, p->alt);
		return;
	}
	i64_text((int64_t)i + 1, number);
	i64_text((int64_t)n, count);
	if (n == 1)
		tr_format(out, lang, MSG_PHOTO_ONLY_OF_LISTING, (const char *const[]){title}, 1);
	else
		tr_format(out, lang, MSG_PHOTO_OF_LISTING, (const char *const[]){title, number, count}, 3);
}

static void put_anchor(struct buf *b, const struct photo *p)
{
	html_lit(b, "photo-");
	html_int(b, p->id);
}

static void put_large(struct buf *b, const struct photo_gallery *g, size_t i)
{
	const struct photo *p = &g->list[i];
	struct photo_size size;
	struct buf alt;
	buf_init(&alt, TEXT_CAP);
	photo_put_alt(&alt, g->lang, g->title, p, i, g->n);
	html_lit(b, "<li id=\"");
	put_anchor(b, p);
	html_lit(b, "\"><a href=\"");
	photo_put_url(b, g->base, &p->object, photo_boxes[2], true, &size);
	html_lit(b, "\">");
	photo_picture(b, &p->object, &(struct photo_shown){
		.base = g->base, .sizes = "(min-width: 60rem) 46rem, 100vw", .alt = buf_str(&alt), .largest = photo_boxes[2], .load = i == 0 ? PHOTO_FIRST : PHOTO_NEAR,
	});
	html_lit(b, "</a></li>\n");
	buf_free(&alt);
}

static void put_small(struct buf *b, const struct photo_gallery *g, size_t i)
{
	char number[I64_TEXT_SIZE];
	i64_text((int64_t)i + 1, number);
	html_lit(b, "<li><a href=\"#");
	put_anchor(b, &g->list[i]);
	html_lit(b, "\" aria-label=\"");
	html_tr1(b, g->lang, MSG_PHOTO_NUMBER, number);
	html_lit(b, "\">");
	photo_picture(b, &g->list[i].object, &(struct photo_shown){.base = g->base, .sizes = "5rem", .alt = "", .largest = photo_boxes[0]});
	html_lit(b, "</a></li>\n");
}

void photo_gallery(struct buf *b, const struct photo_gallery *g)
{
	if (g->n == 0)
		return;
	html_lit(b, "<div class=\"gallery\">\n<ul class=\"large\" aria-label=\"");
	html_tr(b, g->lang, MSG_GALLERY);
	html_lit(b, "\">\n");
	for (size_t i = 0; i < g->n; i++)
		put_large(b, g, i);
	html_lit(b, "</ul>\n");
	if (g->n > 1) {
		html_lit(b, "<ol class=\"small\">\n");
		for (size_t i = 0; i < g->n; i++)
			put_small(b, g, i);
		html_lit(b, "</ol>\n");
	}
	html_lit(b, "</div>\n");
}

/* At most PHOTO_NAME_MAX bytes, whole characters. */
static void name_put(struct buf *out, enum lang lang, const struct photo_refused *r)
{
	if (*r->file == '\0') {
		char number[I64_TEXT_SIZE];
		i64_text((int64_t)r->number, number);
		tr_format(out, lang, MSG_PHOTO_UNNAMED, (const char *const[]){number}, 1);
		return;
	}
	size_t n = strlen(r->file);
	if (n > PHOTO_NAME_MAX) {
		n = PHOTO_NAME_MAX;
		while (n > 0 && ((unsigned char)r->file[n] & 0xC0) == 0x80)
			n--;
	}
	buf_put(out, r->file, n);
	if (r->file[n] != '\0')
		buf_puts(out, "…");
}

static enum msg message_of(const struct photo_refused *r)
{
	switch (r->problem) {
	case PHOTO_EMPTY: return MSG_PHOTO_EMPTY;
	case PHOTO_TOO_LARGE: return MSG_PHOTO_TOO_LARGE;
	case PHOTO_NOT_KNOWN: return r->type == PHOTO_HEIC ? MSG_PHOTO_NO_HEIC : MSG_PHOTO_NOT_KNOWN;
	case PHOTO_NOT_AS_SAID: return r->declared != PHOTO_UNKNOWN ? MSG_PHOTO_NOT_AS_SAID : MSG_PHOTO_NOT_AS_SAID_ONLY;
	case PHOTO_TOO_MANY_PIXELS: return MSG_PHOTO_TOO_MANY_PIXELS;
	case PHOTO_DAMAGED: return MSG_PHOTO_DAMAGED;
	case PHOTO_TOO_HARD: return MSG_PHOTO_TOO_HARD;
	case PHOTO_ONE_TOO_MANY: return MSG_PHOTO_ONE_TOO_MANY;
	case PHOTO_NO_SPACE: return MSG_PHOTO_NO_SPACE;
	case PHOTO_RESTART: return MSG_PHOTO_RESTART;
	case PHOTO_GOOD:
	case PHOTO_AWAY:
	case PHOTO_PROBLEMS: break;
	}
	return MSG_PHOTO_AWAY;
}

void photo_refused_text(struct buf *out, enum lang lang, const struct photo_refused *r)
{
	struct buf name, second, third;
	buf_init(&name, TEXT_CAP);
	buf_init(&second, NUMBER_CAP);
	buf_init(&third, NUMBER_CAP);
	name_put(&name, lang, r);
	enum msg text = message_of(r);
	if (text == MSG_PHOTO_TOO_LARGE) {
		format_megabytes(&second, lang, r->bytes);
		format_megabytes(&third, lang, PHOTO_BYTES_MAX);
	} else if (text == MSG_PHOTO_NOT_AS_SAID) {
		buf_puts(&second, photo_type_name(r->declared));
		buf_puts(&third, photo_type_name(r->type));
	} else if (text == MSG_PHOTO_NOT_AS_SAID_ONLY) {
		buf_puts(&second, photo_type_name(r->type));
	} else if (text == MSG_PHOTO_TOO_MANY_PIXELS) {
		buf_i64(&second, (r->type == PHOTO_HEIC ? PHOTO_HEIC_PIXELS_MAX : PHOTO_PIXELS_MAX) / MILLION);
	} else if (text == MSG_PHOTO_ONE_TOO_MANY) {
		buf_i64(&second, PHOTO_MAX);
	}
	tr_format(out, lang, text, (const char *const[]){buf_str(&name), buf_str(&second), buf_str(&third)}, 3);
	buf_free(&name);
	buf_free(&second);
	buf_free(&third);
}
