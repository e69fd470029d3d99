// Codes HK4xxx: what a back end cannot say.
import { codes } from '../entry.ts';

/** Problems of emitting a rule set. */
export const backEndCodes = codes({
  HK4001: {
    title: 'not expressible in this back end',
    severity: 'error',
    explanation:
      'The rule uses a match, statement or priority that the chosen back end has no equivalent for. Nothing is written, so that no condition is lost.',
  },
  HK4002: {
    title: 'not understood, so not translated',
    severity: 'error',
    explanation:
      'An import kept this word for word because hookline does not know what it means. Only the tool that it came from can say it again.',
  },
  HK4003: {
    title: 'chain without a place in iptables',
    severity: 'error',
    explanation:
      'iptables has five tables with fixed built-in chains, one for each hook and priority. A base chain at another hook, priority or of another type, a second one at the same place, or policy drop in the nat table can not be said there. Give the chain the hook, priority and type of a built-in chain, or compile to nft.',
  },
  HK4004: {
    title: 'set without an equivalent in ipset',
    severity: 'error',
    explanation:
      'Rules of iptables look up addresses, ports and some combinations of them in sets that ipset holds. Its elements have timeouts, counters and comments, but no limits or quotas.',
  },
  HK4006: {
    title: 'left out in iptables',
    severity: 'warning',
    explanation:
      'Counters, quotas, helpers and so on that stand in a table under a name, and comments of tables and chains, exist in nft only. No packet is treated otherwise without them; a rule that refers to one of them is an error by itself.',
  },
  HK4010: {
    title: 'compiled text that can not be read again',
    severity: 'error',
    help: 'compile to another back end, and report this: it is a fault of hookline',
    explanation:
      'Whatever is compiled is read again as its tool would read it, and held against the policy. This text can not be read, so the tool would refuse it or take it for something else. Nothing is written.',
  },
  HK4011: {
    title: 'compiled text that does something else',
    severity: 'error',
    help: 'compile to another back end, and report this: it is a fault of hookline',
    explanation:
      'Whatever is compiled is read again and proved to treat every packet as the policy does. For these rules the proof found packets that would be treated otherwise. Nothing is written.',
  },
  HK4012: {
    title: 'compiled, and not proved',
    severity: 'note',
    explanation:
      'What is compiled is read again and proved to treat every packet as the policy does. For these rules that could not be shown: what they ask or do is not known well enough to compare it, such as counters of several rules that stand for one. They are compiled all the same.',
  },
  HK4013: {
    title: 'left as it is, since not proved',
    severity: 'note',
    help: 'the chain is compiled rule by rule; `--no-proof` optimises it all the same',
    explanation:
      'Of each step by which rules become fewer it is checked that no packet notices it. Where that could not be shown, the chain keeps the rules of the policy. The rule that is shown is the first at which the check was not sure.',
  },
  HK4014: {
    title: 'rule that the tool does not take',
    severity: 'error',
    help: 'say before what the tool has to know, such as the protocol: `meta l4proto tcp`; or put the rule into a table of another family',
    explanation:
      'Whatever is compiled is read again as its tool would read it. The tool would refuse this rule as it stands: it asks for something that the packets of its table do not have, or of which the tool does not know enough. Nothing is written.',
  },
  HK4501: {
    title: 'not expressible in nft',
    severity: 'error',
    explanation:
      'The rule or set holds something that nft has no equivalent for, or that was imported from iptables without being understood, so that only iptables can say it again. Nothing is written, so that no condition is lost.',
  },
  HK4502: {
    title: 'name that nft does not take',
    severity: 'error',
    explanation:
      'Names of tables, chains and sets have at most 255 bytes. nft text takes only letters, digits, `_`, `.`, `/` and `-`, and has no way to quote a name; nft JSON takes any characters but control characters, yet what `nft list ruleset` then prints cannot be loaded again.',
  },
  HK4503: {
    title: 'comment that nft does not take',
    severity: 'error',
    explanation:
      'A comment has at most 128 bytes in nft text and 253 in nft JSON, and one rule has one comment. nft text has no way to write a quote or a control character in a string.',
  },
  HK4504: {
    title: 'reserved word as a name in nft text',
    severity: 'error',
    explanation:
      'nft text has about 150 words (`fwd`, `log`, `limit`, `map` …) that cannot be names of tables, chains or sets, and no way to quote them. nft JSON takes them.',
  },
  HK4505: {
    title: 'no nft text for it',
    severity: 'error',
    explanation:
      'Something that was imported from nft JSON word for word has no form in nft text that is known to mean the same. nft JSON takes it.',
  },
  HK4507: {
    title: 'not read from nft JSON',
    severity: 'error',
    help: 'emit nft text',
    explanation:
      'nft 1.0.6 does not read all of the JSON that it has: the flags of a table, several devices of a chain, the times of a `ct timeout`, objects `ct expectation` and `synproxy`, maps that lead to ranges or to several values at once, and statements that add to maps. It refuses some, and loads others as something else. Its text has all of that. Comments of tables and chains are lost, too; that is a warning.',
  },
  HK4508: {
    title: 'connections of bridged frames',
    severity: 'warning',
    help: 'filter in a table of family inet, or have the kernel module nf_conntrack_bridge on the machine',
    explanation:
      'A table of family bridge refers to connections. The kernel takes that only where it has the module nf_conntrack_bridge, and refuses the table otherwise. A trace does not follow the connections of frames: their conditions are unknown to it.',
  },
  HK4509: {
    title: 'left out when nft lists it',
    severity: 'warning',
    explanation:
      'nft loads the rule, and the kernel does what it says, but the text of `nft list ruleset` lacks a part of it. Loaded again, that text is refused or is another rule. `nft -j list ruleset` has all of it.',
  },
  HK4506: {
    title: 'base chain that nft does not take',
    severity: 'error',
    explanation:
      'A base chain at ingress or egress needs the device that it is attached to. `nft -j` of version 1.0.6 leaves the device out of its dumps, so it has to be added by hand.',
  },
});
