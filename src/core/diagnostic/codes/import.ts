// Codes HK5xxx: rule sets that were read from other tools.
import { codes } from '../entry.ts';

/** Problems of importing. */
export const importCodes = codes({
  HK5001: {
    title: 'malformed rule set dump',
    severity: 'error',
    explanation: 'The text does not have the form that the tool it comes from prints.',
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
