// Brings a network up as network namespaces on this machine: whole, or not at all.
import { randomUUID } from 'node:crypto';
import { undoAtTheEnd } from '../ending.ts';
import { CommandError, type RunOptions, run } from '../exec.ts';
import { LabError } from './error.ts';
import { entryTo, groundHere, holdUserNamespace } from './ground.ts';
import { listenIn } from './listening.ts';
import type { LabPlan, PlannedHost } from './plan.ts';
import { identify } from './processes.ts';
import { namespacesOfMachine, removeLab } from './remove.ts';
import { forget, type LabState, note, noteBegun, tokenVariable } from './state.ts';

/** A network that is up. */
export interface Lab extends AsyncDisposable {
  readonly state: LabState;
  /** The namespace of a host; a RangeError for any other name. */
  host(name: string): LabHost;
  /** Leaves it up when the process ends. */
  keep(): void;
  /** Removes all of it. */
  close(): void;
}

/** A host of a lab. */
export interface LabHost {
  /** As `ip netns` knows it. */
  readonly name: string;
  /** Runs a program inside; see {@link run}. */
  run(program: string, args: readonly string[], options?: Omit<RunOptions, keyof Inside>): Promise<string>;
}

/** Makes a lab, which is gone with this process unless it is kept. Throws a {@link LabError}. */
export async function openLab(plan: LabPlan, file: string): Promise<Lab> {
  let state = begin(plan, file);
  const stopWatching = undoAtTheEnd(() => removeLab(state));
  const close = () => {
    stopWatching();
    removeLab(state);
  };
  try {
    if (state.ground === 'user') {
      state = { ...state, holder: await holdUserNamespace(markOf(state)) };
      note(state);
    }
    await make(plan, state);
  } catch (error) {
    close();
    throw error;
  }
  return {
    state,
    host: (name) => hostOf(state, name),
    keep: () => {
      const { maker: _maker, ...kept } = state;
      note(kept);
      stopWatching();
    },
    close,
    [Symbol.asyncDispose]: async () => close(),
  };
}

/** Notes it before there is anything of it. */
function begin({ name, hosts, switches }: LabPlan, file: string): LabState {
  const namespaces = [...hosts.map(({ namespace }) => namespace), switches];
  const state: LabState = {
    schema: 'hookline.lab/1',
    name,
    file,
    token: randomUUID(),
    ground: groundHere(),
    hosts: Object.fromEntries(hosts.map(({ host, namespace }) => [host.name, namespace])),
    namespaces,
    maker: identify(process.pid),
  };
  if (!noteBegun(state))
    throw new LabError(
      `a lab \`${name}\` is there already`,
      `\`hookline lab down ${name}\` removes it, \`--name\` gives this one another name`,
    );
  const taken = new Set(state.ground === 'machine' ? namespacesOfMachine() : []);
  const other = namespaces.find((one) => taken.has(one));
  if (other === undefined) return state;
  forget(state);
  throw new LabError(
    `there is a namespace \`${other}\` that is not of a lab`,
    `\`ip netns delete ${other}\` removes it, \`--name\` gives the lab another name`,
  );
}

/** A host of a lab that is up. Throws a RangeError for any other name. */
function hostOf(state: LabState, host: string): LabHost {
  const namespace = state.hosts[host];
  if (namespace === undefined) throw new RangeError(`the lab has no host \`${host}\``);
  return {
    name: namespace,
    run: (program, args, options) => run(program, args, { ...options, ...insideOf(state), namespace }),
  };
}

/** The words before a command that put it into a host. */
export function wayInto(state: LabState, host: string): readonly string[] {
  return [...entryTo(state), 'ip', 'netns', 'exec', hostOf(state, host).name];
}

/** Where a program of a lab runs, and how it is known as one. */
type Inside = Pick<RunOptions, 'entry' | 'namespace' | 'env'>;

/** Where its programs run that go from host to host. */
export function insideOf(state: LabState): Inside {
  return { entry: entryTo(state), env: markOf(state) };
}

/** What the environment of its programs has. */
export function markOf({ token }: LabState): Readonly<Record<string, string>> {
  return { [tokenVariable]: token };
}

