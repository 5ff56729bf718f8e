# banned: functions that invite mistakes, and SQL, HTML or JSON that printf builds.
END {
	position = 1
	while (next_call("sprintf|vsprintf|strcpy|stpcpy|strcat|strtok|atoi|atol|atof|gets|alloca|tmpnam|mktemp|system|popen"))
		report(call_at, call_name "() is banned")
	# Tests make schemas and bad requests of their own.
	position = FILENAME ~ /^tests\// ? length(bare) + 1 : 1
	while (next_call("v?[fsd]?n?printf|v?asprintf|buf_printf")) {
		format = literals(call_text)
		if (format ~ /(^|[^A-Z])(SELECT .|INSERT (IGNORE )?INTO|REPLACE INTO|DELETE FROM|UPDATE [^ ]+ SET|(CREATE|ALTER|DROP) (TABLE|DATABASE|USER|INDEX)|GRANT [A-Z])/)
			report(call_at, call_name "() builds SQL: bind parameters to a constant statement")
		if (format ~ /<\/?[a-z][a-z0-9]*[ >\/]|="[^"]*%[^"]*"[ \/]*>/)
			report(call_at, call_name "() builds markup: the html and xml writers escape")
		if (format ~ /\{ *"[^}]*":|"[A-Za-z_]+" *:/)
			report(call_at, call_name "() builds JSON: the json writer escapes")
	}
	if (FILENAME ~ /^(src|cgi-bin)\// && FILENAME !~ /^src\/db\/[a-z_]*statement\.c$/) {
		position = 1
		while (next_call("mysql_stmt_prepare"))
			report(call_at, "only the statement module prepares")
	}
	exit bad
}
