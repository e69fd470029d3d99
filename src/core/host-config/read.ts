// One host, from any number of its configuration files and listings.
import {
  type Diagnostic,
  diagnostic,
  hasErrors,
  type Outcome,
  withoutRepeats,
} from '../diagnostic/diagnostic.ts';
import type { Source } from '../text/source.ts';
import type { Host } from '../topology/host.ts';
import { newDraft } from './draft.ts';
import { finishDraft } from './finish.ts';
import type { HostFormat } from './format.ts';
import { hostFormats } from './registry.ts';

/** Reads files as one host; their kinds are told by their names and contents. Without a value there is an error. */
export function readHostFiles(sources: readonly Source[], name: string): Outcome<Host> {
  const draft = newDraft();
  const told = sources.map((source) => ({ source, format: formatOf(source) }));
  for (const { source, format } of told) if (!format) draft.found.push(unknownKind(source));
  for (const format of hostFormats) {
    const own = told.filter((one) => one.format === format).map(({ source }) => source);
    if (own.length > 0) format.read(own, draft);
  }
  const host = hasErrors(draft.found) ? undefined : finishDraft(draft, name);
  const diagnostics = withoutRepeats(draft.found);
  return { value: hasErrors(diagnostics) ? undefined : host, diagnostics };
}

/** The kind of a file; undefined if nothing tells it. */
export function formatOf(source: Source): HostFormat | undefined {
  return hostFormats.find((format) => format.recognises(source));
}

function unknownKind(source: Source): Diagnostic {
  return diagnostic('HK8006', `what kind of configuration \`${source.name}\` is can't be told`, {
    span: { source, start: 0, end: Math.min(1, source.text.length) },
    help: 'name it as the program does that reads it: `90-lan.network`, `ifcfg-eth0`, `netplan.yaml`',
  });
}
