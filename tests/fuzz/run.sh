#!/bin/sh
# Runs each libFuzzer target for FUZZ_SECONDS, from its corpus and what earlier runs found, as many at a time as there are processors. Findings: OUT/NAME/crash-*.
# usage: run.sh CORPUS OUT TARGET...
set -eu
one() {
	name=${1##*/fuzz_}
	mkdir -p "$out/$name/found"
	if nice -n 19 "$1" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$out/$name/" "$out/$name/found" "$corpus/$name" >"$out/$name/log" 2>&1; then
		echo "$name: ${FUZZ_SECONDS:-60} s, $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name/log") inputs"
	else
		tail -n 40 "$out/$name/log" >&2
		echo "fuzzing found something in $name" >&2
		return 1
	fi
}

if [ "$1" = --one ]; then
	corpus=$2 out=$3
	one "$4"
else
	corpus=$1 out=$2
	shift 2
	printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" sh "$0" --one "$corpus" "$out"
fi
