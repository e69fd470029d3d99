// fixtures/target/options.txt is what iptables itself says.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TargetCase, targetCases } from '../support/target-fixture.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const places = new Map<string, TargetCase[]>();
for (const one of targetCases()) {
  const place = `${one.family === 'ip' ? 'iptables' : 'ip6tables'} -t ${one.table}`;
  places.set(place, [...(places.get(place) ?? []), one]);
}

/** Adds the rule, prints what was saved, and removes it again. */
function scriptOf(place: string, { chain, rule }: TargetCase): string {
  const [tool = '', ...table] = place.split(' ');
  const words = rule.replace(/"([^"]*)"/g, "'$1'");
  const legacy = `${tool}-legacy ${table.join(' ')}`;
  return `${legacy} -A ${chain} ${words} 2>/dev/null
    ${tool}-legacy-save ${table.join(' ')} | sed -n 's/^-A ${chain} /saved /p'
    ${legacy} -F ${chain}; echo end`;
}

describeKernel('iptables says of targets', ['iptables-legacy', 'ip6tables-legacy', 'ipset'], () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await createNamespace('targets');
    await namespace.run('ipset', ['create', 's4', 'hash:ip']);
    await namespace.run('ipset', ['create', 's6', 'hash:ip', 'family', 'inet6']);
  });
  afterAll(() => namespace.close());

  test.each([...places])('%s', async (place, cases) => {
    const script = cases.map((one) => scriptOf(place, one)).join('\n');
    const printed = await namespace.run('sh', ['-c', script]);
    const answers = printed.split('end\n').map((answer) => /^saved (.*)$/m.exec(answer)?.[1]);
    expect(answers.slice(0, -1)).toEqual(cases.map(({ saved }) => saved));
  });
});
