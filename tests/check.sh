# The checks, sourced by quickstart. Steps go on after a failure where they can; the table at the end says what failed.
# shellcheck shell=bash disable=SC2154,SC2153
check_all=''
check_results=()
check_failed=0
counted_passed=0
counted_failed=0
site_in=''
check_stage=''

packages_check=(check procps lcov openssl w3m curl xz-utils zbar-tools librsvg2-bin libvips-tools libimage-exiftool-perl imagemagick strace shellcheck chromium fonts-dejavu-core python3)
packages_check_all=(clang libclang-rt-14-dev llvm git radosgw ceph-mon ceph-osd awscli faketime mmdebstrap)

# stage NAME SECONDS FUNCTION…: runs it, for so long at most (meant for what hangs: a busy machine takes several times as long as a quiet one), with its output in build/check-logs/NAME.log, and notes the result and the time it took.
stage() {
	local name=$1 limit=$2 began=$SECONDS out="$build/check-logs/$1.log" result=passed pid watch
	shift 2
	printf '      %-24s ' "$name"
	# The function runs in a subshell of its own process group, so that a time-out ends all of it.
	set -m
	("$@") >"$out" 2>&1 </dev/null &
	pid=$!
	check_stage=$pid
	(sleep "$limit" && echo "ended after $limit s" >>"$out" && kill -TERM -- "-$pid" && sleep 20 && kill -KILL -- "-$pid") >/dev/null 2>&1 &
	watch=$!
	set +m
	wait "$pid" || result=FAILED
	kill -TERM -- "-$watch" 2>/dev/null || true
	wait "$watch" 2>/dev/null || true
	check_stage=''
	check_results+=("$(printf '%-24s %-7s %5d s' "$name" "$result" $((SECONDS - began)))")
	printf '%s, %d s\n' "$result" $((SECONDS - began))
	[ "$result" = passed ] && return 0
	check_failed=$((check_failed + 1))
	tail -n 80 "$out" | cut -c 1-300 | sed 's/^/      | /'
	return 1
}

# count_results FOLDER: what the programs of an automake run say they tested; one for a program that does not count.
count_results() {
	local result name passed failed text
	while IFS= read -r result; do
		name=${result%.trs}
		text=$(cat "$name.log" 2>/dev/null || true)
		if [[ $text =~ [0-9]+%:\ Checks:\ ([0-9]+),\ Failures:\ ([0-9]+),\ Errors:\ ([0-9]+) ]]; then
			failed=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
			passed=$((BASH_REMATCH[1] - failed))
		else
			passed=$(sed -nE 's/^(#|ℹ) pass ([0-9]+)$/\2/p' <<<"$text" | tail -n 1)
			failed=$(sed -nE 's/^(#|ℹ) fail ([0-9]+)$/\2/p' <<<"$text" | tail -n 1)
		fi
		if grep -q '^:test-result: \(FAIL\|ERROR\)' "$result"; then
			[ "${failed:-0}" -gt 0 ] || failed=1
		elif grep -q '^:test-result: PASS' "$result"; then
			[ "${passed:-0}" -gt 0 ] || passed=1
		fi
		counted_passed=$((counted_passed + ${passed:-0}))
		counted_failed=$((counted_failed + ${failed:-0}))
	done < <(find "$1" -name '*.trs')
}

# One site for all tests that only look and post, and an S3 where it is installed. They end when standard input does: with us, whatever happens.
shared_site_start() {
	local line=''
	coproc SITE { top_srcdir=$top top_builddir=$1 exec node "$top/tests/support/site.mjs" 2>"$build/check-logs/site.log"; }
	site_in=${SITE[1]}
	site_pid=$SITE_PID
	IFS= read -r -t 300 line <&"${SITE[0]}" || { cat "$build/check-logs/site.log"; return 1; }
	OUTPORT_TEST_URL=$(node -p 'JSON.parse(process.argv[1]).url' "$line")
	OUTPORT_TEST_DIR=$(node -p 'JSON.parse(process.argv[1]).dir' "$line")
	export OUTPORT_TEST_URL OUTPORT_TEST_DIR
	OUTPORT_TEST_RADOSGW=$(node -p 'const { s3 } = JSON.parse(process.argv[1]); s3 ? JSON.stringify(s3) : ""' "$line")
	[ -z "$OUTPORT_TEST_RADOSGW" ] || export OUTPORT_TEST_RADOSGW
}

shared_site_stop() {
	[ -n "$site_in" ] || return 0
	exec {site_in}>&-
	site_in=''
	wait "$site_pid" 2>/dev/null || true
}

