// What the commands of `hookline lab` share: which lab is meant, bringing one up, and what goes wrong with that.
import { basename, resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { diagnostic, hasErrors } from '../core/diagnostic/diagnostic.ts';
import { nearestName } from '../core/diagnostic/meant.ts';
import { type Network, networkOf } from '../core/network/network.ts';
import { type Loader, loaders } from '../host/kernel/load.ts';
import { type Lab, openLab } from '../host/lab/lab.ts';
import { planLab } from '../host/lab/plan.ts';
import { allNoted, type LabState, noted } from '../host/lab/state.ts';
import { type Context, readPolicy } from './context.ts';
import { Failure, wrongUsage } from './failure.ts';

export const loaderOption = new Option('--to <loader>', 'what loads the rules of the hosts')
  .choices(loaders)
  .default('nft' as const);

export const nameOption = new Option('--name <name>', 'the name of the lab, by default that of the file');

/** How a lab was named on the command line. */
export interface LabOptions {
  readonly to: Loader;
  readonly name?: string | undefined;
}

/** A lab with the network that it is of. */
export interface OpenedLab {
  readonly lab: Lab;
  readonly network: Network;
  /** What is not quite what the policy says, in words. */
  readonly notes: readonly string[];
}

/** Brings a network up, which is gone with this process unless it is kept. Throws a {@link Failure}. */
export async function bringUp(context: Context, path: string, options: LabOptions): Promise<OpenedLab> {
  const network = networkOf(await readPolicy(context, path));
  if (network.hosts.length === 0)
    throw new Failure([
      diagnostic('HK0011', `\`${path}\` has no host`, {
        help: 'write `host` blocks, and `link` blocks between them',
      }),
    ]);
  const { plan, diagnostics } = planLab(network, { name: labName(path, options), loader: options.to });
  if (hasErrors(diagnostics)) throw new Failure(diagnostics);
  context.report(diagnostics);
  return { lab: await openLab(plan, resolve(path)), network, notes: plan.devices.notes };
}

/** That of the option, else of the file without its ending. */
export function labName(path: string, { name }: { readonly name?: string | undefined }): string {
  const text = name ?? basename(path).replace(/\.hook$/, '');
  if (/^[\w][\w.-]{0,63}$/.test(text)) return text;
  throw wrongUsage(
    `\`${text}\` can't be the name of a lab`,
    'give it one with `--name`: letters, digits, `_`, `.` and `-`, at most 64',
  );
}

/** The lab that is meant by its name or by its file; undefined if it is not there. */
export function labMeant(
  text: string,
  options: { readonly name?: string | undefined },
): LabState | undefined {
  const named = options.name ?? (/^[\w][\w.-]*$/.test(text) ? text : undefined);
  const found = named === undefined ? undefined : noted(named);
  if (found) return found;
  const state = noted(labName(text, options));
  return state?.file === resolve(text) ? state : undefined;
}

/** Ends the command because there is no such lab. */
export function noSuchLab(text: string): Failure {
  const names = allNoted().map(({ name }) => name);
  const help = names.length === 0 ? 'no lab is there' : `there is ${names.join(', ')}`;
  return new Failure([
    diagnostic('HK0013', `there is no lab \`${text}\``, { help: nearestName(text, names) ?? help }),
  ]);
}
