// nft text as the objects that nft lists: declarations, commands, definitions, and what is wrong with a text.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importNftText } from '../../../../src/core/nft/text-import/import.ts';
import { nftTextToJson, readNftText } from '../../../../src/core/nft/text-import/read.ts';
import { textOf } from '../../../../src/core/text/source.ts';

/** The objects of a text, each `{ kind: body }`. */
function listed(text: string): readonly unknown[] {
  const { value, diagnostics } = readNftText({ name: 'rules.nft', text });
  expect(diagnostics).toEqual([]);
  return (value ?? []).map(({ kind, body }) => ({ [kind]: body }));
}

/** The statements of a rule in a table of a family. */
function statements(rule: string, family = 'inet'): unknown {
  const objects = listed(`table ${family} t {\n chain c {\n ${rule}\n }\n}\n`);
  return objects.at(-1);
}

/** The codes of all problems, with the text that each points at. */
function problems(text: string): readonly string[] {
  const { diagnostics } = readNftText({ name: 'rules.nft', text });
  return diagnostics.map(({ code, span }) => `${code} ${span ? textOf(span) : ''}`);
}

/** The only set of a table. */
function set(body: string): unknown {
  return listed(`table inet t { set s { ${body} }\n }\n`).at(-1);
}

/** The only chain of a table. */
function chain(head: string): unknown {
  return listed(`table bridge t { chain c { ${head}; }\n }\n`).at(-1);
}

/** A file that a text may include. */
function include(path: string) {
  return { sources: [{ name: path, text: 'add table t\nadd chain t c\n' }] };
}

const inside = { family: 'inet', table: 't' };

describe('declarations', () => {
  test('chains have their priority as a number and their policy', () => {
    expect(chain('type filter hook forward priority filter + 10; policy drop')).toEqual({
      chain: {
        family: 'bridge',
        table: 't',
        name: 'c',
        type: 'filter',
        hook: 'forward',
        prio: -190,
        policy: 'drop',
      },
    });
  });

  test('sets are sorted, intervals joined only where they may be', () => {
    const named = { family: 'inet', name: 's', table: 't' };
    expect(set('type ipv4_addr; elements = { 10.0.0.2, 10.0.0.1 comment "one" };')).toEqual({
      set: {
        ...named,
        type: 'ipv4_addr',
        elem: [{ elem: { val: '10.0.0.1', comment: 'one' } }, '10.0.0.2'],
      },
    });
    expect(set('type inet_service; flags interval; elements = { 10-19, 20-29 };')).toMatchObject({
      set: { elem: [{ range: [10, 19] }, { range: [20, 29] }] },
    });
    expect(set('type inet_service; flags interval; auto-merge; elements = { 10-19, 20-29 };')).toMatchObject({
      set: { elem: [{ range: [10, 29] }] },
    });
  });

  test('a type may be that of an expression', () => {
    const [, map] = listed('table inet t { map m { typeof ip saddr . tcp dport : ct mark; }\n }\n');
    expect(map).toEqual({
      map: { family: 'inet', name: 'm', table: 't', type: ['ipv4_addr', 'inet_service'], map: 'mark' },
    });
  });

  test('objects and flowtables', () => {
    expect(
      listed(`table inet t {
        quota q { over 25 mbytes }
        ct helper h { type "ftp" protocol tcp; }
        flowtable f { hook ingress priority filter; devices = { eth0, eth1 }; }
      }`).slice(1),
    ).toEqual([
      { quota: { ...inside, name: 'q', bytes: 26_214_400, used: 0, inv: true } },
      { 'ct helper': { ...inside, name: 'h', type: 'ftp', protocol: 'tcp', l3proto: 'inet' } },
      { flowtable: { ...inside, name: 'f', hook: 'ingress', prio: 0, dev: ['eth0', 'eth1'] } },
    ]);
  });
});

describe('commands', () => {
  test('add, insert, delete and flush', () => {
    const rules = listed(`
      add table inet t
      add chain inet t c
      add chain inet t gone
      add rule inet t c accept
      insert rule inet t c drop
      add rule inet t c index 0 counter
      delete chain inet t gone`).filter((object) => Object.hasOwn(Object(object), 'rule'));
    expect(rules.map((rule) => Object.keys(Object(rule).rule.expr[0])[0])).toEqual([
      'drop',
      'counter',
      'accept',
    ]);
    expect(listed('add table ip a\nadd table ip6 b\nflush ruleset ip\n')).toEqual([
      { table: { family: 'ip6', name: 'b' } },
    ]);
  });

  test('what refers to the kernel is refused', () => {
    expect(problems('reset counters\n')).toEqual(['HK5607 reset']);
    expect(problems('add table t\nlist ruleset\n')).toEqual([]);
    expect(problems('add table t\nadd chain t c\ndelete rule t c handle 5\n')).toEqual(['HK5607 rule']);
  });
});

