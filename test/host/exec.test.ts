import { expect, test } from 'vitest';
import { CommandError, outputOf, run, start } from '../../src/host/exec.ts';

const node = (script: string, ...args: string[]) => [process.execPath, ['-e', script, ...args]] as const;

async function failure(work: Promise<unknown>): Promise<CommandError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CommandError) return error;
  throw new Error(`expected a CommandError, got ${String(error)}`);
}

test('gives standard input and returns standard output as it is', async () => {
  const output = await run(...node('process.stdin.pipe(process.stdout)'), { input: 'one\n\ntwo\n' });
  expect(output).toBe('one\n\ntwo\n');
});

test('passes words without a shell', async () => {
  const output = await run(...node('console.log(process.argv[1])', '$(id); "x" *'));
  expect(output).toBe('$(id); "x" *\n');
});

test('tells a missing program', async () => {
  expect(await failure(run('no-such-program', ['-x']))).toMatchObject({
    kind: 'missing',
    program: 'no-such-program',
    args: ['-x'],
    message: '`no-such-program` is not installed',
  });
});

test('tells a refused one by what it says', async () => {
  const script = 'console.error("Error: Operation not permitted (you must be root)"); process.exit(1)';
  expect(await failure(run(...node(script)))).toMatchObject({ kind: 'permission', exitCode: 1 });
});

test('keeps the exit code and the first lines of standard error', async () => {
  const script = 'for (let i = 1; i < 99; i++) console.error("line " + i); process.exit(3)';
  const error = await failure(run(...node(script)));
  expect(error).toMatchObject({ kind: 'failure', exitCode: 3 });
  expect(error.stderr.split('\n')).toHaveLength(10);
  expect(error.message).toContain('failed with exit code 3: line 1\n');
});

test('ends a program that takes too long', async () => {
  const error = await failure(run(...node('setInterval(() => {}, 1000)'), { timeoutMs: 200 }));
  expect(error.kind).toBe('timeout');
});

test('hands out the lines of a running program and stops it', async () => {
  const script = 'console.log("a"); console.log("b"); setInterval(() => {}, 1000)';
  await using running = await start(...node(script));
  const seen: string[] = [];
  for await (const line of running.lines) {
    seen.push(line);
    if (line === 'b') await running.stop();
  }
  expect(seen).toEqual(['a', 'b']);
});

test('tells of a running program that fails by itself', async () => {
  await using running = await start(...node('console.error("oh"); process.exit(4)'));
  expect(await failure(running.lines[Symbol.asyncIterator]().next())).toMatchObject({
    exitCode: 4,
    stderr: 'oh',
  });
});

test('hands out what a program prints as it comes, whose failure comes last', async () => {
  const script =
    'process.stdout.write("x".repeat(3e6), () => { console.error("oh"); process.exitCode = 4; })';
  let size = 0;
  const reading = (async () => {
    for await (const part of outputOf(...node(script))) size += part.length;
  })();
  expect(await failure(reading)).toMatchObject({ exitCode: 4, stderr: 'oh' });
  expect(size).toBe(3e6);
});

test('waits with a program until somebody takes what it prints, and ends it if nobody does', async () => {
  const script = 'const more = () => process.stdout.write("x".repeat(1e6), more); more()';
  for await (const part of outputOf(...node(script))) {
    expect(part.length).toBeGreaterThan(0);
    break;
  }
});

test('tells that a program whose output is wanted is missing', async () => {
  const output = outputOf('no-such-program', []);
  expect(await failure(output.next())).toMatchObject({ kind: 'missing' });
});
