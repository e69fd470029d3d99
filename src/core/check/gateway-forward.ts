// What comes in: the ports and addresses that a gateway publishes.
import type { Braces } from '../syntax/term.ts';
import { type Draft, draft, familyTest, ofKind, type Sides, setOf } from './gateway-draft.ts';
import type { GatewayLine } from './gateway-line.ts';
import { shiftPorts } from './gateway-ports.ts';
import { spreadTargets } from './gateway-targets.ts';

/** What comes to an address of the gateway, or to a public address of a host inside. */
export function destinationRules(lines: readonly GatewayLine[], sides: Sides): readonly Draft[] {
  const forwards = ofKind(lines, 'forward').flatMap((line) => forwardDrafts(line, sides));
  const maps = ofKind(lines, 'map').map((line) =>
    draft(line, 'iifname DEVICES daddr PUBLIC dnat to TARGET', {
      DEVICES: [devicesFor(line, sides)],
      PUBLIC: line.parts.get('map') ?? [],
      TARGET: line.parts.get('to') ?? [],
    }),
  );
  return [...forwards, ...maps];
}

/** With `hairpin` hosts inside reach the service at the public address too. */
function devicesFor({ parts }: GatewayLine, { insideDevices, outsideDevices }: Sides): Braces {
  if (!parts.has('hairpin')) return outsideDevices;
  return setOf([...outsideDevices.elements, ...insideDevices.elements], outsideDevices.span);
}

function forwardDrafts(line: GatewayLine, sides: Sides): readonly Draft[] {
  const [protocol, ...ports] = line.parts.get('forward') ?? [];
  const target = line.parts.get('to') ?? [];
  const { span } = line.line;
  const spread = spreadTargets(target, sides.names, span);
  const shift = shiftPorts(protocol?.kind === 'word' ? protocol.text : '', ports, target, span);
  const wrong = [spread, shift].find((one) => one.kind === 'wrong');
  if (wrong) {
    sides.names.report.complain('HK2065', wrong.message, { span });
    return [];
  }
  const isShifted = shift.kind === 'shifted';
  const given = {
    DEVICES: [devicesFor(line, sides)],
    NETS: [sides.insideNets],
    PROTOCOL: protocol ? [protocol] : [],
    PORTS: ports,
    TARGET: isShifted ? shift.target : spread.kind === 'spread' ? spread.target : target,
  };
  const notInside = line.parts.has('hairpin') ? 'daddr != NETS ' : '';
  const condition = isShifted ? 'meta l4proto PROTOCOL' : 'PROTOCOL dport PORTS';
  const text = `iifname DEVICES ${familyTest(target, sides)}${notInside}fib daddr type local ${condition} dnat to TARGET`;
  return [draft(line, text, given)];
}
