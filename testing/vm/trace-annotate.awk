# SPDX-License-Identifier: GPL-2.0
#
# dmesg | awk -f trace-annotate.awk
# Shows the lines of the registrar's trace, each with what it means. The grammar
# is in Documentation/trace.rst.

BEGIN {
	means["register_provider"] = "the provider is registered; clients find it"
	means["register_client"] = "the client is registered; providers find it"
	means["deregister_provider"] = "the provider goes: it is out of reach for new clients from here on"
	means["deregister_client"] = "the client goes: it is out of reach for new providers from here on"
	means["deregistered_provider"] = "the last binding is gone, nothing of the provider is in use"
	means["deregistered_client"] = "the last binding is gone, nothing of the client is in use"
	means["wait_provider"] = "wait returns: the provider's code and data may go"
	means["wait_client"] = "wait returns: the client's code and data may go"
	means["attach_provider called"] = "the client is shown the provider"
	means["attach_client called"] = "the provider is shown the client, which wants to attach"
	means["attach_client returned"] = "the provider said yes"
	means["attach_provider returned"] = "the client said yes"
	means["attached"] = "bound: they call each other, the registrar is not in the way"
	means["declined"] = "one of them would not; there is no binding"
	means["detach_client called"] = "the provider is told to stop calling its client"
	means["detach_provider called"] = "the client is told to stop calling its provider"
	means["detach_client returned"] = "the provider has no call under way"
	means["detach_provider returned"] = "the client has no call under way"
	means["detach_client pending"] = "the provider still has to see its calls return; nobody waits here"
	means["detach_provider pending"] = "the client still has to see its calls return; nobody waits here"
	means["provider_rundown_detach returned"] = "its rundown lets no call in any more, and none is under way"
	means["client_rundown_detach returned"] = means["provider_rundown_detach returned"]
	means["provider_rundown_detach pending"] = "its rundown lets no call in any more; some are under way"
	means["client_rundown_detach pending"] = means["provider_rundown_detach pending"]
	means["provider_rundown_drained"] = "the last of them has returned"
	means["client_rundown_drained"] = means["provider_rundown_drained"]
	means["provider_detach_complete"] = "the provider's last call has returned"
	means["client_detach_complete"] = "the client's last call has returned"
	means["cleanup_client called"] = "both are detached: the client frees its half of the binding"
	means["cleanup_provider called"] = "then the provider frees its half"
	means["cleanup_client returned"] = "the client's half is gone"
	means["cleanup_provider returned"] = "the provider's half is gone"
	means["unbound"] = "the binding is gone"
}

match($0, /nmr_core: [a-z_]+ npi=/) {
	step = substr($0, RSTART + 10, RLENGTH - 15)
	how = "returned"
	if (/ result=-$/)
		how = "called"
	else if (/ result=-115$/)
		how = "pending"
	meaning = step " " how in means ? means[step " " how] : means[step]

	sub(/^<[0-9]+>/, "")
	print "  " $0
	print "\t" meaning
}
