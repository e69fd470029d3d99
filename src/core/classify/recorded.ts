// The context of a part of a rule that does not say what it tells packets apart by: it is watched what it reads.
import type { PacketView } from '../field/view.ts';
import { isUnknown } from '../field/view.ts';
import type { EvaluationContext } from '../match/define.ts';
import type { Dimension } from './dimension.ts';

/** The same context; `read` is called for each dimension that is looked at. */
export function recorded(
  context: EvaluationContext,
  read: (dimension: Dimension) => void,
): EvaluationContext {
  const { view } = context;
  const packet = watched(view.packet, packetParts, read);
  const transport = watched(view.packet.transport, transportParts, read);
  const entry = view.ct?.entry;
  const ct =
    view.ct && entry && !isUnknown(entry) ? { ...view.ct, entry: watched(entry, entryParts, read) } : view.ct;
  const seen: PacketView = { ...view, packet: withTransport(packet, transport), ct };
  return { ...context, view: seen };
}

type Parts = Readonly<Record<string, readonly Dimension[]>>;

const packetParts: Parts = { source: ['source'], destination: ['destination'] };
const transportParts: Parts = { sport: ['sport'], dport: ['dport'], id: ['id'] };
const whole: readonly Dimension[] = ['source', 'destination', 'sport', 'dport', 'id'];
const entryParts: Parts = { original: whole, reply: whole };

function watched<T extends object>(value: T, parts: Parts, read: (dimension: Dimension) => void): T {
  return new Proxy(value, {
    get: (target, name) => {
      if (typeof name === 'string') for (const dimension of parts[name] ?? []) read(dimension);
      return Reflect.get(target, name);
    },
  });
}

function withTransport<T extends { readonly transport: unknown }>(packet: T, transport: T['transport']): T {
  return new Proxy(packet, {
    get: (target, name) => (name === 'transport' ? transport : Reflect.get(target, name)),
  });
}
