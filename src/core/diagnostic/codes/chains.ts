// Codes HK2xxx of tables and chains: where chains hang, and how they lead to each other.
import { codes } from '../entry.ts';

/** Problems with tables and chains. */
export const chainCodes = codes({
  HK2010: {
    title: 'jump to a base chain',
    severity: 'error',
    explanation:
      'Base chains are entered from their hook only; the kernel refuses a jump to one (EOPNOTSUPP). Move the common rules to a chain of their own and jump there from both.',
  },
  HK2011: {
    title: 'jump loop',
    severity: 'error',
    help: 'take out one of these jumps: a packet would never leave the loop',
    explanation:
      'The jumps lead back to where they began. The kernel refuses such a rule set (EMLINK from nft, ELOOP from iptables), since a packet would never leave it.',
  },
  HK2012: {
    title: 'jumps nested too deep',
    severity: 'error',
    help: 'jump there from a chain that is nearer to the base chain',
    explanation: 'The kernel follows at most 15 nested jumps below a base chain (NFT_JUMP_STACK_SIZE).',
  },
  HK2014: {
    title: 'unknown family',
    severity: 'error',
    explanation:
      'A table is of the family `ip` (IPv4, also where none is given), `ip6` or `inet` (both). The families `arp`, `bridge` and `netdev` are not compiled by this version.',
  },
  HK2015: {
    title: 'unknown hook',
    severity: 'error',
    explanation:
      'A base chain hangs on `prerouting`, `input`, `forward`, `output` or `postrouting`. The hooks `ingress` and `egress` are not compiled by this version.',
  },
  HK2016: {
    title: 'invalid priority',
    severity: 'error',
    help: 'for example `filter`, `mangle + 1` or `-150`',
    explanation:
      'A priority is a 32-bit number or one of `raw`, `mangle`, `dstnat`, `filter`, `security`, `srcnat`, with `+ n` or `- n` behind it where needed. As in nft, `dstnat` exists at prerouting only and `srcnat` at postrouting only: elsewhere, write the number. A chain of type nat needs a priority above -200, because it works on what conntrack has found.',
  },
  HK2017: {
    title: 'invalid chain type',
    severity: 'error',
    explanation:
      'A base chain is of type `filter` (any hook), `nat` (any hook but forward) or `route` (output only).',
  },
  HK2018: {
    title: 'incomplete base chain',
    severity: 'error',
    explanation:
      'A base chain says both its hook and its priority; a chain without a hook is entered by jumps only and has neither type, priority nor policy.',
  },
  HK2019: {
    title: 'no such built-in chain',
    severity: 'error',
    explanation:
      'In a table called `raw`, `mangle`, `nat`, `filter` or `security` the names PREROUTING, INPUT, FORWARD, OUTPUT and POSTROUTING mean the built-in chains of iptables, and not every table has all of them: raw has PREROUTING and OUTPUT, nat all but FORWARD, filter and security INPUT, FORWARD and OUTPUT.',
  },
  HK2020: {
    title: 'invalid policy',
    severity: 'error',
    explanation:
      'The policy of a base chain is what happens to packets that none of its rules ends: `accept` or `drop`. To refuse with an answer, end the chain with a rule `reject`.',
  },
  HK2021: {
    title: 'statement at the wrong hook',
    severity: 'error',
    help: 'move it to a chain that hangs on such a hook',
    explanation:
      'The kernel allows this statement only in chains that certain hooks reach; this chain is reached from another one too. Destinations are translated at prerouting and output, sources at postrouting and input.',
  },
  HK2022: {
    title: 'statement in a chain of the wrong type',
    severity: 'error',
    help: 'say `type nat` at the base chain, or move the rule to a chain of that type',
    explanation:
      'Translations stand in chains of type `nat` or in chains that only those reach; nothing that needs another type may be reached from there.',
  },
  HK2084: {
    title: 'rule that nothing reaches',
    severity: 'warning',
    help: 'move it up, or take it out',
    explanation:
      'A rule without conditions that accepts, drops, rejects or returns ends every packet; what stands behind it in the chain does nothing. In chains of up to 200 rules, a rule whose conditions an earlier one covers is found too.',
  },
});
