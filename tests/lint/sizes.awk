# sizes: a function's body in lines, between the brace that opens it and the one that closes it, both at the margin.
END {
	lines = split(bare, line, "\n") - 1
	if (lines > 600) {
		printf "%s: %d lines: a module of over 600 wants to be two\n", FILENAME, lines
		bad = 1
	} else if (lines > 400) {
		printf "%s: %d lines: about 400 is full (a warning)\n", FILENAME, lines
	}
	for (i = 1; i <= lines; i++) {
		if (line[i] ~ /^\{/)
			from = i
		if (line[i] ~ /^\}/ && from > 0) {
			if (i - from - 1 > 60) {
				printf "%s:%d: a function of %d lines does not fit a screen (60)\n", FILENAME, from, i - from - 1
				bad = 1
			}
			from = 0
		}
	}
	exit bad
}
