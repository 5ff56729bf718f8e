/* form_fields: what every form is made of: fields with their labels, hints and mistakes, the traps for robots, the page around them. A form
 * is a table of its fields and words; what was typed comes back in it, passwords and codes apart. */
#pragma once

#include "render/form_view.h"

/* No message. */
#define FORM_NONE ((enum msg)MSG_COUNT)
#define FORM_NO_LINKS {{NULL, FORM_NONE}}
#define FORM_COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum form_widget {
	WIDGET_TEXT, WIDGET_LINES, WIDGET_EMAIL, WIDGET_MONEY, WIDGET_COUNT, WIDGET_CATEGORY, WIDGET_PLACE, WIDGET_REASON, WIDGET_FREQUENCY,
	WIDGET_PASSWORD, /* never sent back */
	WIDGET_LANG,     /* one of the site's languages */
	WIDGET_CHECKBOX, /* "yes" or nothing; the label stands beside it */
	WIDGET_CODE,     /* a code of the second factor: never sent back */
};

struct form_field {
	const char *name;
	enum msg label;
	enum msg hint;             /* FORM_NONE: none */
	enum form_widget widget;
	int max;                   /* characters; 0: no bound of its own */
	const char *autocomplete;  /* the HTML standard's autofill name or "off"; NULL: left to the browser */
	bool optional;
};

/* A group of fields; without a legend they stand in the form as they are. */
struct form_group {
	enum msg legend;           /* FORM_NONE: none */
	const struct form_field *fields;
	size_t count;
};

/* A local page. */
struct form_link {
	const char *path;          /* NULL: none */
	enum msg text;
};

/* Which pages are accepted by sending the form. */
enum form_terms { FORM_TERMS_NONE, FORM_TERMS_LISTING, FORM_TERMS_ACCOUNT };

enum { FORM_GROUPS_MAX = 3, FORM_FIELDS_MAX = 24, FORM_LINKS_MAX = 2 };

struct form_words {
	enum msg heading, intro, button; /* {1} of the intro: the listing's title or the view's arg */
	struct form_group groups[FORM_GROUPS_MAX];
	enum form_terms terms;
	const char *section;       /* of the navigation; NULL: none */
	struct form_link links[FORM_LINKS_MAX]; /* below the form */
};

/* The whole page. */
void form_put_page(struct buf *b, const struct form_view *v, const struct form_words *words);
/* Its parts, for a page that holds more than a form. The form posts to v->page.path. */
void form_put_summary(struct buf *b, const struct form_view *v, const struct form_words *words);
void form_put(struct buf *b, const struct form_view *v, const struct form_words *words);

/* A form that is one button, for lists and for pages that mails lead to; the handler reads it with posting_read_quick. */
struct form_button {
	const char *path;          /* local, without prefix */
	enum msg label;
	const char *about;         /* what it is about, for who only hears the button; NULL */
	bool primary;
};
void form_put_button(struct buf *b, enum lang lang, const char *form_age, const struct form_button *f);
