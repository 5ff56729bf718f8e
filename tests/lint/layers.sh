#!/bin/sh
# layers: reads the #include lines and fails where one points up, or sideways, or at a library that is another layer's.
# layers.sh [ROOT]
cd "${1:-${top_srcdir:-.}}" || exit 1
LC_ALL=C; export LC_ALL

find src cgi-bin -name '*.[ch]' | sort | xargs awk '
function allow(layer, layers,    i, n, name) {
	n = split(layers " " layer, name, " ")
	for (i = 1; i <= n; i++)
		may[layer, name[i]] = 1
	known[layer] = 1
}

BEGIN {
	below = "model text util"
	allow("util", "")
	allow("text", "util")
	allow("model", "util")
	allow("aws", below)
	allow("http", below)
	allow("render", below)
	allow("db", below)
	allow("store", "db aws " below)
	allow("app", "http render store db " below)
	allow("jobs", "http render store db " below)
	allow("routes", "app jobs http render store db " below)
	allow("ctl", "routes app jobs http render store db " below)
	allow("cgi-bin", "routes app jobs http render store db " below)

	# A library and the places that may know it.
	owner["^mysql(/|\\.h|_)|^mariadb"] = "^src/db/"
	owner["^(fcgiapp|fcgi_stdio|fcgios)\\.h"] = "^(src/http|cgi-bin)/"
	owner["^curl/"] = "^src/(aws|store)/"
	owner["^expat\\.h"] = "^src/aws/aws_xml"
	owner["^vips/|^gmodule\\.h"] = "^src/store/photo_decode_(child|picture)"
	owner["^(seccomp|linux/landlock)\\.h"] = "^src/store/photo_sandbox"
	owner["^gmime/"] = "^src/(http/multipart|store/mail_message)"
	owner["^ini\\.h"] = "^src/util/conf"
	owner["^cmark\\.h"] = "^src/render/markdown"
}

function report(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	bad = 1
}

# What lies in src/ itself wires the site up: the routes and what serves them.
function layer_of(path) {
	if (path ~ /^src\/[^\/]+$/ || path !~ /\//)
		return "routes"
	if (path ~ /^cgi-bin\//)
		return "cgi-bin"
	sub(/^src\//, "", path)
	sub(/\/.*/, "", path)
	return path
}

FNR == 1 {
	first = 1
	layer = layer_of(FILENAME)
	if (!(layer in known))
		report("the layer \"" layer "\" is not known: say in tests/lint/layers.sh what it may include")
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	file = $0
	sub(/^[^<"]*[<"]/, "", file)
	sub(/[>"].*/, "", file)
	quoted = $0 ~ /include[ \t]*"/
	own = FILENAME
	sub(/^src\//, "", own)
	sub(/\.c$/, ".h", own)
	# or the header that a module of several files keeps to itself, which starts with it
	if (first && FILENAME ~ /\.c$/ && file != own && file !~ /_internal\.h$/ && (getline line < ("src/" own)) > 0)
		report("its own header \"" own "\" is to be included first")
	close("src/" own)
	first = 0
	for (library in owner)
		if (file ~ library && FILENAME !~ owner[library])
			report("<" file "> belongs to " owner[library])
	if (!quoted || file == "config.h")
		next
	if (file ~ /\.\./)
		report("\"" file "\" is to be named from src/ on")
	to = layer_of(file)
	if (!(to in known))
		report("\"" file "\" is of no layer")
	else if (!((layer, to) in may))
		report(layer " may not include " to " (\"" file "\")")
}

FILENAME ~ /\.h$/ && /^#pragma once/ { once[FILENAME] = 1 }
FILENAME ~ /\.h$/ { headers[FILENAME] = 1 }

END {
	for (header in headers)
		if (!(header in once)) {
			printf "%s: no #pragma once\n", header
			bad = 1
		}
	exit bad
}'
