# code: what the lints share. Reads one C file without its comments, and walks through its calls. Used as
# awk -f code.awk -f RULE.awk FILE; a rule has an END block only.
#
# text holds the code, bare the same with every literal blanked; a position means the same in both.

{
	keep = ""
	plain = ""
	strip($0)
	text = text keep "\n"
	bare = bare plain "\n"
}

# Appends the line's code to keep, and the same without what stands in literals to plain.
function strip(line,    at, token) {
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (at == 0)
				return
			line = substr(line, at + 2)
			in_comment = 0
			keep = keep " "
			plain = plain " "
			continue
		}
		if (!match(line, /"|'|\/\*|\/\//)) {
			keep = keep line
			plain = plain line
			return
		}
		token = substr(line, RSTART, RLENGTH)
		keep = keep substr(line, 1, RSTART - 1)
		plain = plain substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + RLENGTH)
		if (token == "//")
			return
		if (token == "/*") {
			in_comment = 1
			continue
		}
		if (!match(line, token == "\"" ? "^([^\"\\\\]|\\\\.)*\"" : "^([^'\\\\]|\\\\.)*'"))
			return
		keep = keep token substr(line, 1, RLENGTH)
		plain = plain token blanks(RLENGTH - 1) token
		line = substr(line, RLENGTH + 1)
	}
}

function blanks(n,    s) {
	s = sprintf("%" (n > 0 ? n : 1) "s", "")
	return n > 0 ? s : ""
}

# The next call of a name that matches names (an alternation), from position on. Sets call_name, call_text (with its
# literals), call_bare, call_at, and position behind the call's name. False when there is none.
function next_call(names,    rest, open, depth, i, c) {
	rest = substr(bare, position)
	if (!match(rest, "[^A-Za-z0-9_](" names ")[ \t]*\\("))
		return 0
	call_at = position + RSTART
	open = position + RSTART + RLENGTH - 2
	call_name = substr(bare, call_at, open - call_at)
	sub(/[ \t]+$/, "", call_name)
	for (i = open; i <= length(bare); i++) {
		c = substr(bare, i, 1)
		if (c == "(")
			depth++
		else if (c == ")" && --depth == 0)
			break
	}
	call_bare = substr(bare, open + 1, i - open - 1)
	call_text = substr(text, open + 1, i - open - 1)
	position = open + 1
	return 1
}

function line_of(at,    before) {
	before = substr(bare, 1, at - 1)
	return gsub(/\n/, "", before) + 1
}

# The contents of a piece of code's string literals, one behind the other, with \" and \n undone.
function literals(code,    all, s) {
	while (match(code, /"([^"\\]|\\.)*"/)) {
		s = substr(code, RSTART + 1, RLENGTH - 2)
		code = substr(code, RSTART + RLENGTH)
		gsub(/\\n|\\t/, " ", s)
		gsub(/\\"/, "\"", s)
		all = all s
	}
	return all
}

# A piece of code in one line, with one blank where there were some.
function squeeze(s) {
	gsub(/[ \t\n]+/, " ", s)
	sub(/^ /, "", s)
	sub(/ $/, "", s)
	return s
}

function report(at, what) {
	printf "%s:%d: %s\n", FILENAME, line_of(at), what
	bad = 1
}
