// The services that rules name: which ports of TCP and UDP they compare destinations with.
import type { Range } from '../datatype/range.ts';
import type { Field } from '../field/define.ts';
import { transportNext } from '../field/parts.ts';
import { tcpDport, udpDport } from '../field/transport.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { lookupsOf } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import type { Service } from './services.ts';

/** Each once, in the order of protocols and ports. */
export function namedServices({ tables }: RuleSet): readonly Service[] {
  const found = new Map<string, Service>();
  for (const table of tables) {
    const lookups = lookupsOf(table);
    const parts = table.chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.parts));
    for (const part of parts) {
      if (part.kind !== 'match') continue;
      for (const { field, values } of findMatch(part.key)?.distinguishes?.(part.args, lookups) ?? [])
        for (const value of values)
          for (const one of servicesAt(field, value)) found.set(nameOfService(one), one);
    }
  }
  return [...found.values()].toSorted(
    (one, other) =>
      one.protocol.localeCompare(other.protocol) ||
      Number(one.ports.lo - other.ports.lo || one.ports.hi - other.ports.hi),
  );
}

/** `tcp/22`, `udp/5000-5100`. */
export function nameOfService({ protocol, ports: { lo, hi } }: Service): string {
  return `${protocol}/${lo === hi ? lo : `${lo}-${hi}`}`;
}

/** Of what `nameOfService` writes; nothing for other texts. */
export function serviceNamed(text: string): Service | undefined {
  const [, protocol, first, last = first] = /^(tcp|udp)\/(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if ((protocol !== 'tcp' && protocol !== 'udp') || first === undefined || last === undefined)
    return undefined;
  const ports = { lo: BigInt(first), hi: BigInt(last) };
  return ports.lo <= ports.hi && ports.hi <= 0xffffn ? { protocol, ports } : undefined;
}

function servicesAt(field: Field, value: Range | string): readonly Service[] {
  const { symbol } = field;
  if (symbol?.kind !== 'part' || symbol.of !== transportNext || typeof value === 'string') return [];
  const protocols =
    field === tcpDport ? ['tcp' as const] : field === udpDport ? ['udp' as const] : (['tcp', 'udp'] as const);
  return protocols.map((protocol) => ({ protocol, ports: value }));
}
