#!/bin/sh
# Feeds every lint samples that break its rule, and harmless ones beside them.
lint=$(cd "$(dirname "$0")" && pwd)
top=$(mktemp -d "${TMPDIR:-/tmp}/outport-lint-XXXXXX") || exit 1
trap 'rm -rf "$top"' EXIT
# Samples come through pipes, so what they find is kept in files, not in variables of a subshell.
: > "$top/samples"
: > "$top/failures"

# run LINT PATH: the sample on stdin as the only file of a tree.
run() {
	rm -rf "$top/tree"
	mkdir -p "$top/tree/src" "$top/tree/cgi-bin" "$top/tree/tests" "$(dirname "$top/tree/$2")"
	cat > "$top/tree/$2"
	case $2 in *.c) echo '#pragma once' > "$top/tree/${2%.c}.h" ;; esac
	: > "$top/none"
	echo "$*" >> "$top/samples"
	"$lint/$1.sh" "$top/tree" "${exceptions:-$top/none}" > "$top/out" 2>&1
}

# breaks LINT PATH MESSAGE
breaks() {
	if run "$1" "$2"; then
		{ echo "$1 lets through, and should say \"$3\":"; cat "$top/tree/$2"; } >> "$top/failures"
	elif ! grep -qF -- "$3" "$top/out"; then
		{ echo "$1 says of $2, instead of \"$3\":"; cat "$top/out"; } >> "$top/failures"
	fi
}

# passes LINT PATH
passes() {
	run "$1" "$2" || { echo "$1 refuses what is good:"; cat "$top/out"; } >> "$top/failures"
}

line() { printf '%s\n' "$@"; }
# An include of a layer's file, behind the sample's own header.
include() { line "#include \"$1\"" "#include $2"; }

# from, to: what may not be included
while read -r from to; do
	case $from in routes) file=routes ;; *) file=$from/x ;; esac
	include "$file.h" "\"$to\"" | breaks layers "src/$file.c" "may not include"
done <<'CASES'
util model/money.h
util text/tr.h
util db/db.h
text model/money.h
model text/tr.h
model render/html.h
http render/html.h
http db/db.h
http app/context.h
render http/request.h
render db/db.h
render app/context.h
db render/html.h
db http/request.h
db store/photos.h
db aws/kms.h
aws store/photos.h
aws db/db.h
store http/request.h
store app/context.h
app aws/kms.h
app jobs/expiry.h
app routes.h
app ctl/args.h
jobs app/context.h
routes ctl/args.h
routes aws/kms.h
CASES

while read -r from to; do
	case $from in routes) file=routes ;; *) file=$from/x ;; esac
	include "$file.h" "\"$to\"" | passes layers "src/$file.c"
done <<'CASES'
util util/err.h
text util/err.h
model util/err.h
http model/money.h
render text/tr.h
store db/db.h
store aws/s3.h
app http/request.h
app store/photos.h
jobs db/db.h
routes app/context.h
ctl routes.h
ctl db/db.h
CASES

while read -r file library verdict; do
	case $verdict in
	no) include "${file#src/}.h" "<$library>" | breaks layers "$file.c" "belongs to" ;;
	yes) include "${file#src/}.h" "<$library>" | passes layers "$file.c" ;;
	esac
done <<'CASES'
src/app/x mysql.h no
src/store/x mysql/mysql.h no
src/model/x mariadb/mysql.h no
src/app/x fcgiapp.h no
src/app/x curl/curl.h no
src/http/x curl/curl.h no
src/store/x vips/vips.h no
src/app/x gmime/gmime.h no
src/app/x ini.h no
src/app/x cmark.h no
src/db/x mysql.h yes
src/http/x fcgiapp.h yes
src/aws/x curl/curl.h yes
src/store/x curl/curl.h yes
src/store/mail_message gmime/gmime.h yes
src/util/conf ini.h yes
src/app/x string.h yes
CASES

