// What a trace can't be asked: packets that don't fit the host.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/meant.ts';
import type { Host } from '../topology/host.ts';
import type { TraceRequest } from './run.ts';

/** Errors that make a trace of this request meaningless; trace() expects that there are none. */
export function requestProblems({ host, injection }: TraceRequest): readonly Diagnostic[] {
  const { iif, oif } = injection;
  const names = host ? [iif, oif].filter((name) => name !== undefined) : [];
  return names.flatMap((name) => (host ? missingInterface(host, name) : []));
}

function missingInterface(host: Host, name: string): readonly Diagnostic[] {
  const names = host.interfaces.map((one) => one.name);
  if (names.includes(name)) return [];
  const help = nearestName(name, names) ?? `it has ${names.join(', ')}`;
  return [diagnostic('HK6050', `host \`${host.name}\` has no interface \`${name}\``, { help })];
}