# The suite as make check runs it, with a site of its own that all its programs share.
suite() {
	local dir=$1 status=0
	export OUTPORT_NPM=$build/npm CHROME_PATH=/usr/bin/chromium
	find "$dir" -name '*.trs' -delete
	trap shared_site_stop EXIT
	shared_site_start "$dir" || status=1
	make -C "$dir" -k -j"$(nproc)" check || status=1
	[ "$status" -eq 0 ] || show_failures "$dir"
	return "$status"
}

# show_failures FOLDER: what the failed programs said, for whoever has this log and not the machine.
show_failures() {
	local result log
	grep -lrE --include='*.trs' '^:test-result: (FAIL|ERROR)' "$1" | while IFS= read -r result; do
		log=${result%.trs}.log
		printf '\n%s\n' "${result#"$1/"}"
		if grep -q 'failing tests:' "$log"; then
			sed -n '/failing tests:/,$p' "$log" | head -n 60
		elif grep -q '^not ok' "$log"; then
			grep -A 25 '^ *not ok' "$log" | head -n 60
		else
			tail -n 30 "$log"
		fi
	done
}

build_in() {
	local dir=$1
	shift
	configure_in "$dir" "$@"
	make -s -C "$dir" -j"$(nproc)" all && make -s -C "$dir" -j"$(nproc)" check TESTS=
}

npm_tools() {
	mkdir -p "$build/npm"
	cmp -s "$top/tests/browser/package-lock.json" "$build/npm/installed-lock.json" && return 0
	cp "$top/tests/browser/package.json" "$top/tests/browser/package-lock.json" "$build/npm/"
	npm ci --prefix "$build/npm" --ignore-scripts --no-audit --no-fund && cp "$top/tests/browser/package-lock.json" "$build/npm/installed-lock.json"
}

# The tests' tools of npm, and with --all a MySQL server beside MariaDB: where it cannot be had its tests are passed by, and check_summary says so.
tools() {
	local npm
	npm_tools &
	npm=$!
	[ -z "$check_all" ] || node "$top/tests/support/aws/mysql.mjs" || true
	wait "$npm"
}

# Debian's own Node, unless a newer one is there already.
need_node() {
	local version
	version=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
	[ "$version" -ge 18 ] || need_packages nodejs
	command -v npm >/dev/null || need_packages npm
}

sanitized_suite() {
	# What an earlier run counted, or left half written when it was killed, is none of this one's.
	find "$build/sanitize" -name '*.gcda' -delete
	export OUTPORT_TEST_AGAIN=1 ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:exitcode=99 UBSAN_OPTIONS=print_stacktrace=1
	suite "$build/sanitize"
}

# Of the lines of src/, by what the suite under the sanitizers ran.
coverage() {
	local percent
	make -s -C "$build/sanitize" coverage-report || return 1
	percent=$(sed -nE 's/^line coverage of src: ([0-9]+)(\.[0-9]+)?%.*/\1/p' "$build/check-logs/coverage.log" | tail -n 1)
	[ "${percent:-0}" -ge 85 ] || { echo "line coverage is ${percent:-not known} %, below 85 %"; return 1; }
}

fuzz_replay() {
	make -s -C "$build/fuzz" fuzz FUZZ_SECONDS=10
}

# What a packager does: a tarball, built elsewhere out of its tree, installed below DESTDIR.
dist_check() {
	local dir=$build/dist
	rm -rf "$dir"
	mkdir -p "$dir/build"
	make -s -C "$build/check" dist && tar -xJf "$build"/check/outport-*.tar.xz -C "$dir" --strip-components=1 --one-top-level=source &&
		chmod -R a-w "$dir/source" && cd "$dir/build" && ../source/configure -q --prefix=/usr --sysconfdir=/etc && make -s -j"$(nproc)" &&
		make -s install DESTDIR="$dir/root" || return 1
	chmod -R u+w "$dir/source"
	for file in usr/bin/outportctl usr/libexec/outport/outport.fcgi usr/libexec/outport/outport-media.fcgi usr/share/outport/client/index.html usr/share/outport/sql/0001_site.sql \
		usr/share/outport/nginx/outport.conf.in; do
		[ -e "$dir/root/$file" ] || { echo "make install did not install /$file"; return 1; }
	done
	[ ! -e "$dir/root/usr/libexec/outport/outport-pool" ] && make -s uninstall DESTDIR="$dir/root" && [ -z "$(find "$dir/root" -type f)" ] ||
		{ echo "make uninstall left files"; return 1; }
}

