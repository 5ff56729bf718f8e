/* A mail's bytes, by GMime. What comes in has been checked elsewhere already; nothing here relies on it. */
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>

#include "store/mail_internal.h"
#include "util/utf8.h"

enum { ADDRESS_MAX = 254, LINK_MAX = 900, HEADER_TEXT_MAX = 600 };

bool mail_address_valid(const char *s)
{
	const char *at = strrchr(s, '@');
	if (at == NULL || at == s || at[1] == '\0' || strlen(s) > ADDRESS_MAX)
		return false;
	for (const char *p = s; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"(),:;<>[\\]", *p) != NULL || (*p == '@' && p != at))
			return false;
	return true;
}

static bool link_valid(const char *s)
{
	size_t n = strlen(s);
	if (n > LINK_MAX || (strncmp(s, "https://", 8) != 0 && strncmp(s, "http://", 7) != 0))
		return false;
	for (const char *p = s; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"<>,\\", *p) != NULL)
			return false;
	return true;
}

/* One line for a header: what could end it or hide in it becomes a blank, what is no UTF-8 a question mark. What looks like an encoded word
 * (RFC 2047) is taken apart: ASCII goes out as it is, and a reader would decode it, line ends and all. */
static void header_text(const char *s, char out[static HEADER_TEXT_MAX])
{
	size_t len = 0;
	while (*s != '\0' && len < HEADER_TEXT_MAX - 4) {
		size_t n = (unsigned char)*s < 0x80 ? 1 : (unsigned char)*s < 0xe0 ? 2 : (unsigned char)*s < 0xf0 ? 3 : 4;
		if (strnlen(s, n) < n || !utf8_valid(s, n)) {
			out[len++] = '?';
			s++;
			continue;
		}
		if (utf8_has_control(s, n, false) || (*s == '?' && len > 0 && out[len - 1] == '='))
			out[len++] = ' ';
		else
			for (size_t i = 0; i < n; i++)
				out[len++] = s[i];
		s += n;
	}
	out[len] = '\0';
}

static void set_header(GMimeMessage *message, const char *name, const char *value)
{
	g_mime_object_set_header(GMIME_OBJECT(message), name, value, NULL);
}

static void add_address(GMimeMessage *message, GMimeAddressType type, const char *name, const char *address)
{
	char text[HEADER_TEXT_MAX];
	header_text(name, text);
	InternetAddress *mailbox = internet_address_mailbox_new(text[0] != '\0' ? text : NULL, address);
	internet_address_set_charset(mailbox, "utf-8");
	internet_address_list_add(g_mime_message_get_addresses(message, type), mailbox);
	g_object_unref(mailbox);
}

static void put_headers(GMimeMessage *message, const struct mail_message *m, const struct mail_identity *from)
{
	char text[LINK_MAX + 16];
	add_address(message, GMIME_ADDRESS_TYPE_FROM, from->from_name, from->from);
	add_address(message, GMIME_ADDRESS_TYPE_TO, m->to_name, m->to);
	add_address(message, GMIME_ADDRESS_TYPE_REPLY_TO, from->from_name, from->reply_to);
	char subject[HEADER_TEXT_MAX];
	header_text(m->subject, subject);
	g_mime_message_set_subject(message, subject, "utf-8");
	GDateTime *date = g_date_time_new_from_unix_utc(m->created_at);
	if (date != NULL) {
		g_mime_message_set_date(message, date);
		g_date_time_unref(date);
	}
	snprintf(text, sizeof text, "outbox-%lld.%lld@%s", (long long)m->id, (long long)m->created_at, from->domain);
	g_mime_message_set_message_id(message, text);
	set_header(message, "Auto-Submitted", "auto-generated"); /* RFC 3834, section 5: no robot answers it */
	set_header(message, "Content-Language", strcmp(m->lang, "fr") == 0 ? "fr" : "en");
	if (m->unsubscribe != NULL) {
		snprintf(text, sizeof text, "<%s>", m->unsubscribe);
		set_header(message, "List-Unsubscribe", text);
		set_header(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"); /* RFC 8058, section 3.1 */
	}
}

static void add_part(GMimeMultipart *whole, const char *subtype, const char *text)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);
	/* not g_mime_text_part_set_text, which chooses a charset by what the text holds */
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_text_part_set_charset(part, "utf-8");
	g_mime_part_set_content(GMIME_PART(part), content);
	g_object_unref(content);
	g_object_unref(stream);
	g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_multipart_add(whole, GMIME_OBJECT(part));
	g_object_unref(part);
}

static enum err write_out(GMimeMessage *message, struct buf *out)
{
	GMimeStream *stream = g_mime_stream_mem_new();
	GMimeFormatOptions *format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	ssize_t n = g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream);
	if (n >= 0) {
		GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
		buf_put(out, bytes->data, bytes->len);
	}
	g_mime_format_options_free(format);
	g_object_unref(stream);
	return n < 0 ? ERR_INTERNAL : out->error;
}

enum err mail_message_write(const struct mail_message *m, const struct mail_identity *from, struct buf *out)
{
	if (!mail_address_valid(m->to) || !mail_address_valid(from->from) || !mail_address_valid(from->reply_to) ||
	    (m->unsubscribe != NULL && !link_valid(m->unsubscribe)))
		return ERR_INVALID;
	char boundary[64];
	g_mime_init();
	GMimeMessage *message = g_mime_message_new(TRUE);
	put_headers(message, m, from);
	GMimeMultipart *whole = g_mime_multipart_new_with_subtype("alternative");
	/* "=_" cannot stand in quoted-printable text; the rest makes a repeat the same, byte for byte */
	snprintf(boundary, sizeof boundary, "=_outport_%lld_%lld", (long long)m->id, (long long)m->created_at);
	g_mime_multipart_set_boundary(whole, boundary);
	add_part(whole, "plain", m->text);
	add_part(whole, "html", m->html);
	g_mime_message_set_mime_part(message, GMIME_OBJECT(whole));
	g_object_unref(whole);
	enum err e = write_out(message, out);
	g_object_unref(message);
	return e;
}
