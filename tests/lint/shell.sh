#!/bin/sh
# What shellcheck warns of in the project's shell scripts. SC2178, SC2128: a variable that is read into an array on purpose.
set -eu
cd "${top_srcdir:?make check sets it}"
command -v shellcheck >/dev/null || { echo "shellcheck is not installed"; exit 77; }
shellcheck -S warning -e SC2178,SC2128 quickstart tests/check.sh .ci/run tests/support/with-mariadb tests/lint/*.sh tests/fuzz/run.sh
