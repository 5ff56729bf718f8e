#!/bin/sh
# escaping: see escaping.awk. escaping.sh [ROOT [RAW_WRITES]]
lint=$(cd "$(dirname "$0")" && pwd)
raw_writes=${2:-$lint/raw-writes.txt}
cd "${1:-${top_srcdir:-.}}" || exit 1
LC_ALL=C; export LC_ALL
status=0
for file in $(find src cgi-bin -name '*.[ch]' | sort); do
	awk -v raw_writes="$raw_writes" -f "$lint/code.awk" -f "$lint/escaping.awk" "$file" || status=1
done

# An exception whose call is gone goes too.
tab=$(printf '\t')
while IFS="$tab" read -r file call why; do
	case $file in ''|'#'*) continue ;; esac
	[ -n "$why" ] || { echo "$raw_writes: no reason for $call"; status=1; }
	tr -s ' \t\n' ' ' < "$file" | grep -qF -- "$call" || { echo "$raw_writes: $file has no $call any more"; status=1; }
done < "$raw_writes"
exit $status
