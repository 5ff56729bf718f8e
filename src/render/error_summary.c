#include "render/error_summary.h"

#include <string.h>

static void put_message(struct buf *b, enum lang lang, const struct field_error *error)
{
	html_tr1(b, lang, error->text, error->bound);
}

static const struct field_label *find_label(const struct field_label *labels, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(labels[i].name, name) == 0)
			return &labels[i];
	return NULL;
}

static void put_labelled(struct buf *b, enum lang lang, const char *label, const struct field_error *error)
{
	struct buf message;
	buf_init(&message, 2048);
	tr_format(&message, lang, error->text, (const char *const[]){error->bound}, 1);
	html_trf(b, lang, MSG_FORM_FIELD_ERROR, (const char *const[]){label, buf_str(&message)}, 2);
	buf_free(&message);
}

static void put_item(struct buf *b, enum lang lang, const struct field_error *error, const struct field_label *label)
{
	html_lit(b, "<li>");
	if (error->field[0] == '\0') {
		put_message(b, lang, error);
	} else if (label == NULL) {
		put_labelled(b, lang, error->field, error);
	} else {
		html_lit(b, "<a href=\"#f-");
		html_attr(b, label->name);
		html_lit(b, "\">");
		put_labelled(b, lang, tr(lang, label->label), error);
		html_lit(b, "</a>");
	}
	html_lit(b, "</li>\n");
}

void error_summary(struct buf *b, enum lang lang, const struct field_errors *errors, const struct field_label *labels, size_t n)
{
	if (errors == NULL || errors->n == 0)
		return;
	html_lit(b, "<div class=\"errors\" role=\"alert\" tabindex=\"-1\" id=\"errors\">\n<h2>");
	html_tr(b, lang, MSG_FORM_ERRORS_TITLE);
	html_lit(b, "</h2>\n<ul>\n");
	for (size_t i = 0; i < errors->n; i++)
		put_item(b, lang, &errors->list[i], find_label(labels, n, errors->list[i].field));
	html_lit(b, "</ul>\n</div>\n");
}

void field_error_text(struct buf *b, enum lang lang, const struct field_errors *errors, const char *name)
{
	const struct field_error *error = errors == NULL ? NULL : field_errors_find(errors, name);
	if (error == NULL)
		return;
	html_lit(b, "<p class=\"error\" id=\"e-");
	html_attr(b, name);
	html_lit(b, "\">");
	put_message(b, lang, error);
	html_lit(b, "</p>\n");
}
