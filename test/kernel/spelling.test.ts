// The tools take every spelling of fixtures/match and fixtures/statement, and list it again word for word.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emitNftText } from '../../src/core/nft/emit-text.ts';
import { parseNftables } from '../../src/core/nft/json.ts';
import type { Iptables } from '../../src/host/trace/counters.ts';
import { tableOf } from '../support/spelling.ts';
import { isReason, type SpellingFixture, spellingFixtures, textsOf } from '../support/spelling-fixture.ts';
import { loadIptables, loadNft, loadNftJson } from './support/load.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const fixtures = [...spellingFixtures('match'), ...spellingFixtures('statement')];

/** Types of the sets that fixtures declare: nft's name, and what holds such a set in ipset. */
const setTypes: Readonly<Record<string, { nft: string | readonly string[]; ipset: readonly string[] }>> = {
  ipv4_addr: { nft: 'ipv4_addr', ipset: ['hash:net', 'family', 'inet'] },
  ipv6_addr: { nft: 'ipv6_addr', ipset: ['hash:net', 'family', 'inet6'] },
  port: { nft: 'inet_service', ipset: ['bitmap:port', 'range', '0-65535'] },
  interface: { nft: 'ifname', ipset: [] },
  'ipv4_addr . inet_service': {
    nft: ['ipv4_addr', 'inet_service'],
    ipset: ['hash:net,port', 'family', 'inet'],
  },
};

function nftTypes(text: string): string | readonly string[] {
  const names = text.split(' . ').map((name) => String(setTypes[name]?.nft ?? name));
  return names.length > 1 ? names : (names[0] ?? '');
}

function setsOf({ sets }: SpellingFixture) {
  return sets.map((line) => {
    const [, name = '', types = '', timeout] =
      /^(?:set|map) (\S+) : ([^=]*?[^=\s])( timeout)?(?: =.*)?$/.exec(line) ?? [];
    const [type = '', data] = types.split(' -> ');
    const map = data && nftTypes(data);
    return {
      name,
      ...(timeout !== undefined && { flags: ['timeout'] }),
      ...(map && { map }),
      ...(setTypes[type] ?? { nft: type.split(' . '), ipset: [] }),
    };
  });
}

const isTcp = { match: { op: '==', left: { meta: { key: 'l4proto' } }, right: 'tcp' } };

/** A rule of one part, which may be several statements; ports are translated only behind a test of the protocol. */
function ruleOf(json: string, place: object, needsTcp: boolean): object {
  const statement: unknown = JSON.parse(json);
  if (json.startsWith('{"comment"')) return { add: { rule: { ...place, expr: [], ...Object(statement) } } };
  const statements: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  return { add: { rule: { ...place, expr: needsTcp ? [isTcp, ...statements] : statements } } };
}

/** The rules that the cases become, and what nft is expected to list, as JSON. */
function jsonRules({ cases }: SpellingFixture, ...names: readonly string[]): readonly string[] {
  return cases.flatMap((one) => {
    if (isReason(textsOf(one, 'nft-json')[0] ?? '')) return [];
    const [json = ''] = names.flatMap((name) => textsOf(one, name));
    if (!json.startsWith('any of ')) return [json];
    const alternatives: readonly unknown[] = JSON.parse(json.slice('any of '.length));
    return alternatives.map((statements) => JSON.stringify(statements));
  });
}

async function listNft(namespace: Namespace, fixture: SpellingFixture): Promise<readonly unknown[]> {
  const isNat = fixture.table === 'nat';
  const table = { family: fixture.family, table: 't' };
  const type = { type: isNat ? 'nat' : 'filter', hook: fixture.chain.toLowerCase(), prio: 0 };
  const rules = jsonRules(fixture, 'nft-json').map((json) =>
    ruleOf(json, { ...table, chain: 'c' }, fixture.isTcp),
  );
  const whole = { table: { family: fixture.family, name: 't' } };
  const commands = [
    ...(fixture.objects.length > 0 ? [] : [{ add: whole }, { delete: whole }, { add: whole }]),
    { add: { chain: { ...table, name: 'other' } } },
    { add: { chain: { ...table, name: 'c', ...type } } },
    ...setsOf(fixture).map(({ nft, ...one }) => ({
      add: { [one.map ? 'map' : 'set']: { ...table, ...one, type: nft } },
    })),
    ...rules,
  ];
  if (fixture.objects.length > 0) await loadNft(namespace, objectsText(fixture));
  await loadNftJson(namespace, JSON.stringify({ nftables: commands }));
  const listed: unknown = JSON.parse(
    await namespace.run('nft', ['-j', 'list', 'chain', fixture.family, 't', 'c']),
  );
  return rulesIn(listed).map(({ expr = [], comment }) => {
    const parts = fixture.isTcp ? expr.slice(1) : expr;
    if (comment !== undefined) return { comment };
    return parts.length === 1 ? parts[0] : parts;
  });
}

