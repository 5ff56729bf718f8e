# escaping: html_lit and xml_lit take string literals, and these hold markup, no words; in the views nothing else writes
# to the page but the writers, apart from the calls that raw-writes.txt explains.
#
# A literal often holds a part of a tag. The calls of a function are read in their order, so that a literal between
# <a href=" and "> is known to stand in a tag.

END {
	if (FILENAME !~ /src\/render\/(html|xml)\.h$/)
		check_literals()
	if (FILENAME ~ /src\/render\/[a-z_]*\.c$/ && FILENAME !~ /src\/render\/(html|json|plain|xml)\.c$/)
		check_raw_writes()
	exit bad
}

function check_literals(    last, argument, shown) {
	position = 1
	last = 1
	while (next_call("html_lit|xml_lit")) {
		if (index(substr(bare, last, call_at - last), "\n}") > 0)
			in_tag = 0
		last = call_at
		if (!match(call_bare, /,[ \t\n]*/)) {
			report(call_at, call_name "() wants a buffer and a literal")
			continue
		}
		shown = substr(call_text, RSTART + RLENGTH)
		argument = substr(call_bare, RSTART + RLENGTH)
		gsub(/"[^"]*"/, "", argument)
		if (argument ~ /[^ \t\n]/ || shown !~ /"/) {
			report(call_at, call_name "() takes string literals only: " squeeze(shown))
			continue
		}
		check_words(literals(shown))
	}
}

function check_words(s,    whole, i, c, run, first) {
	whole = s
	first = match(s, /[<>]/) ? substr(s, RSTART, 1) : ""
	if (first == ">")
		in_tag = 1
	else if (first == "<")
		in_tag = 0
	else if (!in_tag && (s ~ /^ [a-z-]+$/ || s ~ /"/))
		return # a piece of a tag that a caller wrote
	if (s ~ /(^|[ "])(alt|title|placeholder|aria-label)="[^"]*[A-Za-z][^"]*"/)
		report(call_at, "an attribute that visitors read holds words: " whole)
	gsub(/&[A-Za-z]+;|&#[0-9]+;|&#x[0-9A-Fa-f]+;|\\x[0-9a-fA-F][0-9a-fA-F]/, " ", s)
	for (i = 1; i <= length(s) + 1; i++) {
		c = substr(s, i, 1)
		if (c == "<" || c == "") {
			if (is_words(run))
				report(call_at, "words in markup: they come by html_tr(): " whole)
			run = ""
			in_tag = c == "<" ? 1 : in_tag
		} else if (c == ">")
			in_tag = 0
		else if (!in_tag)
			run = run c
	}
}

# Letters, and neither a piece of an address or an id ("/listings?", "e-") nor a code ("UTF-8"). Bytes of two and three
# that are no letters are punctuation.
function is_words(s) {
	gsub(/^ +| +$/, "", s)
	if (s !~ /[A-Za-z\303-\341\343-\364]/)
		return 0
	if (s ~ /^[a-z0-9\/?.&=:_-]*$/ && s ~ /[\/?.&=_-]/)
		return 0
	return s !~ /^[A-Z]+-?[0-9]+$/
}

function check_raw_writes(    call) {
	position = 1
	while (next_call("buf_puts?|buf_printf|buf_reserve")) {
		call = call_name "(" squeeze(call_text) ")"
		if (call in allowed)
			continue
		report(call_at, "a view writes past the writers: " call)
	}
}

BEGIN {
	while ((getline entry < raw_writes) > 0) {
		if (entry ~ /^#/ || entry == "")
			continue
		split(entry, part, "\t")
		if (ARGV[1] == part[1])
			allowed[part[2]] = 1
	}
	close(raw_writes)
}
