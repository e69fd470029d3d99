// The first next header of IPv6 is kept where an extension header hides the transport protocol from it.
import { expect, test } from 'vitest';
import { decodePacket } from '../../../src/core/packet/decode.ts';

function address(last: number): readonly number[] {
  return [...Array.from({ length: 15 }, () => 0), last];
}

/** UDP from ::1 to ::2 behind these headers. */
function ipv6(first: number, headers: readonly number[]): Uint8Array {
  const udp = [0, 1, 0, 2, 0, 8, 0, 0];
  const fixed = [0x60, 0, 0, 0, 0, headers.length + udp.length, first, 64];
  return Uint8Array.from([...fixed, ...address(1), ...address(2), ...headers, ...udp]);
}

test('the transport protocol itself is no extension header', () => {
  const { value } = decodePacket(ipv6(17, []));
  expect(value?.protocol).toBe(17);
  expect(value).not.toHaveProperty('nextHeader');
});

test('destination options stand before the transport protocol', () => {
  const { value } = decodePacket(ipv6(60, [17, 0, 1, 4, 0, 0, 0, 0]));
  expect(value).toMatchObject({ protocol: 17, nextHeader: 60 });
});
