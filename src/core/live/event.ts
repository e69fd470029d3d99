// What `nft -a monitor` prints of traced packets, line by line, as values.

/** Where in the rule set a traced packet is, and which packet: ids are unique for a while, and change over `lo`. */
interface TracePlace {
  readonly id: string;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

/** What a rule said; `target` is the chain of a jump or goto. */
export interface TraceVerdict {
  readonly kind: string;
  readonly target?: string;
}

/** A packet at the start of a base chain; the text is its headers as nft writes them. */
export interface TracePacket extends TracePlace {
  readonly kind: 'packet';
  readonly text: string;
}

/** A rule that matched. It has no text if it was loaded after the monitor started. */
export interface TraceRule extends TracePlace {
  readonly kind: 'rule';
  /** Unique in its table. */
  readonly handle: number;
  readonly text?: string;
  readonly verdict: TraceVerdict;
}

/** The end of a base chain. */
export interface TracePolicy extends TracePlace {
  readonly kind: 'policy';
  readonly policy: 'accept' | 'drop';
  /** The mark of the packet; absent where it is 0. */
  readonly mark?: number;
}

/** Anything that this version does not know, kept word for word. */
export interface TraceOther extends TracePlace {
  readonly kind: 'other';
  readonly text: string;
}

export type TraceEvent = TracePacket | TraceRule | TracePolicy | TraceOther;

/** Reads one line; undefined for a line that is not about a traced packet. */
export function parseTraceLine(line: string): TraceEvent | undefined {
  const [, id, family, table, chain, rest] = traceLine.exec(line) ?? [];
  if (id === undefined || family === undefined || table === undefined || chain === undefined)
    return undefined;
  return { id, family, table, chain, ...parseWhatHappened(rest ?? '') };
}

const traceLine = /^trace id ([0-9a-f]+) (\S+) (\S+) (\S+) (.*?)\s*$/;

type OmitPlace<Event> = Event extends TraceEvent ? Omit<Event, keyof TracePlace> : never;

function parseWhatHappened(text: string): OmitPlace<TraceEvent> {
  if (text.startsWith('packet: ')) return { kind: 'packet', text: text.slice('packet: '.length) };
  return parsePolicy(text) ?? parseRule(text) ?? { kind: 'other', text };
}

function parsePolicy(text: string): OmitPlace<TracePolicy> | undefined {
  const [, policy, mark] = /^policy (accept|drop)(?: meta mark (\S+))?$/.exec(text) ?? [];
  if (policy !== 'accept' && policy !== 'drop') return undefined;
  return { kind: 'policy', policy, ...(mark !== undefined && { mark: Number(mark) }) };
}

/** src/netlink.c of nft: trace_print_rule; `unknown rule` is one that is not in the monitor's cache. */
function parseRule(text: string): OmitPlace<TraceRule> | undefined {
  const known = /^rule (.*) # handle (\d+) \(verdict (\w+)(?: (.+))?\)$/.exec(text);
  const unknown = /^unknown rule ()handle (\d+) \(verdict (\w+)(?: (.+))?\)$/.exec(text);
  const [, rule, handle, kind, target] = known ?? unknown ?? [];
  if (handle === undefined || kind === undefined) return undefined;
  return {
    kind: 'rule',
    handle: Number(handle),
    ...(rule && { text: rule }),
    verdict: { kind, ...(target !== undefined && { target }) },
  };
}
