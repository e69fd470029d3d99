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
