// SPDX-License-Identifier: GPL-2.0
/*
 * The netfilter hook, the source of the packets.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/net_namespace.h>

#include "binding.h"
#include "hook.h"

static unsigned int hook_packet(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	provider_demo_bindings_deliver(skb);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook_ops = {
	.hook = hook_packet,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP_PRI_FIRST,
};

int provider_demo_hook_register(void)
{
	return nf_register_net_hook(&init_net, &hook_ops);
}

/*
 * After unregistering, hook_packet() may still be running on another
 * processor. Hooks run inside an RCU read section, so wait for a grace period.
 */
void provider_demo_hook_unregister(void)
{
	nf_unregister_net_hook(&init_net, &hook_ops);
	synchronize_net();
}
