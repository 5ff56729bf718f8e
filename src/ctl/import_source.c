#include "ctl/import_source.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "http/form.h"
#include "http/listing_fields.h"
#include "util/csv.h"
#include "util/utf8.h"

enum { COLUMNS_MAX = 32, CHUNK = 64 * 1024 };

struct import_source {
	FILE *in;
	enum import_format format;
	struct stat stat;
	char hash[IMPORT_HASH_TEXT];
	int64_t position;
	struct csv_reader *csv;
	const char *columns[COLUMNS_MAX]; /* the API's names, static or in the opener's arena */
	size_t column_count;
	int64_t line;                     /* JSON: lines read */
	char *text;                       /* JSON: the line */
};

/* Exported and not set by an import, but for the currency, which must be the site's. */
static const char *const ignored[] = {"id", "state", "created_at", NULL};
static const char *const extra[] = {"published_at", "currency", NULL};

static bool listed(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

bool import_column_ignored(const char *name)
{
	return listed(ignored, name);
}

static bool known(const char *name)
{
	for (size_t i = 0; i < LISTING_FIELD_COUNT; i++)
		if (strcmp(listing_fields_table[i].name, name) == 0)
			return true;
	return listed(ignored, name) || listed(extra, name);
}

static enum err read_chunk(void *ctx, char *out, size_t size, size_t *n)
{
	struct import_source *s = ctx;
	*n = fread(out, 1, size, s->in);
	s->position += (int64_t)*n;
	return ferror(s->in) ? ERR_IO : ERR_OK;
}

static const char *name_problem(struct arena *a, const char *before, const char *name, const char *after)
{
	char text[256];
	snprintf(text, sizeof text, "line 1: %s%.80s%s", before, name, after);
	const char *copy = arena_strdup(a, text);
	return copy == NULL ? err_text(ERR_NOMEM) : copy;
}

/* "  Contact_Name " is contact_name: spreadsheets are written by people. */
static char *column_name(struct arena *a, const char *cell)
{
	cell += strspn(cell, " \t");
	char *name = arena_strdup(a, cell);
	if (name == NULL)
		return NULL;
	for (char *p = name; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	for (size_t n = strlen(name); n > 0 && (name[n - 1] == ' ' || name[n - 1] == '\t'); n--)
		name[n - 1] = '\0';
	return name;
}

static bool has_column(const struct import_source *s, const char *name)
{
	for (size_t i = 0; i < s->column_count; i++)
		if (strcmp(s->columns[i], name) == 0)
			return true;
	return false;
}

static const char *read_header(struct import_source *s, struct arena *a)
{
	struct csv_row row;
	enum err e = csv_read(s->csv, &row);
	if (e == ERR_NOT_FOUND)
		return "the file is empty: its first row must name the columns";
	if (e == ERR_IO)
		return strerror(errno);
	if (e != ERR_OK)
		return name_problem(a, "", csv_problem(s->csv), "");
	for (size_t i = 0; i < row.n; i++) {
		char *name = column_name(a, row.cells[i]);
		if (name == NULL)
			return err_text(ERR_NOMEM);
		if (!utf8_valid(name, strlen(name)))
			return "line 1: the file is not in UTF-8: save it as \"CSV UTF-8\"";
		if (!known(name))
			return name_problem(a, "there is no column \"", name, "\": see outportctl import --help");
		if (has_column(s, name))
			return name_problem(a, "the column \"", name, "\" stands there twice");
		s->columns[s->column_count++] = name;
	}
	for (size_t i = 0; i < LISTING_FIELD_COUNT; i++)
		if (listing_fields_table[i].required && !has_column(s, listing_fields_table[i].name))
			return name_problem(a, "the column \"", listing_fields_table[i].name, "\" is missing");
	return NULL;
}

static enum err hash_file(struct import_source *s)
{
	crypto_hash_sha256_state state;
	unsigned char digest[crypto_hash_sha256_BYTES];
	char chunk[CHUNK];
	size_t n;
	crypto_hash_sha256_init(&state);
	while ((n = fread(chunk, 1, sizeof chunk, s->in)) > 0)
		crypto_hash_sha256_update(&state, (unsigned char *)chunk, n);
	crypto_hash_sha256_final(&state, digest);
	sodium_bin2hex(s->hash, sizeof s->hash, digest, sizeof digest);
	return ferror(s->in) ? ERR_IO : ERR_OK;
}

static const char *open_file(struct import_source *s, const char *path)
{
	s->in = fopen(path, "rbe");
	if (s->in == NULL || fstat(fileno(s->in), &s->stat) != 0)
		return strerror(errno);
	if (!S_ISREG(s->stat.st_mode))
		return "not a file: an import reads it more than once";
	return hash_file(s) == ERR_OK ? NULL : strerror(errno);
}

enum err import_source_open(const char *path, enum import_format format, struct arena *a, struct import_source **out, const char **problem)
{
	struct import_source *s = calloc(1, sizeof *s);
	*out = NULL;
	*problem = err_text(ERR_NOMEM);
	if (s == NULL)
		return ERR_NOMEM;
	s->format = format;
	*problem = open_file(s, path);
	if (*problem == NULL && format == IMPORT_JSONL && (s->text = malloc(IMPORT_ROW_BYTES)) == NULL)
		*problem = err_text(ERR_NOMEM);
	if (*problem == NULL && import_source_rewind(s) != ERR_OK)
		*problem = strerror(errno);
	if (*problem == NULL && format == IMPORT_CSV)
		*problem = read_header(s, a);
	if (*problem == NULL && import_source_rewind(s) != ERR_OK)
		*problem = strerror(errno);
	if (*problem != NULL) {
		import_source_close(s);
		return ERR_INVALID;
	}
	*out = s;
	return ERR_OK;
}

void import_source_close(struct import_source *s)
{
	if (s == NULL)
		return;
	if (s->in != NULL)
		fclose(s->in);
	csv_reader_free(s->csv);
	free(s->text);
	free(s);
}

enum err import_source_rewind(struct import_source *s)
{
	if (fseeko(s->in, 0, SEEK_SET) != 0)
		return ERR_IO;
	s->position = 0;
	s->line = 0;
	if (s->format == IMPORT_JSONL)
		return ERR_OK;
	csv_reader_free(s->csv);
	s->csv = csv_reader_new(read_chunk, s, IMPORT_ROW_BYTES, COLUMNS_MAX);
	if (s->csv == NULL)
		return ERR_NOMEM;
	/* the header is checked when the file is opened; here it is passed over */
	struct csv_row header;
	return s->column_count > 0 ? csv_read(s->csv, &header) : ERR_OK;
}

static enum err next_csv(struct import_source *s, struct arena *a, struct import_record *out)
{
	struct csv_row row;
	enum err e = csv_read(s->csv, &row);
	out->line = row.line;
	if (e == ERR_INVALID || e == ERR_TOO_LARGE) {
		out->problem = csv_problem(s->csv);
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	if (row.n != s->column_count) {
		char text[96];
		snprintf(text, sizeof text, "the row has %zu cells, the header %zu", row.n, s->column_count);
		out->problem = arena_strdup(a, text);
		return out->problem == NULL ? ERR_NOMEM : ERR_OK;
	}
	out->params.list = arena_array(a, row.n, sizeof *out->params.list);
	if (out->params.list == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < row.n; i++) {
		const char *value = arena_strdup(a, csv_unguard(row.cells[i]));
		if (value == NULL)
			return ERR_NOMEM;
		out->params.list[out->params.n++] = (struct http_param){s->columns[i], value};
	}
	return ERR_OK;
}

/* A line without its end; ERR_TOO_LARGE: over the bound, passed over. */
static enum err next_line(struct import_source *s, size_t *n)
{
	int c;
	*n = 0;
	bool any = false;
	while ((c = getc_unlocked(s->in)) != EOF) {
		any = true;
		s->position++;
		if (c == '\n')
			break;
		if (*n < IMPORT_ROW_BYTES)
			s->text[*n] = (char)c;
		++*n;
	}
	if (ferror(s->in))
		return ERR_IO;
	if (!any)
		return ERR_NOT_FOUND;
	s->line++;
	return *n < IMPORT_ROW_BYTES ? ERR_OK : ERR_TOO_LARGE;
}

static bool blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\r')
			return false;
	return true;
}

static enum err next_json(struct import_source *s, struct arena *a, struct import_record *out)
{
	size_t n, skip;
	enum err e;
	do {
		e = next_line(s, &n);
		skip = s->line == 1 && n >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	} while (e == ERR_OK && blank(s->text + skip, n - skip));
	out->line = s->line;
	if (e == ERR_TOO_LARGE)
		out->problem = "the line is too long";
	if (e != ERR_OK)
		return e == ERR_TOO_LARGE ? ERR_OK : e;
	struct http_request req = {
		.arena = a, .content_type = "application/json", .body_state = HTTP_BODY_WHOLE, .body = arena_strndup(a, s->text + skip, n - skip), .body_len = n - skip,
	};
	if (req.body == NULL)
		return ERR_NOMEM;
	int status = form_read(&req, true, &out->params, &out->field);
	if (status == 503)
		return ERR_NOMEM;
	if (status == 422)
		out->problem = "a text, a whole number or null is needed, and only once";
	else if (status != 0)
		out->problem = "the line is no JSON object";
	return ERR_OK;
}

enum err import_source_next(struct import_source *s, struct arena *a, struct import_record *out)
{
	*out = (struct import_record){.line = 0};
	enum err e = s->format == IMPORT_CSV ? next_csv(s, a, out) : next_json(s, a, out);
	if (e != ERR_NOT_FOUND)
		return e;
	struct stat now;
	if (fstat(fileno(s->in), &now) != 0)
		return ERR_IO;
	bool same = now.st_size == s->stat.st_size && now.st_mtim.tv_sec == s->stat.st_mtim.tv_sec && now.st_mtim.tv_nsec == s->stat.st_mtim.tv_nsec;
	return same ? ERR_NOT_FOUND : ERR_CONFLICT;
}

const char *import_source_hash(const struct import_source *s)
{
	return s->hash;
}

int64_t import_source_position(const struct import_source *s)
{
	return s->position;
}

int64_t import_source_size(const struct import_source *s)
{
	return (int64_t)s->stat.st_size;
}