async function make(plan: LabPlan, state: LabState): Promise<void> {
  const { devices, hosts, switches } = plan;
  const at = (namespace?: string): Inside => ({ ...insideOf(state), namespace });
  const ip = (lines: readonly string[], namespace?: string, options: readonly string[] = []) =>
    batch(lines, options, at(namespace));
  await ip(state.namespaces.map((name) => `netns add ${name}`));
  await each(hosts, ({ namespace, quiet }) => setSysctls(quiet, 'tried', at(namespace)));
  await setSysctls(silent, 'tried', at(switches));
  await ip(devices.cables);
  for (const turn of devices.turns) await each([...turn], ([namespace, lines]) => ip(lines, namespace));
  await each(hosts, async ({ namespace, sysctls, batches }) => {
    await setSysctls(sysctls, 'needed', at(namespace));
    for (const { options, lines } of batches) await ip(lines, namespace, options);
  });
  await each(hosts, (one) => untilCarrying(one, at(one.namespace)));
  await each(hosts, async ({ namespace, loads }) => {
    for (const { program, args, input } of loads) await run(program, args, { ...at(namespace), input });
  });
  await listenIn(hosts, insideOf(state));
}

/** A switch has no addresses. */
const silent = [
  ['ipv6/conf/all/disable_ipv6', '1'],
  ['ipv6/conf/default/disable_ipv6', '1'],
] as const;

/** So many programs run at once. */
const width = 6;

async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** All in one program; what it refuses is named. */
async function batch(lines: readonly string[], options: readonly string[], inside: Inside): Promise<void> {
  if (lines.length === 0) return;
  try {
    await run('ip', [...options, '-batch', '-'], {
      ...inside,
      input: lines.map((line) => `${line}\n`).join(''),
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const [, number] = /^Command failed -:(\d+)/m.exec(error.stderr) ?? [];
    const line = number === undefined ? undefined : lines[Number(number) - 1];
    if (line === undefined) throw error;
    const reason = error.stderr
      .split('\n', 1)
      .join()
      .replace(/^(?:Error|RTNETLINK answers): /, '');
    const where = inside.namespace === undefined ? '' : ` in \`${inside.namespace}\``;
    throw new LabError(`\`ip ${[...options, line].join(' ')}\`${where}: ${reason}`, helpFor(line, reason));
  }
}

function helpFor(line: string, reason: string): string {
  const [, kind] = / type (\S+)/.exec(line) ?? [];
  if (/Unknown device type|not supported/i.test(reason) && kind !== undefined)
    return `the kernel has no device of the kind \`${kind}\`: is its module there? \`modprobe ${kind}\``;
  if (/permitted|denied/i.test(reason)) return 'run it as root, or where user namespaces are allowed';
  return 'the line says what the policy does; `ip` says why the kernel does not take it';
}

/**
 * /proc/sys/net shows the namespace of whoever opens it, so it is a program inside that writes. Older kernels lack some of
 * those that are only `tried`.
 */
async function setSysctls(
  settings: PlannedHost['quiet'],
  how: 'tried' | 'needed',
  inside: Inside,
): Promise<void> {
  if (settings.length === 0) return;
  const failed = how === 'tried' ? 'true' : '{ echo "net/$path = $value"; exit 1; }';
  const script = `while read -r path value; do echo "$value" 2>/dev/null >"/proc/sys/net/$path" || ${failed}; done >&2`;
  const input = settings.map(([path, value]) => `${path} ${value}\n`).join('');
  try {
    await run('sh', ['-c', script], { ...inside, input });
  } catch (error) {
    if (!(error instanceof CommandError) || how === 'tried') throw error;
    const refused = error.stderr.split('\n').at(-1);
    throw new LabError(
      `the sysctl ${refused} of \`${inside.namespace}\` is not taken`,
      'the kernel does not know it, or not in a namespace',
    );
  }
}

/** A link drops what is sent in the moment between being set up and carrying. */
async function untilCarrying({ carrying, namespace }: PlannedHost, inside: Inside): Promise<void> {
  if (carrying.length === 0) return;
  const script = `for name; do tries=0
    while read -r state <"/sys/class/net/$name/operstate"; case $state in (*down) ;; (*) false ;; esac; do
    tries=$((tries + 1)); [ $tries -lt 500 ] || { echo "$name" >&2; exit 1; }; sleep 0.01; done; done`;
  try {
    await run('sh', ['-c', script, 'sh', ...carrying], inside);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new LabError(
      `\`${error.stderr}\` of \`${namespace}\` does not come up`,
      'is the machine under heavy load?',
    );
  }
}