# What a newcomer does: clone, run, look, stop, and run again quickly.
fresh_clone() {
	local began took
	dir=$(mktemp -d) # not local: the trap runs after this function
	trap '"$dir/outport/quickstart" stop; rm -rf "$dir"' EXIT
	git -c safe.directory='*' clone -q "$top" "$dir/outport" && cd "$dir/outport" || return 1
	PORT=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
	export PORT
	LISTINGS=1000 ./quickstart run --detach || return 1
	for page in / /fr/ /listings /submit /contact /resources /api/v1/listings /feed.atom /sitemap.xml; do
		curl -fsS -o /dev/null "http://127.0.0.1:$PORT$page" || return 1
	done
	for page in / /listings; do
		curl -fsS "http://127.0.0.1:$PORT$page" | grep -q 'src="/media/' || { echo "$page shows no photo of the demo"; return 1; }
	done
	./quickstart stop || return 1
	began=$(date +%s%N)
	./quickstart run --detach || return 1
	took=$((($(date +%s%N) - began) / 1000000))
	echo "the second run took $took ms"
	[ -z "$(git status --porcelain)" ] || { git status --short; echo "the run left files outside build/"; return 1; }
}

check_summary() {
	printf '\n%-24s %-7s %7s\n' step result time
	printf '%s\n' "${check_results[@]}"
	printf '%-24s %-7s %5d s\n\n' total "$([ "$check_failed" -eq 0 ] && echo passed || echo FAILED)" "$SECONDS"
	[ -z "$check_all" ] || [ -d "$OUTPORT_MYSQL/data" ] ||
		printf "MySQL could not be had from Debian's unstable suite: its tests were passed by (build/check-logs/tools.log says why)\n\n"
	[ "$check_failed" -eq 0 ] || [ "$counted_failed" -gt 0 ] || counted_failed=$check_failed
	printf '%d passed, %d failed\n' "$counted_passed" "$counted_failed"
	[ "$check_failed" -eq 0 ]
}

check_more() {
	if stage sanitize-build 1200 build_in "$build/sanitize" --enable-sanitize --enable-coverage --enable-werror CFLAGS='-g -O1'; then
		stage sanitize 2700 sanitized_suite || true
		count_results "$build/sanitize"
		stage coverage 600 coverage || true
	fi
	# Everything, for libFuzzer: clang's warnings are looked for on the way.
	if stage clang 1200 build_in "$build/fuzz" --enable-fuzz --enable-werror --disable-hardening CC=clang CFLAGS='-g -O1'; then
		stage fuzz 600 fuzz_replay || true
	fi
	stage dist 900 dist_check || true
	stage fresh-clone 900 fresh_clone || true
}

check_main() {
	case ${1:-} in
	'') ;;
	--all) check_all=1 ;;
	*) die "check does not know '$1': see ./quickstart help" ;;
	esac
	[ $# -le 1 ] || die "check takes one option at most: see ./quickstart help"
	unset PORT LISTINGS OUTPORT_CONFIG OUTPORT_TEST_URL OUTPORT_TEST_DIR OUTPORT_TEST_RADOSGW OUTPORT_TEST_AGAIN OUTPORT_TEST_ALL OUTPORT_TEST_AWS MAKEFLAGS
	# shellcheck disable=SC2034 # read by progress
	steps=3
	trap '[ -z "$check_stage" ] || kill -TERM -- "-$check_stage" 2>/dev/null; die "the check was interrupted"' INT TERM HUP
	mkdir -p "$build/check-logs"
	exec 9>"$build/check.lock"
	flock -n 9 || die "another check is at work in this folder: wait for it, or end it"
	progress "looking at packages"
	if [ -n "$check_all" ]; then
		packages_check+=("${packages_check_all[@]}")
		export OUTPORT_TEST_ALL=1
	else
		export OUTPORT_TEST_AWS=no
	fi
	need_packages "${packages_build[@]}" "${packages_run[@]}" "${packages_check[@]}"
	need_node
	progress "checking (logs in build/check-logs)"
	export OUTPORT_MYSQL=$build/mysql
	stage tools 900 tools || die "npm could not install the browser tests' tools: is there a network?"
	if stage build 1200 build_in "$build/check" --enable-werror; then
		stage tests 2400 suite "$build/check" || true
		count_results "$build/check"
	fi
	[ -z "$check_all" ] || check_more
	progress "the result"
	check_summary
}
