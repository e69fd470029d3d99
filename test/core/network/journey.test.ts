// Packets through several hosts: the worked examples of two offices, with exactly these numbers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Journey, journeys, type NetworkState, travelIn } from '../../../src/core/network/journey.ts';
import { networkOf } from '../../../src/core/network/network.ts';
import { formatPacket } from '../../../src/core/packet/format.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { hiddenSides } from '../../../src/core/translations/hidden-side.ts';
import { translatedEndText } from '../../../src/core/translations/translation.ts';
import { policyOf } from '../../support/policy.ts';

const example = join(import.meta.dirname, '../../../examples/two-gateways/network.hook');
const travel = travelIn(networkOf(policyOf(readFileSync(example, 'utf8'))));

function send(host: string, spec: string, state?: NetworkState): Journey {
  const { value } = parsePacketSpec({ name: 'packet', text: spec });
  if (!value) throw new Error(`no packet: ${spec}`);
  const [journey, ...others] = journeys(travel, host, value, state);
  if (!journey || others.length > 0) throw new Error('expected one way');
  return journey;
}

/** The packet as each host leaves it. */
function course({ hops }: Pick<Journey, 'hops'>): readonly string[] {
  return hops.map(({ host, way }) => {
    const { link: _link, ...packet } = way.packet;
    return `${host}: ${formatPacket(packet)}`;
  });
}

function translations({ state }: Journey): readonly string[] {
  return [...state].flatMap(([host, { connections }]) =>
    hiddenSides(connections.entries()).map(
      ({ family, original, modified, protocol }) =>
        `${host} ${translatedEndText(family, original)} ${translatedEndText(family, modified)} ${protocol}`,
    ),
  );
}

describe('two offices', () => {
  test('a connection of A to the published server of B, and its answer', () => {
    const journey = send('a', 'out tcp 192.168.1.2:56303 -> 200.200.200.1:443 syn');
    expect(course(journey)).toEqual([
      'a: tcp 192.168.1.2:56303 -> 200.200.200.1:443 syn',
      'gateway-a: tcp 100.100.100.1:56303 -> 200.200.200.1:443 syn ttl 63',
      'internet: tcp 100.100.100.1:56303 -> 200.200.200.1:443 syn ttl 62',
      'gateway-b: tcp 100.100.100.1:56303 -> 192.168.2.2:443 syn ttl 61',
      'b: tcp 100.100.100.1:56303 -> 192.168.2.2:443 syn ttl 61',
    ]);
    expect(journey.end).toEqual({ kind: 'delivered', host: 'b', device: 'eth0' });
    const [answer] = journey.answers;
    expect(answer && course(answer.journey)).toEqual([
      'b: tcp 192.168.2.2:443 -> 100.100.100.1:56303 syn,ack ack-seq 1',
      'gateway-b: tcp 200.200.200.1:443 -> 100.100.100.1:56303 syn,ack ack-seq 1 ttl 63',
      'internet: tcp 200.200.200.1:443 -> 100.100.100.1:56303 syn,ack ack-seq 1 ttl 62',
      'gateway-a: tcp 200.200.200.1:443 -> 192.168.1.2:56303 syn,ack ack-seq 1 ttl 61',
      'a: tcp 200.200.200.1:443 -> 192.168.1.2:56303 syn,ack ack-seq 1 ttl 61',
    ]);
    expect(translations(journey)).toEqual([
      'gateway-a 192.168.1.2:56303 100.100.100.1:56303 tcp',
      'gateway-b 192.168.2.2:443 200.200.200.1:443 tcp',
    ]);
  });

  test('two hosts ping one address at once with the same id: the second gets another one', () => {
    const first = send('a', 'out icmp 192.168.1.2 -> 8.8.8.8 echo-request id 7 seq 1');
    const second = send('a2', 'out icmp 192.168.1.3 -> 8.8.8.8 echo-request id 7 seq 1', first.state);
    expect(translations(second)).toEqual([
      'gateway-a 192.168.1.2:7 100.100.100.1:7 icmp',
      'gateway-a 192.168.1.3:7 100.100.100.1:0-65535 icmp',
    ]);
    const back = second.answers[0]?.journey;
    expect(back?.end).toEqual({ kind: 'delivered', host: 'a2', device: 'eth0' });
    expect(back && course(back).at(-1)).toBe('a2: icmp 8.8.8.8 -> 192.168.1.3 echo-reply id 7 seq 1 ttl 63');
    expect(second.assumptions).toHaveLength(1);
  });
});
