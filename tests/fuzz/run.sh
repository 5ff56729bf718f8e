#!/bin/sh
# Runs each libFuzzer target for FUZZ_SECONDS, from its corpus and what earlier runs found. Findings: OUT/NAME/crash-*.
# usage: run.sh CORPUS OUT TARGET...
set -eu
corpus=$1 out=$2
shift 2
failed=
for target in "$@"; do
	name=${target##*/fuzz_}
	mkdir -p "$out/$name/found"
	echo "$name: ${FUZZ_SECONDS:-60} s"
	if ! nice -n 19 "$target" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$out/$name/" "$out/$name/found" "$corpus/$name" >"$out/$name/log" 2>&1; then
		failed="$failed $name"
		tail -n 40 "$out/$name/log" >&2
	fi
	grep -E '^stat::number_of_executed_units' "$out/$name/log" || true
done
if [ -n "$failed" ]; then
	echo "fuzzing found something in:$failed" >&2
	exit 1
fi
