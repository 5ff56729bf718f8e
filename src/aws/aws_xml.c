#include "aws/aws_xml.h"

#include <expat.h>

#include "util/buf.h"

struct reader {
	XML_Parser parser;
	bool (*element)(void *ctx, const char *path, const char *text);
	void *ctx;
	struct buf path, text;
	size_t path_at[AWS_XML_DEPTH_MAX], text_at[AWS_XML_DEPTH_MAX]; /* where an open element's begin */
	unsigned depth;
	enum err error;
	bool enough;
};

static void stop(struct reader *r, enum err e)
{
	if (r->error == ERR_OK)
		r->error = e;
	XML_StopParser(r->parser, XML_FALSE);
}

static void cut(struct buf *b, size_t n)
{
	b->len = n;
	if (b->data != NULL)
		b->data[n] = '\0';
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = ctx;
	const char *colon = strrchr(name, ':'), *local = colon != NULL ? colon + 1 : name;
	(void)attributes;
	/* a name may end in a colon for XML, not for its namespaces */
	if (*local == '\0' || r->depth == AWS_XML_DEPTH_MAX) {
		stop(r, *local == '\0' ? ERR_INVALID : ERR_TOO_LARGE);
		return;
	}
	r->path_at[r->depth] = r->path.len;
	r->text_at[r->depth++] = r->text.len;
	if (r->path.len > 0)
		buf_putc(&r->path, '/');
	buf_puts(&r->path, local);
	if (r->path.error != ERR_OK)
		stop(r, r->path.error);
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int n)
{
	struct reader *r = ctx;
	buf_put(&r->text, text, (size_t)n);
	if (r->text.error != ERR_OK)
		stop(r, r->text.error);
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;
	(void)name;
	/* expat goes on with what it has at hand for a moment after it was stopped */
	if (r->error != ERR_OK || r->enough || r->depth == 0)
		return;
	r->depth--;
	if (!r->element(r->ctx, buf_str(&r->path), buf_str(&r->text) + r->text_at[r->depth])) {
		r->enough = true;
		XML_StopParser(r->parser, XML_FALSE);
	}
	cut(&r->path, r->path_at[r->depth]);
	cut(&r->text, r->text_at[r->depth]);
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	stop(ctx, ERR_INVALID);
}

enum err aws_xml_read(const void *bytes, size_t n, bool (*element)(void *ctx, const char *path, const char *text), void *ctx)
{
	if (n > AWS_XML_MAX)
		return ERR_TOO_LARGE;
	struct reader r = {.parser = XML_ParserCreate(NULL), .element = element, .ctx = ctx};
	if (r.parser == NULL)
		return ERR_NOMEM;
	buf_init(&r.path, AWS_XML_PATH_MAX);
	buf_init(&r.text, AWS_XML_TEXT_MAX);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	enum XML_Status status = XML_Parse(r.parser, bytes, (int)n, XML_TRUE);
	enum err e = r.error;
	if (e == ERR_OK && !r.enough && status != XML_STATUS_OK)
		e = XML_GetErrorCode(r.parser) == XML_ERROR_NO_MEMORY ? ERR_NOMEM : ERR_INVALID;
	XML_ParserFree(r.parser);
	buf_free(&r.path);
	buf_free(&r.text);
	return e;
}
