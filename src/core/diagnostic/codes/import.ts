// Codes HK5xxx: rule sets that were read from other tools.
import { codes } from '../entry.ts';

/** Problems of importing. */
export const importCodes = codes({
  HK5001: {
    title: 'malformed rule set dump',
    severity: 'error',
    explanation: 'The text does not have the form that the tool it comes from prints.',
  },
  HK5002: {
    title: 'table without COMMIT',
    severity: 'error',
    explanation:
      'iptables-restore applies a table when it reads COMMIT and refuses a file that ends before. The dump was probably cut off.',
  },
  HK5003: {
    title: 'carriage returns',
    severity: 'error',
    explanation:
      'iptables-restore takes the carriage return of a Windows line end for a part of the last word and refuses the file. Convert it to plain line feeds.',
  },
  HK5004: {
    title: 'unknown iptables table',
    severity: 'error',
    explanation: 'iptables has the tables raw, mangle, nat, filter and security.',
  },
  HK5005: {
    title: 'missing chain',
    severity: 'error',
    explanation:
      'A rule stands in, or goes to, a chain that its table does not have. Jumps never leave their table.',
  },
  HK5006: {
    title: 'chains in a loop',
    severity: 'error',
    explanation:
      'A chain leads back to itself. The kernel refuses a table in which a packet could get into a loop.',
  },
  HK5007: {
    title: 'chain declared twice',
    severity: 'error',
    explanation: 'A chain is declared by one line that begins with a colon.',
  },
  HK5008: {
    title: 'line outside of a table',
    severity: 'error',
    explanation: 'Chains and rules stand between a line such as `*filter` and `COMMIT`.',
  },
  HK5009: {
    title: 'malformed counters',
    severity: 'error',
    explanation: 'Counters are two decimal numbers, packets and bytes.',
  },
  HK5010: {
    title: 'malformed rule',
    severity: 'error',
    explanation:
      'iptables-restore would refuse this rule: an option is unknown, incomplete, misplaced or given twice.',
  },
  HK5011: {
    title: 'nothing to import',
    severity: 'error',
    explanation: 'The dump contains no table.',
  },
  HK5012: {
    title: 'not a rule',
    severity: 'error',
    explanation:
      'A dump adds rules with -A. Other commands of iptables depend on what is loaded already and are not read.',
  },
  HK5013: {
    title: 'text behind COMMIT',
    severity: 'error',
    explanation:
      'iptables-restore takes COMMIT with anything behind it, even a blank, for a rule and refuses the file.',
  },
  HK5014: {
    title: 'invalid address in a rule',
    severity: 'error',
    explanation:
      'The address can not be read. iptables would take a name for a host and ask DNS; hookline never does.',
  },
  HK5015: {
    title: 'not understood, kept word for word',
    severity: 'warning',
    explanation:
      'Hookline does not know this module or target, or not with these options. It stays in the rule and is written again as it is, but traces and proofs can only say that they do not know what it does.',
  },
  HK5501: {
    title: 'malformed JSON',
    severity: 'error',
    explanation:
      'The text is not valid JSON (RFC 8259), often because it was cut off. Nothing of it is imported, because a missing rule would change what the rest means.',
  },
  HK5502: {
    title: 'not an nft rule set',
    severity: 'error',
    explanation:
      'The JSON does not have the form of `nft -j list ruleset`: an object whose key `nftables` holds a list of tables, chains, sets and rules, each as libnftables-json(5) describes it.',
  },
  HK5503: {
    title: 'unknown version of the nft JSON schema',
    severity: 'error',
    explanation:
      'The `metainfo` of the dump names another schema version than 1, the only one that there is. nft itself refuses it too.',
  },
  HK5504: {
    title: 'command that does not state a rule set',
    severity: 'error',
    explanation:
      'A rule set is imported from what it consists of: listed objects or `add` and `create` commands, after `delete` of a table or `flush` of the rule set where needed. What other commands mean depends on what is already loaded.',
  },
  HK5505: {
    title: 'two objects of the same name',
    severity: 'error',
    explanation:
      'A family has one table of a name, and a table one chain and one set of a name. `nft -j list ruleset` never prints two; the text was put together from several dumps.',
  },
  HK5506: {
    title: 'reference to something that is missing',
    severity: 'error',
    explanation:
      'The object stands in a table or chain, or jumps to a chain, that the dump does not contain. It was cut, or listed with a filter.',
  },
  HK5507: {
    title: 'priority that is not a number',
    severity: 'error',
    explanation:
      'nft takes only a number for `prio` in JSON. With a string it makes a chain that is not attached to any hook, and says nothing.',
  },
  HK5508: {
    title: 'kept without being understood',
    severity: 'note',
    explanation:
      'The dump holds something that hookline does not know. It is kept and emitted again to nft word for word; traces and analysis call it unknown.',
  },
});
