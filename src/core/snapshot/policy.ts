// A snapshot as a policy: the rules of all back ends at their hooks, and the host they are on.
import { type Diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import { readHostFiles } from '../host-config/read.ts';
import type { Policy } from '../ir/policy.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Source } from '../text/source.ts';
import type { Host } from '../topology/host.ts';
import type { PartName } from './parts.ts';
import { rulesOfSnapshot } from './rules.ts';
import { missingProblems, readSnapshot, type Snapshot, sourceOf } from './snapshot.ts';

/** A policy of one machine. */
export interface SnapshotPolicy extends Policy {
  readonly ruleSet: RuleSet;
  /** The machine; none where its addresses are not known. */
  readonly hosts: readonly Host[];
}

/** What a snapshot says of rules and of the host; `name` is how problems call it. */
export function policyOfSnapshot(snapshot: Snapshot, name: string): Outcome<SnapshotPolicy> {
  const rules = rulesOfSnapshot(snapshot, name);
  const host = hostOfSnapshot(snapshot, name);
  const diagnostics = [...rules.diagnostics, ...host.diagnostics];
  if (!rules.value || hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const hosts = host.value ? [host.value] : [];
  return { value: { ruleSet: rules.value, hosts, tests: [] }, diagnostics };
}

/** The same from the text of a snapshot. */
export function loadSnapshot(source: Source): Outcome<Policy> {
  return withSnapshot(source, (snapshot) => policyOfSnapshot(snapshot, source.name));
}

/** The host alone, called `named` if that is given, and by the name of the machine if not. */
export function loadSnapshotHost(source: Source, named: string | undefined): Outcome<Host> {
  return withSnapshot(source, (snapshot) => hostOfSnapshot(snapshot, source.name, named));
}

function withSnapshot<T>(source: Source, use: (snapshot: Snapshot) => Outcome<T>): Outcome<T> {
  const { value, diagnostics } = readSnapshot(source);
  return value ? use(value) : { value: undefined, diagnostics };
}

/** Those that say something about the host. */
const hostParts = [
  'addresses',
  'routing-tables',
  'routes',
  'routes6',
  'rules',
  'rules6',
  'neighbours',
  'sysctls',
] as const satisfies readonly PartName[];

/** The host; without a value and without an error where its addresses could not be read. */
function hostOfSnapshot(snapshot: Snapshot, name: string, named = snapshot.machine.hostname): Outcome<Host> {
  const missing = missingProblems(snapshot, (part) => hostParts.some((one) => one === part));
  const sources = hostParts.flatMap((part) => sourceOf(snapshot, part, name) ?? []);
  if (snapshot.parts.addresses === undefined) return { value: undefined, diagnostics: missing };
  const { value, diagnostics } = readHostFiles(sources.filter(hasContent), named);
  const all: readonly Diagnostic[] = [...missing, ...diagnostics];
  return { value, diagnostics: all };
}

/** The kind of an empty text can't be told. */
function hasContent({ text }: Source): boolean {
  return text.trim() !== '';
}
