// Whatever is answered, the policy that comes of it passes its own tests, and nothing else gets into it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backEndNames, compile } from '../../../src/core/compile.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import { runTests } from '../../../src/core/policy-test/run.ts';
import {
  readAddress,
  readForward,
  readInterface,
  readSubnet,
  readSubnet6,
  readWeight,
} from '../../../src/core/starter/answer.ts';
import { natGatewayPolicy } from '../../../src/core/starter/nat-gateway.ts';
import { formatPolicy } from '../../../src/core/syntax/format.ts';

function demand<T>(answer: { readonly value: T } | { readonly problem: string }): T {
  if ('value' in answer) return answer.value;
  throw new Error(answer.problem);
}

const interfaces = fc.constantFrom('lan0', 'br-lan', 'eth0.100', 'veth@1', 'policy', 'a');
const byte = fc.integer({ min: 1, max: 250 });
const ports = fc.uniqueArray(fc.integer({ min: 1, max: 6553 }), { maxLength: 4 });
const forward = fc.record({
  protocol: fc.constantFrom('tcp', 'udp'),
  width: fc.integer({ min: 0, max: 9 }),
  to: fc.option(fc.integer({ min: 1, max: 65535 })),
  host: fc.integer({ min: 2, max: 6 }),
});

/** `n` is of the network, and of the interface. */
function sideOf(device: string, [net, net6]: readonly [string, string], has6: boolean, prefix?: string) {
  return {
    device: demand(readInterface(device)),
    net: demand(readSubnet(net)),
    ...(has6 && { net6: demand(readSubnet6(net6)) }),
    ...(prefix !== undefined && { prefix: demand(readSubnet6(prefix)) }),
  };
}

test('every policy passes its own tests, in its layout', () => {
  const answers = fc.record({
    inside: interfaces,
    net: byte,
    length: fc.integer({ min: 24, max: 29 }),
    public: byte,
    insides: fc.integer({ min: 1, max: 3 }),
    outsides: fc.integer({ min: 1, max: 3 }),
    has6: fc.boolean(),
    hasPrefix: fc.boolean(),
    isKnown: fc.boolean(),
    ports,
    forwards: fc.array(forward, { minLength: 4, maxLength: 4 }),
  });
  fc.assert(
    fc.property(answers, (one) => {
      const forwards = one.ports.map((port, at) => {
        const { protocol, width, to, host } = one.forwards[at] ?? {
          protocol: 'tcp',
          width: 0,
          to: null,
          host: 2,
        };
        const range = width === 0 ? `${port * 10}` : `${port * 10}-${port * 10 + width}`;
        const target = width === 0 && to !== null ? `:${to}` : '';
        return demand(readForward(`${protocol}:${range}:10.${one.net}.0.${host}${target}`));
      });
      const insides = Array.from({ length: one.insides }, (_, at) => {
        const nets = [`10.${one.net}.${at}.0/${one.length}`, `2001:db8:1:${at}::/64`] as const;
        return sideOf(at === 0 ? one.inside : `in${at}`, nets, one.has6);
      });
      const outsides = Array.from({ length: one.outsides }, (_, at) => {
        const nets = [`198.51.${100 + at}.${one.public}/24`, `2001:db8:f${at}::1/64`] as const;
        const prefix = one.has6 && one.hasPrefix && one.insides === 1 ? `2001:db8:e${at}::/64` : undefined;
        const side = sideOf(`wan${at}`, nets, one.has6, prefix);
        const via = demand(readAddress(4)(`198.51.${100 + at}.252`));
        return one.isKnown ? { ...side, via, ...(one.outsides > 1 && { weight: at + 1 }) } : side;
      });
      const text = demand(natGatewayPolicy({ insides, outsides, forwards }));
      expect(text.includes('Nobody said')).toBe(!one.isKnown || one.has6);
      if (one.isKnown && one.outsides > 1) expect(text).toContain('weight 2');
      const laidOut = formatPolicy({ name: 'policy.hook', text }).value ?? '';
      expect(formatPolicy({ name: 'policy.hook', text: laidOut }).value).toBe(laidOut);
      const { value, diagnostics } = loadPolicy({ name: 'policy.hook', text: laidOut }, 'hook');
      expect(diagnostics).toEqual([]);
      for (const backEnd of backEndNames)
        expect(value && compile(value.ruleSet, backEnd).diagnostics.map(({ code }) => code)).toEqual([]);
      const results = value ? runTests(value) : [];
      expect(results.length).toBeGreaterThanOrEqual(one.insides + one.outsides * (1 + forwards.length));
      expect(results.flatMap(({ steps }) => steps.flatMap(({ failures }) => failures))).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test.each(['', 'lan 0', 'lan0"', 'a'.repeat(16), 'eth*', '..', 'lan0\n', 'a/b', '$(id)'])(
  'no interface: %j',
  (text) => {
    expect(readInterface(text)).toHaveProperty('problem');
  },
);

test.each([
  '',
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/7',
  '10.0.0/24',
  '::1/64',
  '10.0.0.0/24 }',
  '10.0.0.256/24',
])('no network: %j', (text) => {
  expect(readSubnet(text)).toHaveProperty('problem');
});

test.each(['', '0', '101', '-1', '1.5', '1 accept'])('no weight: %j', (text) => {
  expect(readWeight(text)).toHaveProperty('problem');
});

test.each(['', '10.0.0', '::1', '10.0.0.1/24', '10.0.0.1 }'])('no next hop: %j', (text) => {
  expect(readAddress(4)(text)).toHaveProperty('problem');
});

test.each([
  'tcp:80',
  'icmp:80:10.0.0.2',
  'tcp:0:10.0.0.2',
  'tcp:80:10.0.0.2:0',
  'tcp:90-80:10.0.0.2',
  'tcp:80-90:10.0.0.2:80',
  'tcp:80:10.0.0.2:80:90',
  'tcp:80:10.0.0.2 } drop',
  'tcp:65536:10.0.0.2',
])('no forward: %j', (text) => {
  expect(readForward(text)).toHaveProperty('problem');
});

test.each<[string, string, readonly string[]]>([
  ['wan0', '198.51.100.1/24', []],
  ['lan0', '10.0.0.77/16', []],
  ['lan0', '198.51.100.0/24', []],
  ['lan0', '198.51.100.1/24', ['tcp:80:10.9.0.2']],
  ['lan0', '198.51.100.1/24', ['tcp:80:10.0.0.1']],
  ['lan0', '198.51.100.1/24', ['tcp:80:10.0.0.2', 'tcp:70-90:10.0.0.3']],
])('answers that do not go together: inside %s, outside %s, %j', (inside, outsideNet, forwards) => {
  const answers = {
    insides: [{ device: inside, net: demand(readSubnet('10.0.0.0/24')) }],
    outsides: [{ device: 'wan0', net: demand(readSubnet(outsideNet)) }],
    forwards: forwards.map((one) => demand(readForward(one))),
  };
  expect(natGatewayPolicy(answers)).toHaveProperty('problem');
});

test.each([{ via: '198.51.101.1' }, { via: '198.51.100.1' }, { weight: 2 }])(
  'an outside that can not be: %j',
  ({ via, weight }) => {
    const outside = {
      device: 'wan0',
      net: demand(readSubnet('198.51.100.1/24')),
      ...(via !== undefined && { via: demand(readAddress(4)(via)) }),
      ...(weight !== undefined && { weight }),
    };
    const insides = [{ device: 'lan0', net: demand(readSubnet('10.0.0.0/24')) }];
    expect(natGatewayPolicy({ insides, outsides: [outside], forwards: [] })).toHaveProperty('problem');
  },
);
