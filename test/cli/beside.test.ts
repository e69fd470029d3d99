// `trace --with`: several dumps of one machine.
import { expect, test } from 'vitest';
import { folderWith, hookline } from './support/hookline.ts';

const files = {
  'own.nft':
    'table inet own {\n\tchain forward {\n\t\ttype filter hook forward priority mangle; policy accept;\n\t\tmeta mark 0x1 drop\n\t}\n}\n',
  'legacy.save': '*mangle\n-A FORWARD -p udp --dport 53 -j MARK --set-mark 1\nCOMMIT\n',
};

function verdictOf(...words: readonly string[]): unknown {
  const packet = 'in a out b udp 10.0.0.1:5 -> 10.1.0.1:53';
  const { stdout } = hookline(['trace', ...words, '--json', packet], { cwd: folderWith(files) });
  return JSON.parse(stdout).verdict;
}

test('the answer depends where the order of loading decides', () => {
  expect(verdictOf('own.nft', '--with', 'legacy.save')).toBe('depends');
  expect(verdictOf('own.nft', '--with', 'legacy.save', '--in-order')).toBe('drop');
  expect(verdictOf('legacy.save', '--with', 'own.nft', '--in-order')).toBe('accept');
});

/** The hook forward as `nft list hooks` prints it, with the lines given. */
const listing = (...lines: readonly string[]) =>
  ['family ip {', '\thook forward {', ...lines.map((line) => `\t\t${line}`), '\t}', '}', ''].join('\n');

const own = '-0000000150 chain inet own forward [nf_tables]';
const legacy = '-0000000150 ipt_do_table [ip_tables]';

function listed(text: string, ...words: readonly string[]) {
  const cwd = folderWith({ ...files, hooks: text });
  const { stdout, stderr } = hookline(
    ['trace', ...words, '--hooks', 'hooks', '--json', 'in a out b udp 10.0.0.1:5 -> 10.1.0.1:53'],
    { cwd },
  );
  return {
    verdict: stdout === '' ? undefined : JSON.parse(stdout).verdict,
    problems: stderr.match(/HK\d{4}/g),
  };
}

test('a listing of the hooks tells the order', () => {
  const both = ['own.nft', '--with', 'legacy.save'];
  expect(listed(listing(legacy, own), ...both)).toEqual({ verdict: 'drop', problems: null });
  expect(listed(listing(own, legacy), ...both)).toEqual({ verdict: 'accept', problems: null });
  const older = '-0000000150 iptable_mangle_hook [iptable_mangle]';
  expect(listed(listing(older, own), ...both)).toEqual({ verdict: 'drop', problems: null });
});

test('a listing that does not fit the rules is told so', () => {
  const both = ['own.nft', '--with', 'legacy.save'];
  expect(listed(listing(own), ...both)).toEqual({ verdict: 'depends', problems: ['HK6067'] });
  const strange = ' 0000000000 chain inet other forward [nf_tables]';
  expect(listed(listing(legacy, own, strange), ...both)).toEqual({ verdict: 'drop', problems: ['HK6068'] });
  expect(listed('nothing of the kind\n', 'own.nft')).toEqual({ verdict: undefined, problems: ['HK6066'] });
});
