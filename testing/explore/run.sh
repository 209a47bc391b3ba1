#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh
# Builds the explorer and runs it. From the environment:
#   BOUND     preemptions in a schedule, at most (3)
#   SEED      seed of the random walks that follow (1)
#   WALKS     number of random walks for each scenario (2000)
#   SCENARIO  names or patterns, separated by spaces (all)
#   REPLAY    a failed schedule, to run again and show step by step
#   CORE      a directory with another nmr_core/ and include/ to explore
#   JOBS      processes (one for each processor)
#   SECONDS_FOR_EACH  a scenario that takes longer fails (3600)
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"
lock explore

build=$NMR_CACHE/explore
[ -z "${CORE:-}" ] || workdir
[ -z "${CORE:-}" ] || build=$work
"$here/build.sh" "$build" ${CORE:+"$CORE"}
if [ -n "${REPLAY:-}" ]; then
	"$build/explore" -r "$REPLAY"
	exit
fi
read -ra scenarios <<<"${SCENARIO:-}"
"$build/explore" -b "${BOUND:-3}" -s "${SEED:-1}" -w "${WALKS:-2000}" \
	-j "${JOBS:-$(nproc)}" -t "${SECONDS_FOR_EACH:-3600}" \
	${scenarios[@]+"${scenarios[@]}"} | tee "$build/log"