/** A table that has nothing but the objects; the JSON of nft does not take all of them. */
function objectsText(fixture: SpellingFixture): string {
  const { family, objects = [] } = tableOf(fixture, 'accept');
  const table = { family, name: 't', objects, chains: [], sets: [], opaque: [] };
  return emitNftText({ tables: [table] }).value ?? '';
}

function rulesIn(listed: unknown) {
  const parsed = parseNftables(listed);
  if (!parsed.success) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document.nftables.flatMap((item) => ('rule' in item ? [item.rule] : []));
}

function statementsOf(json: string): unknown {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** One namespace for all tests of a suite: each loads its table anew. */
function sharedNamespace(): () => Namespace {
  let namespace: Namespace | undefined;
  beforeAll(async () => {
    namespace = await createNamespace('spelling');
  });
  afterAll(() => namespace?.close());
  return () => {
    if (!namespace) throw new Error('there is no namespace yet');
    return namespace;
  };
}

describeKernel('nft lists what it was given', ['nft'], () => {
  const shared = sharedNamespace();
  const asked = fixtures.filter(({ lacks }) => !lacks.includes('nft'));
  test.each(asked.map((fixture) => [fixture.path.replace(/.*fixtures./, ''), fixture] as const))(
    '%s',
    async (_name, fixture) => {
      const expected = jsonRules(fixture, 'nft-lists', 'nft-json').map(statementsOf);
      expect(await listNft(shared(), fixture)).toEqual(expected);
    },
  );
});

function linesOf({ cases }: SpellingFixture, name: string, family: 'ip' | 'ip6'): readonly string[] {
  return cases.flatMap((one) => {
    const lists = textsOf(one, name, family);
    const lines = lists.length > 0 ? lists : textsOf(one, 'iptables-save', family);
    return lines
      .map((line) => line.replace(/^none of /, ''))
      .filter((line) => line !== '' && !isReason(line));
  });
}

async function saveIptables(
  namespace: Namespace,
  tool: Iptables,
  fixture: SpellingFixture,
  lines: readonly string[],
): Promise<readonly string[]> {
  const { table, chain } = fixture;
  for (const { name, ipset } of setsOf(fixture))
    if (ipset.length > 0) await namespace.run('ipset', ['create', '-exist', name, ...ipset]);
  const rules = lines.map((line) => `-A ${chain} ${line}`);
  const input = [`*${table}`, `:${chain} ACCEPT [0:0]`, ':other - [0:0]', ...rules, 'COMMIT', ''].join('\n');
  await loadIptables(namespace, tool, input);
  const saved = await namespace.run(`${tool}-save`, ['-t', table]);
  return saved
    .split('\n')
    .filter((line) => line.startsWith(`-A ${chain}`))
    .map((line) => line.slice(`-A ${chain} `.length));
}

const tools = [
  ['iptables-legacy', 'ip'],
  ['ip6tables-legacy', 'ip6'],
  ['iptables-nft', 'ip'],
  ['ip6tables-nft', 'ip6'],
] as const;

describeKernel(
  'iptables saves what it was given',
  ['iptables', 'ipset', ...tools.map(([tool]) => tool)],
  () => {
    const shared = sharedNamespace();
    const cases = fixtures.flatMap((fixture) =>
      tools
        .filter(([tool]) => !fixture.lacks.includes(tool))
        .filter(([, family]) => linesOf(fixture, 'iptables-save', family).length > 0)
        .map(([tool, family]) => [tool, fixture.path.replace(/.*fixtures./, ''), family, fixture] as const),
    );
    test.each(cases)('%s: %s', async (tool, _name, family, fixture) => {
      const lines = linesOf(fixture, 'iptables-save', family);
      const saved = await saveIptables(shared(), tool, fixture, lines);
      expect(saved).toEqual(linesOf(fixture, 'iptables-lists', family));
    });
  },
);
