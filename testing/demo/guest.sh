#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of run.sh: loads and unloads the modules in every order under network
# traffic, and checks the results.
. /guest-lib.sh

tap=8b0cf47d-85f1-4dc2-9c53-83a90c215971
rounds=30
registry=/sys/kernel/debug/nmr/registry

# The tap's side of each binding is done soon, that of the third module is not.
detach_pends()
{
	cat "$registry" >/tmp/during
	grep -q '^binding .* third_module#3 detaching done - - pending ' /tmp/during
}

# Sends the registry to the host, which draws it.
show_registry()
{
	sed "s/^/registry $1: /" "/tmp/$1" >/dev/ttyS1
}

echo "kernel $(uname -r), $(nproc) processors"

chapter "load the core"
load nmr_core dyndbg=+p
registrar_objects >/tmp/objects

chapter "the samples: hello; calls from a timer and a thread"
load hello_provider
load hello_client
unload hello_provider
unload hello_client
load ticks_client
load ticks_provider
sleep 1
unload ticks_provider
load ticks_provider
sleep 1
unload ticks_client
unload ticks_provider
save_log
check "the client said hello" grep -q 'hello_provider: hello, hello_client' "$log_part"
check "both providers were called by the timer" \
	[ "$(grep -c 'ticks_provider: [1-9][0-9]* ticks' "$log_part")" -eq 2 ]
check "and by the thread" grep 'ticks_client: the last total was [1-9]' "$log_part"
start_traffic 20000 0.005
start_udp

chapter "provider, then client; provider out first"
load nmr_provider_demo
load nmr_client_demo poll_interval_ms=0
wait_packets 200
save_log
unload nmr_provider_demo
save_log
echo "the trace of that unload, for the packet tap:"
grep "npi=$tap" "$log_part" | awk -f /trace-annotate.awk
check "packets and equal counts on both sides" awk -f /packets.awk "$log_part"
unload nmr_client_demo

chapter "client, then provider; client out first"
load nmr_client_demo
load nmr_provider_demo
wait_packets 200
unload nmr_client_demo
unload nmr_provider_demo
save_log
check "packets and equal counts in the other order" awk -f /packets.awk "$log_part"

chapter "two providers, three clients, a third module; both out at once"
load nmr_provider_demo instances=2
load nmr_client_demo instances=3 poll_interval_ms=0
check "6 bindings are attached" [ "$(attached $tap)" -eq 6 ]
load third_module
check "the third module is bound to both providers" [ "$(attached $tap)" -eq 8 ]
wait_packets 2000
echo "the client's packet counts off and on again, 5 times"
for _ in 1 2 3 4 5; do
	echo N >/sys/module/nmr_client_demo/parameters/share_counts
	echo Y >/sys/module/nmr_client_demo/parameters/share_counts
done
unload nmr_provider_demo nmr_client_demo
unload third_module
save_log
check "packets and equal counts on all 8" awk -f /packets.awk "$log_part"

chapter "a provider waits for a client that is slow to detach"
load nmr_provider_demo
load nmr_client_demo
load third_module detach_ms=1000
cat "$registry" >/tmp/before
wait_until 10 detach_pends &
watcher=$!
echo "demo: an unload begins" >/dev/kmsg
unload nmr_provider_demo
echo "demo: it has ended" >/dev/kmsg
wait "$watcher"
unload nmr_client_demo third_module
save_log
check "the registry shows the pending client" \
	grep '^binding .* third_module#3 detaching .* pending' /tmp/during
show_registry before
show_registry during

stop_traffic
kmalloc_objects >/tmp/kmalloc

chapter "under load, $rounds times: unload the provider and load it again"
start_traffic 20000 0.005
start_udp
load nmr_client_demo instances=3 poll_interval_ms=0
load nmr_provider_demo instances=2
quiet=1
round=0
while [ $round -lt $rounds ]; do
	round=$((round + 1))
	wait_packets 60
	unload nmr_provider_demo
	load nmr_provider_demo instances=2
done
check "all 6 bindings were attached again, $rounds times" \
	[ "$(attached $tap)" -eq $((rounds * 6 + 6)) ]

echo "and 10 times unload both at once, and load them again"
for _ in 1 2 3 4 5; do
	wait_packets 60
	unload nmr_client_demo nmr_provider_demo
	load nmr_client_demo instances=3 poll_interval_ms=0
	load nmr_provider_demo instances=2
	wait_packets 60
	unload nmr_provider_demo nmr_client_demo
	load nmr_provider_demo instances=2
	load nmr_client_demo instances=3 poll_interval_ms=0
done
quiet=
unload nmr_provider_demo nmr_client_demo
save_log
check "equal counts on both sides, every time" \
	awk -v brief=1 -f /packets.awk "$log_part"

# shellcheck disable=SC2154 # from the kernel's command line
[ -z "${wdk:-}" ] || . /guest-wdk.sh

chapter "unload the core"
stop_traffic
check "the slab caches of the registrar have as many objects as before" \
	same_objects /tmp/objects
check "no other cache grew by an object per round" no_leak /tmp/kmalloc $((rounds + 10))
unload nmr_core
check "no module and no slab cache remains" \
	[ -z "$(grep -E 'nmr|third|hello|ticks' /proc/modules)$(ls -d /sys/kernel/slab/nmr_* 2>/dev/null)" ]

chapter "verdict"
check "every rmmod succeeded" every_rmmod_succeeded
check "nothing bad in dmesg" clean_log
echo "end of the demo"
