// nft trace events as netlink carries them: include/uapi/linux/netfilter/nf_tables.h, enum nft_trace_attributes.

/** One rule that matched, or a policy, on a packet's way. */
export interface TraceEvent {
  readonly table: string;
  readonly chain: string;
  /** Missing for a policy. */
  readonly handle?: number;
  /** `accept`, `jump sub`, `continue` … */
  readonly verdict: string;
}

const messageType = 0x0a11;
const attribute = { table: 1, chain: 2, handle: 3, type: 4, verdict: 5, policy: 16 } as const;
const verdictAttribute = { code: 1, chain: 2 } as const;
const typePolicy = 1;
const verdicts: ReadonlyMap<number, string> = new Map([
  [0, 'drop'],
  [1, 'accept'],
  [-1, 'continue'],
  [-3, 'jump'],
  [-4, 'goto'],
  [-5, 'return'],
]);

/** The events of received netlink messages, in order; ends of chains are left out. */
export function traceEvents(messages: readonly Buffer[]): readonly TraceEvent[] {
  return messages.flatMap((message) => {
    const events: TraceEvent[] = [];
    for (let at = 0; at + 16 <= message.length; ) {
      const length = message.readUInt32LE(at);
      if (message.readUInt16LE(at + 4) === messageType)
        events.push(...eventOf(message.subarray(at + 20, at + length)));
      at += (length + 3) & ~3;
    }
    return events;
  });
}

function eventOf(body: Buffer): readonly TraceEvent[] {
  const given = attributesOf(body);
  const place = { table: textOf(given.get(attribute.table)), chain: textOf(given.get(attribute.chain)) };
  if (given.get(attribute.type)?.readUInt32BE() === typePolicy)
    return [{ ...place, verdict: verdicts.get(given.get(attribute.policy)?.readInt32BE() ?? 0) ?? '?' }];
  const handle = given.get(attribute.handle);
  if (!handle) return [];
  const verdict = attributesOf(given.get(attribute.verdict) ?? Buffer.alloc(0));
  const code = verdict.get(verdictAttribute.code)?.readInt32BE() ?? 0;
  const words = [verdicts.get(code) ?? `verdict ${code}`, textOf(verdict.get(verdictAttribute.chain))];
  return [{ ...place, handle: Number(handle.readBigUInt64BE()), verdict: words.filter(Boolean).join(' ') }];
}

function attributesOf(body: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= body.length; ) {
    const length = body.readUInt16LE(at);
    if (length < 4) break;
    found.set(body.readUInt16LE(at + 2) & 0x3fff, body.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return found;
}

function textOf(value: Buffer | undefined): string {
  return value === undefined ? '' : value.toString('latin1').replace(/\0.*$/s, '');
}
