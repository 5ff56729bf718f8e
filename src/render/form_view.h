/* form_view: forms sent back with their mistakes, forms about one listing, and what is said after success. */
#pragma once

#include "model/catalog.h"
#include "model/listing.h"
#include "render/layout.h"
#include "text/field_error.h"

/* What was typed, by field name; views look values up. */
struct typed_value {
	const char *name, *value;
};

/* The field website (the honeypot) always comes back empty. */
struct form_view {
	struct page page;              /* title NULL: the form's own heading */
	const struct typed_value *values;
	size_t value_count;
	const struct field_errors *errors;
	const char *form_age;          /* token for the hidden field _age */
	const struct catalog *catalog; /* submit only */
	const char *address;           /* the site's, with its own contact form only; NULL */
	const struct listing *listing; /* listing's contact and report only */
	const struct typed_value *hidden; /* fields that are not shown; NULL */
	size_t hidden_count;
	const char *note;              /* plain text above the form; NULL */
	const char *arg;               /* {1} of the introduction; NULL */
	const char *second_name;       /* of a second button, which sends its name beside the fields; NULL: there is none */
	enum msg second;
};
/* The hidden field that carries a form's age: for /fragments/form-age and the forms here. */
void form_age_field(struct buf *b, const char *age);
/* The site's own e-mail address: for /fragments/contact-address and the contact form. */
void form_contact_address(struct buf *b, enum lang lang, const char *address);
void submit_form_view(struct buf *b, const struct form_view *v);
void contact_form_view(struct buf *b, const struct form_view *v);
void listing_contact_view(struct buf *b, const struct form_view *v);
void listing_report_view(struct buf *b, const struct form_view *v);

/* A page that says one thing: a heading, a paragraph, a link onwards. Errors and "received" pages. */
struct notice_view {
	struct page page;              /* title NULL: the heading */
	enum msg heading, text;
	const char *arg;               /* {1} of text; NULL */
	const char *request_id;        /* shown on errors; NULL */
	const char *link_href;         /* with language prefix; NULL */
	enum msg link_text;
	bool good;                     /* something was received */
};
void notice_view(struct buf *b, const struct notice_view *v);
