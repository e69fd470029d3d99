// The addresses and routes of fixtures/topology/addresses.txt are what the model says. UPDATE_FIXTURES=1 writes down what
// comes now.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type AddressCase,
  addressesAndRoutes,
  afterStep,
  bareHost,
  readAddressCases,
  withoutLoopback,
} from '../../support/address-fixture.ts';

const path = join(import.meta.dirname, '../../../fixtures/topology/addresses.txt');
const text = readFileSync(path, 'utf8');

function said({ sysctls, steps }: AddressCase): readonly string[] {
  const host = steps.reduce(afterStep, bareHost(sysctls, ['a0', 'b0']));
  return withoutLoopback(addressesAndRoutes(host));
}

const cases = readAddressCases(text);

test.each(cases)('$title', (one) => {
  if (process.env['UPDATE_FIXTURES'] !== '1') expect(said(one)).toEqual(one.expected);
});

if (process.env['UPDATE_FIXTURES'] === '1') {
  const [head = ''] = text.split(/^== /m);
  const blocks = cases.map((one) =>
    [
      `== ${one.title}`,
      ...one.sysctls.map(({ name, value }) => `sysctl ${name} ${value}`),
      ...one.steps,
      ...said(one).map((line) => `# ${line}`),
    ].join('\n'),
  );
  writeFileSync(path, `${head}${blocks.join('\n\n')}\n`);
}
