// Codes HK2xxx of rules: the words that they are made of, and what contradicts itself in one.
import { codes } from '../entry.ts';

/** Problems within one rule. */
export const ruleCodes = codes({
  HK2001: {
    title: 'unknown name',
    severity: 'error',
    help: 'a rule begins with a match such as `tcp dport 22` or a statement such as `accept`',
    explanation:
      'A rule begins with the key of a match or statement, and so does each of its parts; a line of a host or test block begins with a word of its own. This word is none of them.',
  },
  HK2023: {
    title: 'nothing after a verdict is reached',
    severity: 'error',
    help: 'put it before the verdict, or into a rule of its own',
    explanation:
      'A verdict ends its rule, so what stands behind it has no effect (nft refuses such a rule). Conditions and counters go before the verdict.',
  },
  HK2024: {
    title: 'left over',
    severity: 'error',
    explanation:
      'The match or statement before is complete, and what follows begins no other. Several values are written as a set: `{ 80, 443 }`.',
  },
  HK2025: {
    title: 'rule without effect',
    severity: 'warning',
    explanation:
      'The rule has conditions but no verdict and no other statement, so it changes nothing. Write `counter` if it should count.',
  },
  HK2026: {
    title: 'families exclude each other',
    severity: 'error',
    help: 'make it a rule of its own, or take the other family out',
    explanation:
      'The table, or an earlier match of the same rule, leaves packets of one IP version only, and this part of the rule is about the other. The rule could never match.',
  },
  HK2085: {
    title: 'protocols exclude each other',
    severity: 'error',
    help: 'make it a rule of its own for each protocol',
    explanation:
      'A packet has one transport protocol. An earlier match of the same rule leaves packets of one, and this match looks in the header of another, as in `tcp dport 22 udp dport 53`: the rule could never match, and nft refuses it. Several ports of both are two rules, `meta l4proto { tcp, udp } th dport 53`, or a `service`.',
  },
  HK2032: {
    title: 'ports without a protocol',
    severity: 'error',
    help: 'add `meta l4proto tcp`, or a match of a port, in front of it',
    explanation:
      'A translation to other ports is possible for protocols that have ports only. Neither iptables nor nft load a rule that names ports before it names such a protocol.',
  },
  HK2033: {
    title: 'a test of the family where there is one family',
    severity: 'error',
    help: 'leave it out, or write the rule in a table of family `inet`',
    explanation:
      'A table of family `ip` or `ip6` sees packets of one IP version only. nft refuses to test for the version there.',
  },
  HK2040: {
    title: 'malformed words of another tool',
    severity: 'error',
    help: 'write `iptables match "-m …"`, `iptables target "-j …"` or `nft { "…": … }`',
    explanation:
      'What hookline does not understand of a rule set is kept in the words of the tool that it comes from: `iptables match "…"` (or `statement`, or `target`, which may end the rule) before words of iptables, and `nft { … }` before a statement or an object in the JSON of nft. Only that tool can be given them, and a trace calls them unknown.',
  },
  HK2041: {
    title: 'rule for too many rules',
    severity: 'error',
    help: 'write the services that it is about as one, or several rules',
    explanation:
      'A service of several protocols makes of a rule one for each of them, and several such services in one rule make one for each combination. A rule stands for at most some hundred others.',
  },
  HK2080: {
    title: 'word of iptables',
    severity: 'error',
    help: 'write what the language calls it',
    explanation:
      'A rule uses the name that a match or a target has in iptables, and this language has another word for it. Words that only iptables has, like `recent` or `hashlimit`, keep their names.',
  },
});
