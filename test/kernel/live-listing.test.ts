// `live`: the connections of this machine, as conntrack lists them, and as the kernel does where conntrack is missing.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, example, expectRefusal, type Ran } from '../cli/support/hookline.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { asNobody, describeKernel, userNamespaces } from './support/require.ts';

const connections = [
  '-p tcp -s 10.0.0.5 -d 198.51.100.7 --sport 1024 --dport 443 --state ESTABLISHED',
  '-p udp -s 10.0.0.6 -d 198.51.100.7 --sport 5000 --dport 53 -w 3',
  '-p icmpv6 -s 2001:db8::1 -d 2001:db8::2 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 7',
];

describeKernel('the connections of this machine', ['conntrack', 'setpriv', userNamespaces], () => {
  let space: Namespace;
  beforeAll(async () => {
    space = await createNamespace('live');
    for (const words of connections)
      await space.run('conntrack', ['-I', ...words.split(' '), '-t', '1000', '-u', 'SEEN_REPLY']);
  });
  afterAll(() => space.close());

  /** The words stand before those of the command, behind `env`. */
  function check(before: readonly string[]): Ran {
    const words = [...before, ...command, 'conntrack', 'check', example, 'live', '--json'];
    return spawnSync('ip', ['netns', 'exec', space.name, 'env', ...words], { encoding: 'utf8' });
  }

  test('are those that conntrack lists, of both families, and those that the kernel lists', () => {
    const [asked, read] = [check([]), check(['PATH='])].map(({ stdout }) =>
      stdout.split('\n').map(withoutLine),
    );
    expect(asked).toHaveLength(connections.length + 2);
    expect(read?.toSorted()).toEqual(asked?.toSorted());
  });

  test('are not told to everybody', () => {
    const refused = check(asNobody);
    expectRefusal(refused, 'HK0012');
    expect(refused.stderr).toContain('run it as root');
    expect(check([...asNobody, 'env', 'PATH=']).stderr).toContain('`conntrack` is not installed');
  });
});

/** An answer without what depends on the order, the form and the time of the listing. */
function withoutLine(answer: string): string {
  return answer.replace(/"line":\d+,"entry":"[^"]*",/, '').replace(/"quiet":\d+,|"byRule":.*/g, '');
}
