// What leaves by a gateway: the addresses that it gets.
import { blockDrafts } from './gateway-blocks.ts';
import { type Draft, draft, elementsOf, familyTest, ofKind, type Sides, setOf } from './gateway-draft.ts';
import type { GatewayLine } from './gateway-line.ts';
import { prefixDrafts } from './gateway-prefix.ts';

/** What leaves, from the exceptions to the rule. */
export function sourceRules(lines: readonly GatewayLine[], sides: Sides): readonly Draft[] {
  const excluded = ofKind(lines, 'exclude').map((line) =>
    draft(line, 'daddr NETS return', { NETS: line.parts.get('exclude') ?? [] }),
  );
  const maps = ofKind(lines, 'map').map((line) =>
    draft(line, 'oifname DEVICES saddr PRIVATE snat to PUBLIC', {
      DEVICES: [sides.outsideDevices],
      PRIVATE: line.parts.get('to') ?? [],
      PUBLIC: line.parts.get('map') ?? [],
    }),
  );
  const hairpin = lines.find(({ parts }) => parts.has('hairpin'));
  const hairpins = hairpin
    ? [
        draft(hairpin, 'oifname DEVICES saddr NETS ct status dnat masquerade', {
          DEVICES: [sides.insideDevices],
          NETS: [sides.insideNets],
        }),
      ]
    : [];
  const outsides = ofKind(lines, 'outside').flatMap((line) => outsideDrafts(line, sides));
  return [...excluded, ...maps, ...hairpins, ...outsides];
}

/** IPv6 is translated where that is asked for; ports are for protocols that have some, the others go without. */
function outsideDrafts(line: GatewayLine, sides: Sides): readonly Draft[] {
  const { parts } = line;
  const devices = { DEVICES: [setOf(elementsOf(line, 'outside'), line.line.span)] };
  const six = prefixDrafts(line, sides, devices);
  if (parts.has('blocks')) return [...six, ...blockDrafts(line, sides, devices)];
  const pooled = familyTest(parts.get('to') ?? [], sides);
  const families = parts.has('snat') ? pooled : parts.has('nat66') ? '' : 'meta nfproto ipv4 ';
  const given = {
    ...devices,
    NETS: [sides.insideNets],
    POOL: parts.get('to') ?? [],
    PORTS: parts.get('ports') ?? [],
  };
  const flags = ['persistent', 'random', 'fully-random'].filter((flag) => parts.has(flag)).join(',');
  const condition = `oifname DEVICES ${families}saddr NETS`;
  const target = parts.has('masquerade') ? 'masquerade' : parts.has('snat') ? 'snat to POOL' : undefined;
  if (target === undefined) return six;
  if (!parts.has('ports')) return [...six, draft(line, `${condition} ${target} ${flags}`, given)];
  const ports = parts.has('masquerade') ? 'masquerade to :PORTS' : 'snat to POOL:PORTS';
  return [
    ...six,
    draft(line, `${condition} meta l4proto { tcp, udp } ${ports} ${flags}`, given),
    draft(line, `${condition} ${target} ${flags}`, given),
  ];
}
