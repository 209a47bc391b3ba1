# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Chapters of guest.sh for WDK=1, to be sourced: the Windows drivers of samples/wdk,
# bound to each other and to the packet tap. The listener is a client of the relay and
# of the ledger, the relay is a client of the tap.
. /guest-lib.sh

tap=8b0cf47d-85f1-4dc2-9c53-83a90c215971
feed=3f9d2ac1-6b1e-4f0a-9127-5e0cd4738a16
ledger=c7705b3e-12d4-4a86-b85f-902d6e11fa43

load_each()
{
	for driver; do
		load "wdk_$driver"
	done
}

unload_each()
{
	for driver; do
		unload "wdk_$driver"
	done
}

more_packets()
{
	wait_packets $(($(counts | sed -n '1s/.*delivered packets=\([0-9]*\) .*/\1/p') + $1))
}

chapter "Windows drivers, bound to each other and to the packet tap"
load nmr_wdk
load nmr_provider_demo
load_each ledger relay listener
load nmr_client_demo poll_interval_ms=0
check "the relay is bound to the tap beside a Linux module" \
	[ "$(attached $tap)" -eq 2 ]
check "the listener is bound to the relay" [ "$(attached $feed)" -eq 1 ]
check "the listener is bound to the ledger" [ "$(attached $ledger)" -eq 1 ]
wait_packets 500
unload wdk_relay wdk_listener wdk_ledger nmr_provider_demo
save_log
check "calls and equal counts on all 4" awk -f /packets.awk "$log_part"

chapter "Windows drivers under load, unloaded in any order"
load nmr_provider_demo
quiet=1
bindings=0
for order in "ledger relay listener" "ledger listener relay" \
	"relay ledger listener" "relay listener ledger" \
	"listener ledger relay" "listener relay ledger"; do
	# shellcheck disable=SC2086 # three words
	load_each $order
	more_packets 40
	# shellcheck disable=SC2086 # three words
	unload_each $order
	load_each relay listener ledger
	more_packets 40
	unload wdk_relay wdk_listener wdk_ledger
	bindings=$((bindings + 6))
done
echo "and 3 times all at once, together with the tap"
for round in 1 2 3; do
	load_each listener ledger relay
	more_packets 40
	unload nmr_provider_demo wdk_relay wdk_listener wdk_ledger
	load nmr_provider_demo
	bindings=$((bindings + 3))
done
quiet=
check "all their $bindings bindings were attached" \
	[ $(($(attached $feed) + $(attached $ledger) + $(attached $tap))) \
	-eq $((bindings + 1 + round)) ]
unload nmr_provider_demo nmr_client_demo
unload nmr_wdk
save_log
check "equal counts on both sides, every time" \
	awk -v brief=1 -f /packets.awk "$log_part"
