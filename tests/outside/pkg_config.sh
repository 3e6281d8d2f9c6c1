#!/bin/sh
# pkg_config.sh COMPILER PKG_CONFIG_PATH PROJECT PROGRAM: builds examples/out_of_tree without CMake,
# and runs what comes of it. 77: there is no pkg-config here.
set -eu
command -v pkg-config >/dev/null || {
  echo "pkg-config is not installed (apt-get install pkg-config)"
  exit 77
}
flags=$(PKG_CONFIG_PATH=$2 pkg-config --cflags --libs weir)
# shellcheck disable=SC2086  # many words
"$1" -DTRANSCRIPT="\"$3/transcript.txt\"" "$3/main.cpp" $flags -o "$4"
"$4" list | grep backwards