line '#include "http/worker.h"' '#include <fcgiapp.h>' | passes layers cgi-bin/x.c
line '#include "cgi-bin/x.h"' | breaks layers src/app/x.c "own header"
line '#include <string.h>' '#include "app/x.h"' | breaks layers src/app/x.c "own header"
include app/x.h '"../db/db.h"' | breaks layers src/app/x.c "from src/ on"
include app/x.h '"x.h"' | breaks layers src/app/x.c "may not include routes"
include app/x.h '"shop/x.h"' | breaks layers src/app/x.c "is of no layer"
include site.h '"app/context.h"' | passes layers src/site.c
include site.h '"ctl/args.h"' | breaks layers src/site.c "may not include ctl"
include shop/x.h '"shop/x.h"' | breaks layers src/shop/x.c "is not known"
line '# include "render/html.h"' | breaks layers src/db/y.h "may not include"
line 'int x;' | breaks layers src/db/y.h "no #pragma once"

# in a body: what is banned
while IFS= read -r statement; do
	line 'void f(void)' '{' "	$statement" '}' | breaks banned src/app/x.c "x.c:3:"
done <<'CASES'
sprintf(out, "%d", n);
vsprintf(out, format, args);
strcpy(out, in);
strcat (out, in);
p = strtok(s, ",");
n = atoi(s);
gets(line);
p = alloca(n);
system("ls");
f = popen("ls", "r");
if (x)strcpy(a, b);
/* a comment before */ strcpy(a, b);
x = '"'; strcpy(a, b); y = '"';
snprintf(sql, sizeof sql, "SELECT id FROM listing WHERE id = %d", id);
snprintf(sql, n, "DELETE FROM %s", table);
buf_printf(&b, "UPDATE %s SET a = 1", table);
buf_printf(&b, "INSERT INTO x VALUES (%d)", n);
buf_printf(&b, "DROP TABLE %s", table);
buf_printf(b, "<p>%s</p>", text);
buf_printf(b, "<a href=\"%s\">", url);
fprintf(out, "</%s><br>", tag);
printf("<b>");
buf_printf(b, "{\"id\":%d}", id);
buf_printf(b, "{ \"id\": %d }", id);
buf_printf(b, ",\"title\":\"%s\"", title);
n = asprintf(&s, "{\"a\"" ":%d}", n);
mysql_stmt_prepare(stmt, sql, n);
CASES

line 'void f(void)' '{' '	buf_printf(b,' '		"SELECT "' '		"%d", 1);' '}' | breaks banned src/app/x.c "x.c:3:"

while IFS= read -r statement; do
	line 'void f(void)' '{' "	$statement" '}' | passes banned src/app/x.c
done <<'CASES'
snprintf(out, sizeof out, "%d", n);
p = strtok_r(s, ",", &rest);
my_sprintf(x);
/* never use strcpy() or system() */
// strcat(a, b)
log("strcpy(a, b)");
n = conf.system_name(1);
fprintf(err, "cannot open %s: %s\n", file, why);
buf_printf(b, "%s{class=\"%dxx\"} %llu\n", name, n, v);
printf("SELECTED %d of %d\n", a, b);
printf("usage: tool FILE < %s\n", file);
static const struct db_sql q = {"SELECT id FROM listing WHERE id = ?", true};
CASES
line 'void f(void)' '{' '	mysql_stmt_prepare(stmt, sql, n);' '}' | passes banned src/db/db_statement.c
line 'void f(void)' '{' '	mysql_stmt_prepare(stmt, sql, n);' '}' | passes banned tests/bench/x.c
line 'void f(void)' '{' '	mysql_stmt_prepare(stmt, sql, n);' '}' | breaks banned cgi-bin/x.c "statement module"
line 'void f(void)' '{' '	snprintf(s, n, "DROP DATABASE %s", x);' '}' | passes banned tests/db/x.c
line 'void f(void)' '{' '	strcpy(a, b);' '}' | breaks banned tests/db/x.c "strcpy() is banned"

while IFS= read -r statement; do
	line 'void f(void)' '{' "	$statement" '}' | breaks escaping src/render/x_view.c "x_view.c:3:"
