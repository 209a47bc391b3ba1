# SPDX-License-Identifier: GPL-2.0
#
# dmesg | awk -f packets.awk
# Compares the packet counts of both sides of each binding, which they log in their
# cleanup callbacks. Fails if they differ or if there are no packets.

function field(name)
{
	if (!match($0, " " name "=[0-9]+"))
		return ""
	return substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 2)
}

# The two numbers in "instance A: binding to provider B" or "... to client B".
match($0, /instance [0-9]+: binding to (provider|client) [0-9]+/) {
	split(substr($0, RSTART, RLENGTH), word, /[ :]+/)
	count = field("packets") " packets " field("bytes") " bytes"
	if (word[5] == "client") {
		pair = word[2] " and client " word[6]
		delivered[pair, ++deliveries[pair]] = count
	} else {
		pair = word[6] " and client " word[2]
		received[pair, ++receipts[pair]] = count
		packets += field("packets")
		if (field("packets") == 0)
			empty++
		calls[pair, receipts[pair]] = field("calls")
	}
}

function show(pair, i,    text)
{
	text = sprintf("provider %s: delivered %s, received %s", pair,
		       delivered[pair, i], received[pair, i])
	if (calls[pair, i])
		text = text ", " calls[pair, i] " calls back"
	if (delivered[pair, i] != received[pair, i]) {
		text = text " - NOT EQUAL"
		wrong = 1
	}
	if (!brief || delivered[pair, i] != received[pair, i])
		print text
}

END {
	for (pair in deliveries)
		if (!(pair in receipts))
			receipts[pair] = 0
	for (pair in receipts) {
		most = receipts[pair]
		if (deliveries[pair] > most)
			most = deliveries[pair]
		for (i = 1; i <= most; i++) {
			total++
			show(pair, i)
		}
	}
	printf "%d bindings, %d without a packet; %d packets\n", total, empty, packets
	exit wrong || !packets || (empty && !brief)
}
