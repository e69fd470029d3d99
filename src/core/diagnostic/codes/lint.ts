// Codes HK71xx: rules that do what nobody meant, though nothing is wrong with any of them alone.
import { codes } from '../entry.ts';

/** What `hookline check` finds in rule sets that can be loaded. */
export const lintCodes = codes({
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
  HK7115: {
    title: 'IPv6 open where IPv4 is closed',
    severity: 'warning',
    help: 'put the chain into a table of the family inet, or write one of ip6',
    explanation:
      'At this hook a base chain drops what no rule accepts, for IPv4 only. No chain does so for IPv6: whoever reaches the host by IPv6 reaches every port. Hosts without an address of IPv6 beside loopback and link-local ones are left out, and so are dumps that only hold one version of IP.',
  },
});
