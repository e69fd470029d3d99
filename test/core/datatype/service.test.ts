// The embedded table of service names.
import { expect, test } from 'vitest';
import { serviceNames, servicePort } from '../../../src/core/datatype/service.ts';

test.each([
  ['ssh', 22],
  ['domain', 53],
  ['https', 443],
  ['smtp', 25],
  ['imaps', 993],
  ['wireguard', 51820],
])('%s is port %i', (name, port) => {
  expect(servicePort(name)).toBe(port);
});

test('one name may mean another port for each protocol', () => {
  expect(servicePort('syslog', 'udp')).toBe(514);
  expect(servicePort('syslog', 'tcp')).toBeUndefined();
  expect(servicePort('http', 'tcp')).toBe(80);
});

test('unknown names, and names of objects, are no services', () => {
  expect(servicePort('sssh')).toBeUndefined();
  expect(servicePort('constructor')).toBeUndefined();
});

test('every entry was read', () => {
  expect(serviceNames.length).toBeGreaterThan(190);
  for (const name of serviceNames) {
    expect(name).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$|^z3950$|^x11/);
    expect(servicePort(name)).toSatisfy((port) => Number.isInteger(port) && port > 0 && port < 65536);
  }
});
