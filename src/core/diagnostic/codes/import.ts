// Codes HK5xxx: rule sets that were read from other tools.
import { codes } from '../entry.ts';

/** Problems of importing. */
export const importCodes = codes({
  HK5001: {
    title: 'malformed rule set dump',
    severity: 'error',
    help: 'read the rule set again with the tool that it comes from',
    explanation: 'The text does not have the form that the tool it comes from prints.',
  },
  HK5002: {
    title: 'table without COMMIT',
    severity: 'error',
    help: 'the dump may have been cut off: make it again',
    explanation:
      'iptables-restore applies a table when it reads COMMIT and refuses a file that ends before. The dump was probably cut off.',
  },
  HK5003: {
    title: 'carriage returns',
    severity: 'error',
    help: 'convert the file, for example with `tr -d "\\r"`',
    explanation:
      'iptables-restore takes the carriage return of a Windows line end for a part of the last word and refuses the file. Convert it to plain line feeds.',
  },
  HK5004: {
    title: 'unknown iptables table',
    severity: 'error',
    help: 'the tables are raw, mangle, nat, filter and security',
    explanation: 'iptables has the tables raw, mangle, nat, filter and security.',
  },
  HK5005: {
    title: 'missing chain',
    severity: 'error',
    help: 'declare it with `:NAME - [0:0]`',
    explanation:
      'A rule stands in, or goes to, a chain that its table does not have. Jumps never leave their table.',
  },
  HK5006: {
    title: 'chains in a loop',
    severity: 'error',
    help: 'take out one of these jumps: a packet would never leave the loop',
    explanation:
      'A chain leads back to itself. The kernel refuses a table in which a packet could get into a loop.',
  },
  HK5007: {
    title: 'chain declared twice',
    severity: 'error',
    help: 'delete one of the two lines',
    explanation:
      'A chain is declared by one line that begins with a colon. A second line for the same chain would set its policy and counters again, and iptables-restore does not say which of them it means.',
  },
  HK5008: {
    title: 'line outside of a table',
    severity: 'error',
    help: 'put it between a line such as `*filter` and `COMMIT`',
    explanation: 'Chains and rules stand between a line such as `*filter` and `COMMIT`.',
  },
  HK5009: {
    title: 'malformed counters',
    severity: 'error',
    help: 'write it as `[PACKETS:BYTES]`, or leave it out',
    explanation:
      'Counters are two decimal numbers, packets and bytes, as in `[12:3456]`. They stand behind the policy of a chain, or before `-A` of a rule.',
  },
  HK5010: {
    title: 'malformed rule',
    severity: 'error',
    help: '`iptables-restore --test` says what it makes of the line',
    explanation:
      'iptables-restore would refuse this rule: an option is unknown, incomplete, misplaced or given twice.',
  },
  HK5011: {
    title: 'nothing to import',
    severity: 'error',
    explanation:
      'The dump contains no table. iptables-save prints those tables only that have been used since the start: it may have been run in another network namespace, or for the other of the two back ends of iptables.',
  },
  HK5012: {
    title: 'not a rule',
    severity: 'error',
    help: 'make the dump with iptables-save',
    explanation:
      'A dump adds rules with -A; -I, -N and -P are read as well. Other commands of iptables take away or depend on what is loaded already.',
  },
  HK5013: {
    title: 'text behind COMMIT',
    severity: 'error',
    help: 'delete what stands behind it',
    explanation:
      'iptables-restore takes COMMIT with anything behind it, even a blank, for a rule and refuses the file.',
  },
  HK5014: {
    title: 'invalid address in a rule',
    severity: 'error',
    help: 'write the address in numbers',
    explanation:
      'The address can not be read. iptables would take a name for a host and ask DNS; hookline never does.',
  },
  HK5015: {
    title: 'not understood, kept word for word',
    severity: 'warning',
    explanation:
      'Hookline does not know this module or target, or not with these options. It stays in the rule and is written again as it is, but traces and proofs can only say that they do not know what it does.',
  },
  HK5016: {
    title: 'value that iptables refuses',
    severity: 'error',
    explanation:
      'A module or target of this rule was given words that iptables-restore refuses: a number out of range, an unknown name, options that exclude each other or one that is missing.',
  },
  HK5017: {
    title: 'table that replaces an earlier one',
    severity: 'warning',
    help: 'join the two, unless the first is meant to be lost',
    explanation:
      'The dump has the same table twice. iptables-restore empties a table before it reads it, so only the last one counts.',
  },
  HK5018: {
    title: 'comment whose quote is not closed',
    severity: 'warning',
    help: 'close the quote; in iptables a backslash before it would make it a part of the text',
    explanation:
      'iptables-restore takes everything up to the end of the line into the comment, targets as well, and the line end itself. Hookline leaves the line end out: iptables-save would print it as it is, and what it prints could not be loaded again.',
  },
  HK5020: {
    title: 'text that no policy can hold',
    severity: 'error',
    help: 'take the character out of the rule set first',
    explanation:
      'A string of the language holds printable characters only, so that nothing in it can break out of its place in any output. A name or a comment of this rule set has another one.',
  },
  HK5021: {
    title: 'kept word for word',
    severity: 'warning',
    help: 'a trace calls it unknown, and only the tool that it comes from can load it again',
    explanation:
      'What hookline does not understand of a rule set is kept in the words of the tool that it comes from.',
  },
  HK5022: {
    title: 'set of ipset that stays as it is',
    severity: 'warning',
    help: 'a trace calls what looks into it unknown, and only ipset can load it again',
    explanation:
      'No set of a policy says all that this one does: it lists other sets, holds exceptions, hardware addresses or marks for packets, rules change it, or they look into it without saying which protocol its ports are of. It is kept word for word.',
  },
  HK5501: {
    title: 'malformed JSON',
    severity: 'error',
    help: 'read it again as a whole: `nft -j list ruleset`',
    explanation:
      'The text is not valid JSON (RFC 8259), often because it was cut off. Nothing of it is imported, because a missing rule would change what the rest means.',
  },
  HK5502: {
    title: 'not an nft rule set',
    severity: 'error',
    help: 'make it with `nft -j list ruleset`',
    explanation:
      'The JSON does not have the form of `nft -j list ruleset`: an object whose key `nftables` holds a list of tables, chains, sets and rules, each as libnftables-json(5) describes it.',
  },
  HK5503: {
    title: 'unknown version of the nft JSON schema',
    severity: 'error',
    help: 'make it with a version of nft whose schema is 1',
    explanation:
      'The `metainfo` of the dump names another schema version than 1, the only one that there is. nft itself refuses it too.',
  },
  HK5504: {
    title: 'command that does not state a rule set',
    severity: 'error',
    help: 'make it with `nft -j list ruleset`',
    explanation:
      'A rule set is imported from what it consists of: listed objects or `add` and `create` commands, after `delete` of a table or `flush` of the rule set where needed. What other commands mean depends on what is already loaded.',
  },
  HK5505: {
    title: 'two objects of the same name',
    severity: 'error',
    help: 'import one dump at a time',
    explanation:
      'A family has one table of a name, and a table one chain and one set of a name. `nft -j list ruleset` never prints two; the text was put together from several dumps.',
  },
  HK5506: {
    title: 'reference to something that is missing',
    severity: 'error',
    help: 'import the whole of `nft -j list ruleset`',
    explanation:
      'The object stands in a table or chain, or jumps to a chain, that the dump does not contain. It was cut, or listed with a filter.',
  },
  HK5507: {
    title: 'priority that is not a number',
    severity: 'error',
    help: 'write the number, for example 0 for `filter`',
    explanation:
      'nft takes only a number for `prio` in JSON. With a string it makes a chain that is not attached to any hook, and says nothing.',
  },
  HK5508: {
    title: 'kept without being understood',
    severity: 'note',
    explanation:
      'The dump holds something that hookline does not know. It is kept and emitted again to nft word for word; traces and analysis call it unknown.',
  },
  HK5601: {
    title: 'malformed nft text',
    severity: 'error',
    explanation:
      'The text does not follow the grammar of nft (nft(8)). A statement ends at the end of its line or at a semicolon; reading goes on behind it, so that one run reports all problems.',
  },
  HK5602: {
    title: 'nft text nested too deeply',
    severity: 'error',
    explanation:
      'Braces and parentheses may stand in each other 64 levels deep. No rule set needs that many.',
  },
  HK5603: {
    title: 'undefined variable in nft text',
    severity: 'error',
    explanation:
      'A variable is defined with `define name = value` before its first use, in the same block or in one around it.',
  },
  HK5604: {
    title: 'not a valid value in nft text',
    severity: 'error',
    explanation:
      'The constant is none of the type of what it is compared with or assigned to, or it is too large for it. nft refuses it too.',
  },
  HK5605: {
    title: 'contradiction in a rule of nft text',
    severity: 'error',
    explanation:
      'No packet could ever match: the rule asks for fields of two protocols that exclude each other, or for a protocol that its table never sees. nft refuses it too.',
  },
  HK5606: {
    title: 'reference to something that nft text does not have',
    severity: 'error',
    explanation:
      'The rule names a set, map or object, or the command a table or chain, that is not declared before it in the text.',
  },
  HK5607: {
    title: 'command that does not state a rule set',
    severity: 'error',
    explanation:
      'The command asks about, or refers to, what the kernel has loaded: `list`, `monitor`, `reset`, a rule by its handle. A text that is imported has to say everything itself.',
  },
  HK5608: {
    title: 'include in nft text',
    severity: 'error',
    explanation:
      'The text includes another file, which can not be read or includes itself. Paths that begin with `/`, `./` or `../` are taken from the working directory, others are looked for in the folders of `-I`; then beside the file that includes them.',
  },
  HK5609: {
    title: 'declared twice in nft text',
    severity: 'error',
    explanation:
      'Two sets, objects or flowtables of one table have the same name, or `create` names what is there.',
  },
});
