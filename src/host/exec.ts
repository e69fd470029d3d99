// Runs other programs: no shell, one kind of error. execa is imported when first needed: most runs need none.
import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { z } from 'zod';

/** How a program is run. */
export interface RunOptions {
  /** The network namespace, by the name that `ip netns` knows; without it, the caller's own. */
  readonly namespace?: string | undefined;
  /** Words before the command that put it where the namespace is known; without them, it is known here. */
  readonly entry?: readonly string[] | undefined;
  /** Variables for its environment, beside those of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Standard input; without it the program reads an empty one. */
  readonly input?: string;
  /** After so many milliseconds the program is ended; without it, never. */
  readonly timeoutMs?: number;
  /** Open files that the program gets, from its descriptor 3 on. */
  readonly keep?: readonly number[] | undefined;
}

/** Where programs of the system are, whatever the environment of the caller says: nobody can put others in their place. */
export const trustedPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Why a program did not do its work. */
export type CommandFailure = 'missing' | 'permission' | 'timeout' | 'failure';

/** A program that could not be run or did not succeed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly kind: CommandFailure;
  readonly program: string;
  readonly args: readonly string[];
  /** Missing when the program did not start or was ended by a signal. */
  readonly exitCode: number | undefined;
  /** The first lines of its standard error. */
  readonly stderr: string;

  constructor(kind: CommandFailure, command: readonly [string, ...string[]], exitCode?: number, stderr = '') {
    const [program, ...args] = command;
    super(explain(kind, program, exitCode, stderr));
    this.kind = kind;
    this.program = program;
    this.args = args;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** A program that goes on running, such as a monitor. */
export interface Running extends AsyncDisposable {
  /** Its standard output, line by line, until it ends; a {@link CommandError} when it fails by itself. */
  readonly lines: AsyncIterable<string>;
  /** Its standard error, line by line, as it comes; whoever does not read it misses nothing of a {@link CommandError}. */
  readonly warnings: AsyncIterable<string>;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

/** Runs a program to its end and returns its standard output. Throws a {@link CommandError}. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { execa } = await import('execa');
  const [file, ...words] = place([program, ...args], options);
  const { input = '', timeoutMs = 0, keep = [] } = options;
  const env = { ...common.env, ...options.env };
  const kept = keep.map((fd) => createWriteStream('', { fd, autoClose: false }));
  const stdio = ['pipe', 'pipe', 'pipe', ...kept] as const;
  const result = await execa(file, words, { ...common, env, input, timeout: timeoutMs, stdio });
  if (result.failed) throw commandError([program, ...args], result);
  return result.stdout;
}

/**
 * Runs a program to its end while everything else of this process waits: where the process itself is in another network
 * namespace, nothing may happen in between. Throws a {@link CommandError}.
 */
export function runAndWait(program: string, args: readonly string[], input = ''): string {
  // Some programs open /dev/stdin by its name, which fails for the sockets that Node gives as pipes.
  const throughPipe = ['-c', 'cat | "$0" "$@"', program, ...args];
  const [file, words] = args.includes('/dev/stdin') ? ['sh', throughPipe] : [program, args];
  try {
    return execFileSync(file, words, {
      env: { ...process.env, ...common.env },
      input,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    throw commandError([program, ...args], synchronousFailure.parse(error));
  }
}

/** What Node throws. */
const synchronousFailure = z
  .object({
    code: z.string().optional(),
    status: z.number().nullish(),
    stderr: z.string().nullish(),
  })
  .transform(({ code, status, stderr }) => ({
    code,
    exitCode: status ?? undefined,
    timedOut: false,
    stderr: stderr ?? undefined,
  }));

/** Starts a program and returns at once. */
export async function start(
  program: string,
  args: readonly string[],
  options: Omit<RunOptions, 'timeoutMs'> = {},
): Promise<Running> {
  const { child } = await launch([program, ...args], options);
  let stopping = false;
  const stop = async () => {
    stopping = true;
    child.kill();
    await child;
  };
  async function* lines() {
    yield* child.iterable({ preserveNewlines: false });
    const result = await child;
    if (result.failed && !stopping) throw commandError([program, ...args], result);
  }
  async function* warnings() {
    yield* child.iterable({ from: 'stderr', preserveNewlines: false });
  }
  return { lines: lines(), warnings: warnings(), stop, [Symbol.asyncDispose]: stop };
}

/**
 * Runs a program to its end and gives its standard output as it comes: however much it is, none of it is kept, and the
 * program waits while nobody takes it. Throws a {@link CommandError}, possibly after a part of the output.
 */
export async function* outputOf(
  program: string,
  args: readonly string[],
  options: Omit<RunOptions, 'timeoutMs'> = {},
): AsyncGenerator<Uint8Array> {
  const { child } = await launch([program, ...args], options);
  try {
    yield* child.stdout;
    const result = await child;
    if (result.failed) throw commandError([program, ...args], result);
  } finally {
    // Nobody wants the rest.
    child.kill();
    await child;
  }
}

async function launch(command: Command, options: Omit<RunOptions, 'timeoutMs'>) {
  const { execa } = await import('execa');
  const [file, ...words] = place(command, options);
  const { input = '' } = options;
  const env = { ...common.env, ...options.env };
  return { child: execa(file, words, { ...common, env, input, buffer: { stdout: false } }) };
}

/** Messages are parsed, so they are asked for in the one language that every machine has. */
const common = { env: { LC_ALL: 'C' }, stripFinalNewline: false, maxBuffer: 2 ** 29, reject: false } as const;

/** A program and its arguments. */
export type Command = [string, ...string[]];

/** A command from all of its words, of which there is at least one. */
export function commandFrom(words: readonly string[]): Command {
  const [program, ...args] = words;
  if (program === undefined) throw new RangeError('a command has a program');
  return [program, ...args];
}

function place(
  command: Command,
  { entry = [], namespace }: Pick<RunOptions, 'entry' | 'namespace'>,
): Command {
  const there = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
  return commandFrom([...entry, ...there, ...command]);
}

/** What is read of execa's result. */
interface Ended {
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly timedOut: boolean;
  readonly stderr?: string | undefined;
}

function commandError(command: Command, result: Ended): CommandError {
  const stderr = (result.stderr ?? '').split('\n', 10).join('\n').trimEnd();
  return new CommandError(failureKind(result, stderr), command, result.exitCode, stderr);
}

/** `ip netns exec` starts the program itself and says in words what the system call would have said. */
function failureKind({ code, exitCode, timedOut }: Ended, stderr: string): CommandFailure {
  if (timedOut) return 'timeout';
  // That of a shell.
  if (exitCode === 127) return 'missing';
  if (code === 'ENOENT' || /^exec of ".*" failed: No such file/.test(stderr)) return 'missing';
  if (code === 'EACCES' || /Operation not permitted|Permission denied|you must be root/.test(stderr))
    return 'permission';
  return 'failure';
}

function explain(
  kind: CommandFailure,
  program: string,
  exitCode: number | undefined,
  stderr: string,
): string {
  if (kind === 'missing') return `\`${program}\` is not installed`;
  const happened = { permission: 'was not permitted', timeout: 'did not end in time', failure: 'failed' }[
    kind
  ];
  const code = exitCode === undefined ? '' : ` with exit code ${exitCode}`;
  return `\`${program}\` ${happened}${kind === 'failure' ? code : ''}${stderr && `: ${stderr}`}`;
}
