// The commands that our table is held to end on this machine's kernel as they do on it.
import { expect, test } from 'vitest';
import { lacksCases, type Result, readCases, scoreLines } from '../conformance/cases.ts';
import { type CommandCase, commandCase, replay, tableCarrier } from '../conformance/conntrack-commands.ts';
import { createNamespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const file = 'conntrack.jsonl';

/** One script for all of them: entries live for seconds, and a process for each command would take as long. */
function scriptOf(cases: readonly CommandCase[]): string {
  const lines = cases.flatMap((one, index) => [
    ...(one.file === cases[index - 1]?.file ? [] : ['conntrack -F 2>/dev/null', ': > "$given"']),
    scriptLine(one),
  ]);
  return ['given=$(mktemp)', ...lines, 'rm "$given"'].join('\n');
}

function scriptLine({ id, kind, argv, sed }: CommandCase): string {
  const text = argv.replace(/^conntrack /, '');
  const words = text.split(/\s+/).map(quoted).join(' ');
  if (kind === 'stdin-line') return `printf '%s\\n' ${quoted(text)} >> "$given"`;
  if (kind === 'producer') return `conntrack ${words} 2>/dev/null | sed ${quoted(sed ?? '')} >> "$given"`;
  const end = text.startsWith('-R') ? '; : > "$given"' : '';
  return `conntrack ${words} < "$given" > /dev/null 2>&1; echo ${quoted(id)} $?${end}`;
}

function quoted(word: string): string {
  return `'${word}'`;
}

/** What the script printed: how each command ended. */
function resultsOf(printed: string, cases: readonly CommandCase[]): readonly Result[] {
  const ends = new Map(printed.split('\n').map((line) => [line.split(' ')[0], line.split(' ')[1]]));
  return cases.flatMap(({ id, kind, argv, expect: expected }) => {
    if (kind !== 'cmd') return [];
    const found = ends.get(id) === '0' ? 'OK' : 'BAD';
    return { id, problem: found === expected ? undefined : `${found}: ${argv.replace(/^conntrack /, '')}` };
  });
}

describeKernel('commands of conntrack in their order', ['conntrack'], () => {
  test.skipIf(lacksCases(file))(`${file}: the kernel, and our table`, async () => {
    await using namespace = await createNamespace('replay');
    const cases = readCases(file, commandCase);
    const results = resultsOf(await namespace.run('sh', ['-c', scriptOf(cases)]), cases);
    console.log(scoreLines(`${file} on the kernel`, results).join('\n'));
    expect(results).toEqual(replay(cases, tableCarrier()));
  });
});
