// The named sets that iptables rules refer to, as the text of `ipset restore` (ipset(8)).
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { extensionsOf, heldSet, problemOf } from './ipset-own.ts';
import { linesOfNamedSet } from './ipset-set.ts';
import { loadingSuffix, type PlacedSet, placeSets } from './set-names.ts';

/**
 * The sets of both families. Each is loaded beside the one in use and then swapped with it, so that rules see either
 * all of the old content or all of the new, and loading twice is loading once. For that a set must never change its
 * type: addresses are always `hash:net`, ports `bitmap:port`, several fields what `shapeOf` says, and `maxelem` is the
 * same for all but huge sets (the kernel
 * takes `create -exist` for the same set only if it was created alike; net/netfilter/ipset/ip_set_hash_gen.h:
 * mtype_same_set). What was read from ipset is written as `ipset save` prints it.
 */
export function emitIpset(ruleSet: RuleSet): Outcome<string> {
  const diagnostics: Diagnostic[] = [];
  const given = new Map<string, readonly string[]>();
  const own: PlacedSet[] = [];
  for (const placed of placeSets(ruleSet)) {
    const lines = linesOfNamedSet(placed.set, placed.name);
    if (lines) given.set(placed.name, lines);
    else own.push(placed);
  }
  const text = [
    ...own.flatMap((placed) => writeSet(placed, diagnostics)),
    ...[...given.values()].flat(),
    ...(ruleSet.ipset ?? []),
  ]
    .map((line) => `${line}\n`)
    .join('');
  return { value: hasErrors(diagnostics) ? undefined : text, diagnostics };
}

function writeSet({ set, name }: PlacedSet, diagnostics: Diagnostic[]): readonly string[] {
  const held = heldSet(set);
  const why = held ? problemOf(set) : 'it has no sets of this type';
  if (!held || why !== undefined) {
    const message = `ipset can't hold set \`${set.name}\` of type ${set.type}: ${why}`;
    const help = 'write its elements into the rules, or compile to nft';
    diagnostics.push(diagnostic('HK4004', message, { span: set.span, help }));
    return [];
  }
  const type = [held.type, ...extensionsOf(set)].join(' ');
  const next = name + loadingSuffix;
  return [
    `create ${name} ${type} -exist`,
    `create ${next} ${type} -exist`,
    `flush ${next}`,
    ...held.elements.map((element) => `add ${next} ${element}`),
    `swap ${next} ${name}`,
    `destroy ${next}`,
  ];
}
