// A snapshot: what a machine said of its rules and its network at one time, in the words of its own tools.
import { z } from 'zod';
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Source } from '../text/source.ts';
import { isPartName, type PartName, partNames, printedBy, snapshotParts } from './parts.ts';

/** What every snapshot begins with. */
export const snapshotFormat = 'hookline-snapshot';

/** Why a part could not be read. `not-told`: the kernel of the machine does not say it to anybody. */
const reasons = ['not-installed', 'permission', 'not-told', 'timeout', 'failed'] as const;

const missingPart = z.object({
  part: z.enum(partNames),
  reason: z.enum(reasons),
  /** What the tool said. */
  message: z.string(),
});

const texts = z.record(z.string(), z.string());

const machine = z.object({
  hostname: z.string(),
  /** As `uname -r` has it. */
  kernel: z.string(),
  /** The versions of programs, by the name of each. */
  tools: texts,
});

const shape = z.object({
  format: z.literal(snapshotFormat),
  version: z.literal(1),
  /** ISO 8601. */
  takenAt: z.iso.datetime({ offset: true }),
  machine,
  parts: texts,
  missing: z.array(missingPart),
});

/** A part that could not be read. */
export type MissingPart = Readonly<z.infer<typeof missingPart>>;

/** Which machine it is. */
export type Machine = Readonly<z.infer<typeof machine>>;

/** What a machine said, and what it did not. */
export interface Snapshot {
  readonly format: typeof snapshotFormat;
  readonly version: 1;
  readonly takenAt: string;
  readonly machine: Machine;
  /** Each text as its tool printed it. */
  readonly parts: Readonly<Partial<Record<PartName, string>>>;
  readonly missing: readonly MissingPart[];
}

/** Whether a text looks like a snapshot, whatever is wrong with it. */
export function isSnapshot({ text }: Source): boolean {
  return /^\s*\{\s*"format"\s*:\s*"hookline-snapshot"/.test(text);
}

/** A snapshot as text; parts in their order, so that the same machine gives the same text. */
export function writeSnapshot(snapshot: Snapshot): string {
  const { format, version, takenAt, parts } = snapshot;
  const ordered = partNames.flatMap((name) => {
    const text = parts[name];
    return text === undefined ? [] : [[name, text] as const];
  });
  const { machine: of, missing } = snapshot;
  const whole = { format, version, takenAt, machine: of, parts: Object.fromEntries(ordered), missing };
  return `${JSON.stringify(whole)}\n`;
}

/** Reads a snapshot that anybody may have written. Parts that are not known are passed over. */
export function readSnapshot(source: Source): Outcome<Snapshot> {
  const json = parsed(source.text);
  if (json === undefined) return refuse(source, 'it is no JSON');
  const { data: other } = otherVersion.safeParse(json);
  if (other) return unknownVersion(source, other.version);
  const { data, error } = shape.safeParse(json);
  if (!data) return refuse(source, issueText(error.issues[0]));
  const parts = Object.entries(data.parts).filter(([name]) => isPartName(name));
  return { value: { ...data, parts: Object.fromEntries(parts) }, diagnostics: [] };
}

/** Texts of many megabytes stand in strings: only JSON.parse reads these without a stack. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const otherVersion = z.object({ version: z.number().refine((version) => version !== 1) });

function issueText(issue: z.core.$ZodIssue | undefined): string {
  if (!issue) return 'its form is not known';
  const place = issue.path.map(String).join('.');
  return place === '' ? issue.message : `\`${place}\`: ${issue.message}`;
}

function refuse(source: Source, why: string): Outcome<Snapshot> {
  return failed(diagnostic('HK8101', `\`${source.name}\` is no whole snapshot: ${why}`));
}

function unknownVersion(source: Source, version: number): Outcome<Snapshot> {
  return failed(
    diagnostic('HK8102', `\`${source.name}\` has version ${version} of the format, only 1 is known`),
  );
}

function failed(problem: Diagnostic): Outcome<Snapshot> {
  return { value: undefined, diagnostics: [problem] };
}

/** The text of a part, under the name of what printed it. */
export function sourceOf({ parts }: Snapshot, part: PartName, name: string): Source | undefined {
  const text = parts[part];
  return text === undefined ? undefined : { name: `${name}: ${printedBy(part)}`, text };
}

/** Says what could not be read of these parts. */
export function missingProblems(
  { missing }: Pick<Snapshot, 'missing'>,
  isMeant: (part: PartName) => boolean,
): readonly Diagnostic[] {
  return missing
    .filter(({ part }) => isMeant(part))
    .map(({ part, reason, message }) =>
      diagnostic('HK8103', `${snapshotParts[part].what} could not be read: ${message}`, {
        help: helps[reason],
      }),
    );
}

const helps: Readonly<Record<MissingPart['reason'], string>> = {
  'not-installed': 'install the program on the machine',
  permission: 'read the machine as root',
  'not-told': 'its kernel does not tell it',
  timeout: 'is the machine under heavy load?',
  failed: 'run the command by hand',
};
