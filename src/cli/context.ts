// What every command needs: input, the surfaces, and loading policies with their warnings reported.
import type { Diagnostic } from '../core/diagnostic/diagnostic.ts';
import { renderDiagnostics } from '../core/diagnostic/render.ts';
import type { Policy } from '../core/ir/policy.ts';
import { type LoadOptions, loadPolicy, type PolicyKind } from '../core/load.ts';
import type { NftTextOptions } from '../core/nft/text-import/read.ts';
import type { Source } from '../core/text/source.ts';
import { includeFrom, includeInside, rootOf } from '../host/includes.ts';
import { demand } from './failure.ts';
import { type Input, openInput } from './input.ts';
import { type ColorChoice, openTerminal, type Terminal } from './terminal.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly color: ColorChoice;
  readonly json?: boolean | undefined;
  /** Where `include` of nft text looks. */
  readonly includepath?: readonly string[] | undefined;
  /** Policies include files inside this folder only. */
  readonly root?: string | undefined;
}

/** One run of the command line. */
export interface Context extends Terminal, Input {
  readonly json: boolean;
  /** How a text finds what it includes. */
  readonly loading: (source: Source) => LoadOptions;
  /** Prints problems on standard error. */
  readonly report: (diagnostics: readonly Diagnostic[]) => void;
}

/** Opens the surfaces and the input of a run. */
export function openContext({ color, json = false, includepath = [], root }: CommonOptions): Context {
  const terminal = openTerminal(color);
  const nft: NftTextOptions = { include: (path, from) => includeFrom(path, from, includepath) };
  const loading = (source: Source): LoadOptions => ({
    nft,
    include: (path, from) => includeInside(path, from, root ?? rootOf(source.name)),
  });
  return { ...terminal, ...openInput(), json, loading, report: (found) => reportOn(terminal, found) };
}

/** Prints problems, sorted by place, with a count at the end. */
export function reportOn({ err }: Terminal, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0) err.write(renderDiagnostics(diagnostics, { color: err.color }));
}

/** Reads and checks a POLICY argument; warnings are reported, errors end the command. */
export async function readPolicy(
  context: Context,
  path: string,
  kind?: PolicyKind,
  ipset?: string,
): Promise<Policy> {
  const source = demand(await context.read(path), context.report);
  return demand(loadPolicy(source, kind, await loadOptions(context, source, ipset)), context.report);
}

/** How to read a POLICY that `--ipset` stands beside. */
export async function loadOptions(
  { loading, read, report }: Context,
  source: Source,
  ipset?: string,
): Promise<LoadOptions> {
  const options = loading(source);
  return ipset === undefined ? options : { ...options, ipset: demand(await read(ipset), report) };
}
