import { expect, test } from 'vitest';
import { renderDiagnostics } from '../../../src/core/diagnostic/render.ts';
import { parseFiles } from '../../../src/core/syntax/parse-files.ts';
import type { Include } from '../../../src/core/text/include.ts';

/** A folder of files; `*` names all of them. */
function folder(files: Readonly<Record<string, string>>): Include {
  return (path) => {
    const names = path === '*' ? Object.keys(files) : [path];
    const sources = names.flatMap((name) => ({ name, text: files[name] ?? '' }));
    return names.every((name) => name in files) ? { sources } : { problem: `there is no file \`${path}\`` };
  };
}

function read(files: Readonly<Record<string, string>>) {
  const { file, diagnostics } = parseFiles({ name: 'main', text: files['main'] ?? '' }, folder(files));
  const names = file.items.map((item) => ('name' in item ? item.name.text : item.kind));
  return { names, printed: renderDiagnostics(diagnostics, { color: false }) };
}

test('what a file holds stands where it is included', () => {
  const files = { main: 'let a = 1\ninclude "b"\nlet d = 4\n', b: 'let b = 2\ninclude "c"', c: 'let c = 3' };
  expect(read(files)).toEqual({ names: ['a', 'b', 'c', 'd'], printed: '' });
});

test('a file is read once, however many include it', () => {
  const files = {
    main: 'include "b"\ninclude "c"\ninclude "b"',
    b: 'include "c"\nlet b = 1',
    c: 'let c = 2',
  };
  expect(read(files)).toEqual({ names: ['c', 'b'], printed: '' });
});

test('files that include each other are shown as a path', () => {
  const { names, printed } = read({ main: 'include "b"', b: 'let b = 1\ninclude "c"', c: 'include "b"' });
  expect(names).toEqual(['b']);
  expect(printed).toContain('error[HK2067]: the files include each other: b → c → b');
});

test('a file that includes all of its folder includes itself', () => {
  expect(read({ main: 'include "*"', b: 'let b = 1' }).printed).toContain('main → main');
});

test('mistakes of an included file have its name', () => {
  expect(read({ main: 'include "b"\ninclude "c"', b: 'tabel x { }' }).printed).toMatch(
    /HK1001.*\n --> b:1:1[\s\S]*HK2066.*`c`\n --> main:2:1/,
  );
});
