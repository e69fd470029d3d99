// Rules about interfaces that no host has which these rules are for.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import { inputInterface, outputInterface } from '../../../field/meta.ts';
import type { Rule, Table } from '../../../ir/ruleset.ts';
import { findSet } from '../../../ir/ruleset.ts';
import { interfaceMatches } from '../../../match/interface-pattern.ts';
import { findMatch } from '../../../match/registry.ts';
import type { Host } from '../../../topology/host.ts';
import type { Finding, LintSubject } from '../define.ts';
import { type Line, linesOf, nameOfLine, type PlacedChain, writtenChains } from '../place.ts';

export const missingInterface: Finding = {
  code: 'HK7113',
  name: 'missing-interface',
  *find({ ruleSet: { tables }, hosts }) {
    if (hosts.length === 0) return;
    for (const placed of writtenChains(tables))
      for (const line of linesOf(placed)) {
        const missing = missingNames(line, placed.table, hosts);
        if (missing.length > 0) yield lacking(missing, line, placed, hosts);
      }
  },
};

function lacking(missing: readonly string[], line: Line, placed: PlacedChain, hosts: LintSubject['hosts']) {
  const who = hosts.length === 1 ? `host \`${hosts[0]?.name}\` lacks` : 'no host has';
  const names = missing.map((name) => `\`${name}\``).join(', ');
  return diagnostic('HK7113', `${nameOfLine(line, placed)} names ${names}, which ${who}`, {
    span: line.span,
    ...(missing.every((name) => name.endsWith('*')) && { severity: 'note' }),
  });
}

/** The names of which a packet must have one, where no host has any of them. */
function missingNames({ rules }: Line, table: Table, hosts: readonly Host[]): readonly string[] {
  const wanted = rules.map((rule) => wantedNames(rule, table));
  const isThere = (name: string) =>
    hosts.some(({ interfaces }) => interfaces.some((one) => interfaceMatches(name, one.name)));
  const missing = wanted.map((lists) => lists.find((names) => names.length > 0 && !names.some(isThere)));
  return missing.every((names) => names !== undefined)
    ? [...new Set(missing.flatMap((names) => names ?? []))]
    : [];
}

/** For each condition on an interface, the names that it takes. */
function wantedNames({ parts }: Rule, table: Table): readonly (readonly string[])[] {
  return parts.flatMap((part) => {
    const wants = part.kind === 'match' ? findMatch(part.key)?.wants?.(part.args) : undefined;
    if (wants?.field !== inputInterface && wants?.field !== outputInterface) return [];
    const { value } = wants;
    const elements = value.kind === 'set' ? findSet(table, value.name)?.elements : value;
    return elements?.kind === 'names' ? [elements.names] : [];
  });
}
