// Codes HK71xx: rules that do what nobody meant, though nothing is wrong with any of them alone.
import { codes } from '../entry.ts';

/** What `hookline check` finds in rule sets that can be loaded. */
export const lintCodes = codes({
  HK7100: {
    title: 'rules that were not looked at',
    severity: 'warning',
    help: 'give it more time with `--time-limit SECONDS`',
    explanation:
      'The time was over before all rules were looked at. What is said of the others holds; of those behind the one that is named nothing is said that takes all packets into account. Or a finding is not looked for in very long chains, where it would take longer than all else; that is a note, which is always shown.',
  },
  HK7101: {
    title: 'rule that no packet meets',
    severity: 'warning',
    help: 'correct the conditions, or take the rule out',
    explanation:
      'The conditions of the rule contradict each other, or what the hook of its chain can tell of a packet: it never matches, wherever it stands.',
  },
  HK7102: {
    title: 'shadowed rule',
    severity: 'warning',
    help: 'move it up, or take it out',
    explanation:
      'Every packet that meets the conditions of the rule is ended by rules before it, by one or by several together, also by rules in chains that these jump to; or no packet that is led to its chain meets them. The rule does nothing. All packets were looked at, not examples: what a rule counts or what is not known of a packet never counts as ending one.',
  },
  HK7103: {
    title: 'partly shadowed rule',
    severity: 'note',
    help: 'have first what is to count, or name in each rule what it is for',
    explanation:
      'A rule before decides otherwise about some packets that this one matches, and also about others: neither is an exception of the other, so that it may not be meant which of them counts. The packets are said that rules before take away, all together, and those that are left; of each kind one was traced. An exception before what is more general is how chains are written and is not told, nor is a rule that takes packets from more than eight lines, such as one for sources that are never let in. Only first packets of connections by other interfaces than `lo` are looked at. It is a warning where a value that the rule itself names in a list has no packet left.',
  },
  HK7104: {
    title: 'redundant rule',
    severity: 'warning',
    help: 'take it out, or correct what it was meant for',
    explanation:
      'Packets reach the rule, and it decides about them as the rules behind it would: without it the same happens to every packet. Where the policy of the chain or a rule without conditions does the same, it is a note, as it may be on purpose.',
  },
  HK7105: {
    title: 'the same rule twice',
    severity: 'warning',
    help: 'take one of them out',
    explanation:
      'The chain has the same rule before, and nothing between them changes what its conditions look at: the second one does nothing, or does once more what was done already. Rules with limits are not told, as two of them count twice.',
  },
  HK7106: {
    title: 'contradictory neighbours',
    severity: 'warning',
    help: 'decide for one of them',
    explanation:
      'Two rules next to each other are about the same packets, and one lets them pass that the other stops. Only the first one counts. Often the second was meant to be before it, or the first one to be taken out.',
  },
  HK7107: {
    title: 'chain that nothing leads to',
    severity: 'warning',
    help: 'jump to it, or take it out',
    explanation:
      'The chain hangs on no hook, and no rule that packets come to jumps to it, goes to it, or has it in a verdict map. Its rules do nothing, whatever they say. A chain without rules that nothing leads to is only noted: tools leave such chains behind.',
  },
  HK7108: {
    title: 'policy that is never reached',
    severity: 'note',
    help: 'say in the policy what the last rule does, or take that rule out',
    explanation:
      'The rules of the base chain end every packet, so that its policy decides about none. It is a warning where the policy is to drop and a rule without conditions accepts what is left: the chain looks closed and is open.',
  },
  HK7109: {
    title: 'jump that always returns',
    severity: 'note',
    help: 'take the jump out, or fill the chain',
    explanation:
      'No rule of the chain that the rule jumps to does anything: it is empty, or every packet comes back as it was. Tools make such chains to have a place for rules later.',
  },
  HK7110: {
    title: 'opening for answers that are accepted anyway',
    severity: 'warning',
    help: 'take it out, or say by which destination port new connections may come',
    explanation:
      'The rule accepts packets by their source port, whatever port they go to. Answers have such source ports, but a rule before accepts packets of known connections already; all that is left for this one are new connections. Whoever sends from that port reaches every port behind the rule.',
  },
  HK7111: {
    title: 'translation whose packets are not forwarded',
    severity: 'warning',
    help: 'accept them at forward, by the translated destination or by `ct status dnat`',
    explanation:
      'A rule gives connections another destination, and the chains at forward then drop their first packet: they are looked at with the new address and port. A packet of the rule was traced by every interface that rules name.',
  },
  HK7112: {
    title: 'chain that drops without a log',
    severity: 'note',
    help: 'log before the drop, with a limit: `limit 10/minute log "input-drop: "`',
    explanation:
      'Packets are dropped at the end of the chain, by its policy or by a rule without conditions, and no rule before writes any of them to the log. When something does not work, nothing tells that it was the firewall.',
  },
  HK7113: {
    title: 'rule for an interface that the host lacks',
    severity: 'warning',
    help: 'correct the name, or add the interface to the block of the host',
    explanation:
      'A condition names an interface that the host does not have, so that no packet meets it. Names that end in `*` are only noted, as interfaces come and go.',
  },
  HK7114: {
    title: 'rule that the chains of another program go past',
    severity: 'warning',
    help: 'put such rules where the program leaves place for them: `DOCKER-USER` of Docker, or a base chain with an earlier priority',
    explanation:
      'At forward a program (Docker, Kubernetes, libvirt and others) has chains of its own before the rule, and accepts some of the packets there that the rule would stop. Ports that Docker publishes never come to rules behind its chains, nor to those at input.',
  },
  HK7115: {
    title: 'IPv6 open where IPv4 is closed',
    severity: 'warning',
    help: 'put the chain into a table of the family inet, or write one of ip6',
    explanation:
      'At this hook a base chain drops what no rule accepts, for IPv4 only. No chain does so for IPv6: whoever reaches the host by IPv6 reaches every port. Hosts without an address of IPv6 beside loopback and link-local ones are left out, and so are dumps that only hold one version of IP.',
  },
  HK7116: {
    title: 'rules that lock out who administers the host',
    severity: 'warning',
    help: 'accept SSH from this address before what drops it',
    explanation:
      'A packet of SSH from the address of the session is dropped at input. It is that of `--ssh-from`, and then an error; otherwise that of the session in which the command runs, where the policy may be about another machine. A session that runs may go on by its known connection and still be the last one.',
  },
  HK7117: {
    title: 'source addresses that are taken on trust',
    severity: 'note',
    help: 'name the interface in the rule, drop such sources on the other ones, or set `rp_filter` to 1',
    explanation:
      'A rule accepts packets by their source address, which is of a network at one interface of the host, and accepts them by another interface, too: whoever sends there with a forged source is let in. The packet was traced on the host, with its routes and sysctls; it is a warning where the host says its `rp_filter`, so that this is not left to a default.',
  },
});
