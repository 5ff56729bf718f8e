#!/bin/sh
# banned: see banned.awk. banned.sh [ROOT]
lint=$(cd "$(dirname "$0")" && pwd)
cd "${1:-${top_srcdir:-.}}" || exit 1
LC_ALL=C; export LC_ALL
status=0
for file in $(find src cgi-bin tests -name '*.[ch]' | sort); do
	awk -f "$lint/code.awk" -f "$lint/banned.awk" "$file" || status=1
done
exit $status
