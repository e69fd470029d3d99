// One connection in all forms that conntrack prints: every form is read as the same entry, as far as it tells it.
import { z } from 'zod';
import { readConntrack } from '../../src/core/conntrack/dump.ts';
import type { DumpedEntry, DumpItem } from '../../src/core/conntrack/dumped.ts';
import { ctStatus } from '../../src/core/conntrack/entry.ts';
import type { Result } from './cases.ts';

const form = z.string();

export const formsCase = z.object({
  n: z.number(),
  create: z.string(),
  default: form,
  extended: form,
  id: form,
  xml: form,
  xml_ext: form,
  save: form,
  ktimestamp: form,
  proc: form,
});

type FormsCase = z.infer<typeof formsCase>;

const forms = ['extended', 'id', 'xml', 'xml_ext', 'save', 'ktimestamp', 'proc'] as const;

/** What the first form says against what each other one does; `seen` is told how many forms were held. */
export function checkForms(one: FormsCase, seen: (form: string) => void = () => {}): Result {
  const id = String(one.n);
  const plain = entryIn(one.default);
  if (typeof plain === 'string') return { id, problem: plain };
  for (const name of forms) {
    const other = entryIn(one[name]);
    const problem =
      typeof other === 'string'
        ? unread(name, plain, other)
        : difference(told(plain, name), told(other, name));
    if (problem !== undefined) return { id, problem: `${name}: ${problem}` };
    seen(name);
  }
  return { id, problem: undefined };
}

/** XML tells too little of ICMP, and it has to be said so. */
function unread(
  name: (typeof forms)[number],
  { original }: DumpedEntry,
  problem: string,
): string | undefined {
  const isIcmp = original.layer4.kind === 'icmp';
  return isIcmp && name.startsWith('xml') && problem.includes('type and id of ICMP') ? undefined : problem;
}

/** The only entry of a listing, or what comes in its place. */
function entryIn(text: string): DumpedEntry | string {
  const [item, ...more] = [...readConntrack(text.split('\n'))].filter(({ kind }) => kind !== 'summary');
  if (!item || more.length > 0) return `it has ${more.length + (item ? 1 : 0)} items`;
  return item.kind === 'entry' ? item.entry : said(item);
}

function said(item: DumpItem): string {
  return item.kind === 'broken' ? item.diagnostic.message : `it is read as ${item.kind}`;
}

const shownBits =
  ctStatus['seen-reply'] | ctStatus.assured | ctStatus.confirmed | ctStatus.snat | ctStatus.dnat;

/** What a form tells of an entry. */
function told(entry: DumpedEntry, name: (typeof forms)[number]): object {
  const { original, reply, status, timeout, protocolState, zone, flags, mark, helper } = entry;
  const shared = { original, reply, status: status & shownBits, timeout, protocolState, zone, flags };
  if (name === 'save') return shared;
  return { ...shared, mark, helper };
}

function difference(one: object, other: object): string | undefined {
  const [left, right] = [one, other].map((value) => JSON.stringify(value, bigintText));
  return left === right ? undefined : `${right} and not ${left}`;
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
