// Keys that are short for other keys of the language, and words of iptables with what they are called here.

/** What each short key stands for; what follows the key follows it. */
export const shortForms: ReadonlyMap<string, string> = new Map([
  ['port', 'meta l4proto { tcp, udp } th dport'],
  ['clamp mss', 'tcp option maxseg size set rt mtu'],
  ['mark save', 'ct mark set mark'],
  ['mark restore', 'mark set ct mark'],
  ['set add', 'add'],
  ['set update', 'update'],
  ['set delete', 'delete'],
  ['iifgroup', 'meta iifgroup'],
  ['oifgroup', 'meta oifgroup'],
  ['iiftype', 'meta iiftype'],
  ['oiftype', 'meta oiftype'],
]);

const words = `
  ACCEPT = accept; CLASSIFY = meta priority set 1:2; DNAT = dnat to 10.0.0.2:80; DROP = drop; DSCP = ip dscp set 46
  LOG = log "prefix "; MARK = mark set 1; MASQUERADE = masquerade; NETMAP = netmap to 10.0.1.0/24
  NFLOG = log group 1; NFQUEUE = queue num 0; REDIRECT = redirect to :8080; REJECT = reject; RETURN = return
  SNAT = snat to 203.0.113.1; SYNPROXY = synproxy; TCPMSS = tcp option maxseg size set rt mtu; TEE = dup to 10.0.0.9
  TPROXY = tproxy to :3128; dscp = ip dscp 46; gre = meta l4proto gre; length = meta length 100; hl = ip6 hoplimit 1
  ttl = ip ttl 1`;

/** Names of matches and targets of iptables, in its writing, with an example of what says the same. */
export const iptablesWords: ReadonlyMap<string, string> = new Map(
  words
    .trim()
    .split(/[;\n]\s*/)
    .map((line) => {
      const [word = '', ours = ''] = line.trim().split(' = ');
      return [word, ours];
    }),
);
