# SPDX-License-Identifier: GPL-2.0
#
# dmesg | awk -f trace-annotate.awk
# Prints the lines of the registrar's trace with explanations. The grammar is in
# Documentation/trace.rst.

BEGIN {
	means["register_provider"] = "the provider is registered; clients find it"
	means["register_client"] = "the client is registered; providers find it"
	means["deregister_provider"] = "the provider is deregistering: new clients no longer find it"
	means["deregister_client"] = "the client is deregistering: new providers no longer find it"
	means["deregistered_provider"] = "the last binding is gone, the provider is no longer in use"
	means["deregistered_client"] = "the last binding is gone, the client is no longer in use"
	means["wait_provider"] = "wait returns: the provider's code and data may be freed"
	means["wait_client"] = "wait returns: the client's code and data may be freed"
	means["attach_provider called"] = "the client is offered the provider"
	means["attach_client called"] = "the client wants to attach to the provider"
	means["attach_client returned"] = "the provider has attached"
	means["attach_provider returned"] = "the client has attached"
	means["attached"] = "bound: the two call each other directly"
	means["declined"] = "one of them declined; there is no binding"
	means["detach_client called"] = "the provider is told to stop calling its client"
	means["detach_provider called"] = "the client is told to stop calling its provider"
	means["detach_client returned"] = "the provider has no call in progress"
	means["detach_provider returned"] = "the client has no call in progress"
	means["detach_client pending"] = "the provider may have calls in progress; nothing waits here"
	means["detach_provider pending"] = "the client may have calls in progress; nothing waits here"
	means["provider_rundown_detach pending"] = "its rundown lets no more calls begin; some may be in progress"
	means["client_rundown_detach pending"] = means["provider_rundown_detach pending"]
	means["provider_rundown_drained"] = "no call is in progress any more, and none begins"
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