done <<'CASES'
html_lit(b, title);
html_lit(b, TITLE);
html_lit(b, "<p>" TITLE);
html_lit(b, x ? "<p>" : "<b>");
html_lit(b, l->markup);
html_lit(b);
xml_lit(b, title);
html_lit(b, "<p>Welcome</p>");
html_lit(b, "Welcome");
html_lit(b, "free");
html_lit(b, "three hours ago");
html_lit(b, "<p>\xc3\xa9t\xc3\xa9</p> caf");
html_lit(b, "<p>été</p>");
html_lit(b, "<br>or<br>");
html_lit(b, "<a class=\"x\" href=\"/\">home");
html_lit(b, "<img alt=\"A boat\">");
html_lit(b, "<input placeholder=\"Search\">");
html_lit(b, "<a title=\"Go on\" href=\"");
html_lit(b, "<nav aria-label=\"Pages\">");
html_lit(b, "<a href=\""); html_url(b, u); html_lit(b, "\">more</a>");
xml_lit(b, "<title>Listings</title>");
buf_puts(b, title);
buf_put(b, title, n);
buf_printf(b, "%s", title);
CASES

while IFS= read -r statement; do
	line 'void f(void)' '{' "	$statement" '}' | passes escaping src/render/x_view.c
done <<'CASES'
html_lit(b, "<p class=\"price\">");
html_lit(b, "<p>" "</p>");
html_lit(b, "<a href=\""); html_url(b, u); html_lit(b, "\" class=\"big\">");
html_lit(b, "<a href=\""); html_url(b, u); html_lit(b, "/contact\">");
html_lit(b, "<input"); if (x) html_lit(b, " checked"); html_lit(b, ">");
html_lit(b, " aria-current=\"page\"");
html_lit(b, "/listings?");
html_lit(b, "&nbsp;&middot;&#8230;");
html_lit(b, " \xc2\xb7 ");
html_lit(b, " · … — ");
html_lit(b, "<meta name=\"robots\" content=\"noindex\">\n");
xml_lit(b, "<InputEncoding>UTF-8</InputEncoding>");
html_text(b, "any words");
/* html_lit(b, title) */
CASES
line 'void f(void)' '{' '	html_lit(b, "<a");' '}' 'void g(void)' '{' '	html_lit(b, "Words");' '}' |
	breaks escaping src/render/x_view.c "x_view.c:7:"
line 'void f(void)' '{' '	html_lit(b, title);' '}' | breaks escaping src/app/x.c "literals only"
line 'void f(void)' '{' '	buf_puts(b, title);' '}' | passes escaping src/app/x.c
line 'void f(void)' '{' '	buf_puts(b, title);' '}' | passes escaping src/render/html.c

exceptions=$top/exceptions
printf 'src/render/x_view.c\tbuf_puts(b, title)\tit is safe\n' > "$exceptions"
line 'void f(void)' '{' '	buf_puts(b,' '	         title);' '}' | passes escaping src/render/x_view.c
line 'void f(void)' '{' '	buf_puts(b, other);' '}' | breaks escaping src/render/x_view.c "past the writers"
line 'int x;' | breaks escaping src/render/x_view.c "any more"
printf 'src/render/x_view.c\tbuf_puts(b, title)\n' > "$exceptions"
line 'void f(void)' '{' '	buf_puts(b, title);' '}' | breaks escaping src/render/x_view.c "no reason"
exceptions=

# function LINES; file LINES
function_of() { line 'int f(void)' '{'; yes '	x();' | head -n "$1"; line '}'; }
function_of 60 | passes sizes src/app/x.c
function_of 61 | breaks sizes src/app/x.c "x.c:2: a function of 61 lines"
function_of 61 | breaks sizes cgi-bin/x.c "a function of 61 lines"
function_of 61 | breaks sizes tests/app/x.c "a function of 61 lines"
{ line 'static const int x[] = {'; yes '	1,' | head -n 100; line '};'; } | passes sizes src/app/x.c
yes '/* x */' | head -n 600 | passes sizes src/app/x.c
grep -q '600 lines: about 400 is full' "$top/out" || echo "sizes does not warn" >> "$top/failures"
yes '/* x */' | head -n 601 | breaks sizes src/app/x.c "601 lines"
yes '/* x */' | head -n 601 | breaks sizes src/app/y.h "601 lines"

cat "$top/failures"
[ "$(wc -l < "$top/samples")" -gt 100 ] || { echo "the samples did not run"; exit 1; }
echo "$(wc -l < "$top/samples") samples"
[ ! -s "$top/failures" ]
