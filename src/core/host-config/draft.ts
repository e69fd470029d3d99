// A host while its files are read: each reader adds what it finds, and what is wrong with it.
import type { Code } from '../diagnostic/catalogue.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Help } from '../diagnostic/meant.ts';
import type { Span } from '../text/source.ts';
import type { AddressFacts, InterfaceFacts, RouteFacts, RuleFacts, SysctlFact } from '../topology/facts.ts';
import { table } from '../topology/inventory.ts';

/** Grows while files are read; belongs to one reading. */
export interface HostDraft {
  readonly interfaces: Map<string, InterfaceDraft>;
  /** In the order in which they are added. */
  readonly routes: RouteFacts[];
  readonly rules: RuleFacts[];
  /** As the kernel lists them, with those that it makes by itself. */
  readonly listedRoutes: RouteFacts[];
  readonly listedRules: RuleFacts[];
  readonly sysctls: SysctlFact[];
  /** Routing tables by name. */
  readonly tables: Map<string, number>;
  readonly found: Diagnostic[];
}

/** An interface of a draft. */
export type InterfaceDraft = { -readonly [Key in keyof InterfaceFacts]: InterfaceFacts[Key] } & {
  readonly addresses: AddressFacts[];
};

/** A draft of which nothing is known. */
export function newDraft(): HostDraft {
  return {
    interfaces: new Map(),
    routes: [],
    rules: [],
    listedRoutes: [],
    listedRules: [],
    sysctls: [],
    tables: new Map(Object.entries(table)),
    found: [],
  };
}

/** The interface of that name, which is there from now on. */
export function interfaceIn({ interfaces }: HostDraft, name: string, span: Span): InterfaceDraft {
  const known = interfaces.get(name);
  if (known) return known;
  const added: InterfaceDraft = { name, addresses: [], span };
  interfaces.set(name, added);
  return added;
}

/** Adds an address that may be there from another file already. */
export function addAddress({ addresses }: InterfaceDraft, added: AddressFacts): void {
  if (!addresses.some((one) => isSameAddress(one, added))) addresses.push(added);
}

function isSameAddress(one: AddressFacts, other: AddressFacts): boolean {
  return (
    one.address.family === other.address.family &&
    one.address.value === other.address.value &&
    one.prefixLength === other.prefixLength &&
    one.peer === other.peer
  );
}

/** Adds a problem. */
export function complain(draft: HostDraft, code: Code, message: string, span: Span, help?: Help): undefined {
  draft.found.push(diagnostic(code, message, { span, help }));
  return undefined;
}