describe('definitions and includes', () => {
  test('a variable holds a value, a set or a name', () => {
    const text = 'define ports = { 22, 80 }\ndefine wan = eth0\n';
    const rule = listed(
      `${text}table inet t {\n chain c {\n iifname $wan tcp dport { $ports, 443 }\n }\n}\n`,
    ).at(-1);
    expect(rule).toMatchObject({
      rule: {
        expr: [{ match: { right: 'eth0' } }, { match: { right: { set: [22, 80, 443] } } }],
      },
    });
  });

  test('an include stands for the texts that it names', () => {
    const source = { name: 'rules.nft', text: 'include "more.nft"\nadd rule t c accept\n' };
    expect(nftTextToJson(source, { include }).diagnostics).toEqual([]);
    expect(problems(source.text)[0]).toBe('HK5608 include "more.nft"');
  });
});

describe('rules', () => {
  test('what is only asked so that a header can be read is not listed', () => {
    expect(statements('meta l4proto tcp tcp dport 22')).toEqual({
      rule: {
        ...inside,
        chain: 'c',
        expr: [{ match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 22 } }],
      },
    });
  });

  test('neighbours in a header are listed in their order, and bounds as a range', () => {
    expect(statements('tcp dport 1 tcp sport 2')).toMatchObject({
      rule: { expr: [{ match: { right: 2 } }, { match: { right: 1 } }] },
    });
    expect(statements('tcp dport >= 10 tcp dport <= 20')).toMatchObject({
      rule: { expr: [{ match: { op: '==', right: { range: [10, 20] } } }] },
    });
  });

  test('a chain without a name is one', () => {
    expect(listed('table inet t {\n chain c {\n jump {\n accept\n }\n }\n}\n').slice(-2)).toMatchObject([
      { rule: { chain: 'c', expr: [{ jump: { target: '__chain0' } }] } },
      { rule: { chain: '__chain0', expr: [{ accept: null }] } },
    ]);
  });
});

describe('problems', () => {
  test('one run reports each of them where it stands', () => {
    const rules = [
      'tcp dport 70000',
      'ip saddr fe80::1',
      'accept',
      'udp dport',
      'ip saddr @none',
      'icmp type ecoh-reply',
    ];
    expect(problems(`table inet t {\n chain c {\n${rules.join('\n')}\n }\n}\n`).toSorted()).toEqual([
      'HK5601 \n',
      'HK5604 70000',
      'HK5604 ecoh-reply',
      'HK5604 fe80::1',
      'HK5606 @none',
    ]);
  });

  test('a network before a port, as nft lists it, is a range', () => {
    const [one, other] = ['203.0.113.4/30', '203.0.113.4-203.0.113.7'];
    for (const port of ['80', '65535', '1024-65535'])
      expect(statements(`meta l4proto tcp snat ip to ${one}:${port}`)).toEqual(
        statements(`meta l4proto tcp snat ip to ${other}:${port}`),
      );
    expect(problems('add rule t c snat ip to 203.0.113.4/x:80\n')).toEqual(['HK5601 /']);
  });

  test('rules have the handles that nft lists behind them', () => {
    expect(statements('tcp dport 22 accept # handle 7')).toMatchObject({ rule: { handle: 7 } });
    expect(statements('tcp dport 22 accept # handle of a door')).not.toHaveProperty('rule.handle');
  });

  test('contradictions, missing variables, doubles', () => {
    expect(problems('table ip t {\n chain c {\n ip6 saddr ::1\n }\n}\n')).toEqual(['HK5605 ip6 saddr']);
    expect(problems('add rule t c ip saddr $x\n')).toEqual(['HK5603 $x']);
    expect(problems('define a = 1\ndefine a = 2\n')).toEqual(['HK5609 a']);
    expect(problems(`add rule t c meta mark ${'('.repeat(100)}1\n`)).toEqual(['HK5602 (']);
  });

  test('no text throws', () => {
    const words = fc.constantFrom(
      ...'table inet t chain c { } ( ) ; \n ip saddr tcp dport 22 "x" $v @s map vmap set elements = , . : / - 1.2.3.4 ::1/64 add rule type filter hook priority define include limit rate reject with dnat to ct state new 0x1 & | != jump'.split(
        ' ',
      ),
    );
    const text = fc.oneof(
      fc.array(words, { maxLength: 60 }).map((some) => some.join(' ')),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    fc.assert(
      fc.property(text, (some) => {
        const { value, diagnostics } = importNftText({ name: 'any', text: some });
        expect(value === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
      }),
      { numRuns: 3000 },
    );
  });
});
