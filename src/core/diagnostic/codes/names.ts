// Codes HK2xxx of names: what a name means, where it is hidden, and who uses it.
import { codes } from '../entry.ts';

/** Problems with what a name means. */
export const nameCodes = codes({
  HK2003: {
    title: 'defined twice',
    severity: 'error',
    help: 'rename one of them, or write both as one',
    explanation:
      'Two definitions of the same kind and scope have the same name. Hookline does not join or replace them: rename one, or write both as one.',
  },
  HK2004: {
    title: 'constant defined by itself',
    severity: 'error',
    help: 'give one of them a value of its own',
    explanation: 'The value of a constant must not lead back to the constant, however long the way.',
  },
  HK2005: {
    title: 'definition hides another',
    severity: 'warning',
    help: 'rename it if both are needed',
    explanation:
      'A definition in a table, or a parameter of a `def`, has the name of one at the top level. Within the table or the `def` it is the one that counts. A constant or parameter also hides a port, state or other value of its name where such a value is wanted. Where a word of the language may follow as well as a value (`ip saddr set …`, `from zone …`), the word is meant; in braces it is the constant.',
  },
  HK2006: {
    title: 'unused constant',
    severity: 'warning',
    help: 'remove it, or use it',
    explanation: 'No rule uses this constant. Remove it, or look for the rule that was meant to use it.',
  },
  HK2007: {
    title: 'unused set',
    severity: 'warning',
    help: 'remove it, or use it',
    explanation:
      'No rule refers to this set, so it is not part of the compiled policy. Remove it, or look for the rule that was meant to use it.',
  },
  HK2008: {
    title: 'unknown set',
    severity: 'error',
    help: 'define it with `set NAME : TYPE = { … }`',
    explanation:
      'A `@name` refers to a set of the same table or of the top level; there is none of this name.',
  },
  HK2009: {
    title: 'unknown chain',
    severity: 'error',
    help: 'define it in this table with `chain NAME { … }`',
    explanation: 'A jump leads to a chain of the same table; there is none of this name.',
  },
  HK2013: {
    title: 'unreachable chain',
    severity: 'warning',
    explanation:
      'The chain hangs on no hook and no chain that a packet can reach jumps to it, so its rules never see a packet.',
  },
  HK2027: {
    title: 'name too long',
    severity: 'error',
    explanation: 'The kernel keeps at most 255 bytes of the name of a table, chain or set (NFT_NAME_MAXLEN).',
  },
  HK2028: {
    title: 'set name taken',
    severity: 'error',
    explanation:
      'Sets and maps of one table share their names, those of the top level that it uses among them. A set with addresses of both families becomes two sets, whose names end in `4` and `6`.',
  },
  HK2029: {
    title: 'unknown host',
    severity: 'error',
    explanation:
      'A test runs on a host that a `host` block declares; where there are several, `on` says which.',
  },
  HK2068: {
    title: 'unknown object',
    severity: 'error',
    help: 'declare it in the table of the rule, as in `counter web` or `ct helper ftp { type "ftp"; protocol tcp }`',
    explanation:
      'A rule or a map names a counter, quota, limit, helper, flowtable or the like, and its table has none of this kind and name. Objects of other tables are not seen.',
  },
  HK2069: {
    title: 'map that does not fit',
    severity: 'error',
    help: 'declare it in the table of the rule, as in `map ports : port -> verdict = { 22 : accept }`',
    explanation:
      'A rule looks something up in a map that its table does not have, or that has something else than the rule needs: verdicts for `vmap`, values of a field for `set`, names of objects for `counter name` and the like.',
  },
  HK2082: {
    title: 'unused map',
    severity: 'warning',
    explanation: 'No rule refers to the map, so no table has it.',
  },
});
