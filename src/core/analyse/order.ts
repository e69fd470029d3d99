// The order of the variables of packets: what few values tell apart comes first, what rules compare with long lists later.
import { ctState, trackedEntry } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import { inputInterface, outputInterface } from '../field/meta.ts';
import {
  destinationAddress,
  laterFragment,
  networkVersion,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../field/parts.ts';

/**
 * Their variables come first, in this order; those of other fields when they are first asked for. Measured on a real chain
 * of 2,800 rules and drawn ones: with the ports before the addresses and the destination before the source, diagrams have
 * a tenth of the nodes that they have the other way round.
 */
export const firstFields: readonly Field[] = [
  networkVersion,
  ctState,
  trackedEntry,
  transportProtocol,
  laterFragment,
  transportNext,
  transportStart,
  destinationAddress,
  inputInterface,
  outputInterface,
  sourceAddress,
];
