// Codes HK71xx: rules that do what nobody meant, though nothing is wrong with any of them alone.
import { codes } from '../entry.ts';

/** What `hookline check` finds in rule sets that can be loaded. */
export const lintCodes = codes({
  HK7105: {
    title: 'the same rule twice',
    severity: 'warning',
    help: 'take one of them out',
    explanation:
      'The chain has the same rule before, and nothing between them changes what its conditions look at: the second one does nothing, or does once more what was done already. Rules with limits are not told, as two of them count twice.',
  },
  HK7107: {
    title: 'chain that nothing leads to',
    severity: 'warning',
    help: 'jump to it, or take it out',
    explanation:
      'The chain hangs on no hook, and no rule that packets come to jumps to it, goes to it, or has it in a verdict map. Its rules do nothing, whatever they say. A chain without rules that nothing leads to is only noted: tools leave such chains behind.',
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
