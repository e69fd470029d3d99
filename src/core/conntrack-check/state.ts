// The state of a connection in a few words, as far as its listing tells it.
import { hasStatus } from '../conntrack/entry.ts';
import { protocolText } from '../conntrack/format.ts';
import { type Fitness, fitnessOf, type Stateful } from './fitness.ts';

/** The state of its protocol, and what is special of it: `SYN_SENT, half-open`. */
export function stateText(entry: Stateful): string {
  const { protocolState } = entry;
  const words = fitWords[fitnessOf(entry)];
  if (protocolState !== undefined) return words === '' ? protocolState : `${protocolState}, ${words}`;
  if (words !== '') return words;
  return hasStatus(entry, 'assured') ? 'assured' : 'replied';
}

/** The same behind the name of the protocol: `tcp ESTABLISHED`. */
export function stateWithProtocol(protocol: number, entry: Stateful): string {
  return `${protocolText(protocol)} ${stateText(entry)}`;
}

const fitWords: Readonly<Record<Fitness, string>> = {
  fits: '',
  'half-open': 'half-open',
  unreplied: 'unreplied',
  closing: 'closing',
  'not-assured': 'not assured',
  'not-told': 'offloaded',
};
