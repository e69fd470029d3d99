// Journeys and what `reach` says as JSON.
import { formatAddress } from '../datatype/address.ts';
import type { Place } from '../device/frame.ts';
import type { JsonObject } from '../nft/json-value.ts';
import { formatPacket } from '../packet/format.ts';
import { wayToJson } from '../trace/json.ts';
import { hiddenSides } from '../translations/hidden-side.ts';
import { translatedEndToJson } from '../translations/json.ts';
import type { Hop, Journey, JourneyEnd, NetworkState } from './journey.ts';
import type { Reach } from './reach.ts';

/** Every way, with its answers and the whole trace of each host. */
export function journeyToJson(journey: Journey): JsonObject {
  return {
    ...oneWay(journey),
    answers: journey.answers.map(({ why, journey: back }) => ({ why, ...oneWay(back) })),
  };
}

function oneWay({ hops, end, suppositions, assumptions }: Journey): JsonObject {
  return {
    end: endToJson(end),
    hops: hops.map(hopToJson),
    ...(suppositions.length > 0 && { suppositions }),
    ...(assumptions.length > 0 && { assumptions }),
  };
}

function hopToJson({ host, injection, way, over }: Hop): JsonObject {
  return {
    host,
    direction: injection.direction,
    ...(injection.iif !== undefined && { in: injection.iif }),
    received: formatPacket(injection.packet),
    over: over.map(placeToJson),
    trace: wayToJson(way),
  };
}

function placeToJson({ host, device }: Place): JsonObject {
  return { host, device };
}

function endToJson(end: JourneyEnd): JsonObject {
  if (end.kind !== 'for-many') return { ...end };
  return { kind: end.kind, at: placeToJson(end.at), receivers: end.receivers.map(placeToJson) };
}

/** Whether two addresses can talk, with every way. */
export function reachToJson({ from, to, verdict, failure, journeys }: Reach): JsonObject {
  return {
    from: { host: from.host, address: formatAddress(from.address) },
    to: formatAddress(to),
    verdict,
    ...(failure && { failure: { ...failure } }),
    ways: journeys.map(journeyToJson),
  };
}

/** What each host translates. */
export function translationsToJson(state: NetworkState): JsonObject {
  return Object.fromEntries(
    [...state].flatMap(([host, { connections }]) => {
      const rows = hiddenSides(connections.entries());
      return rows.length === 0
        ? []
        : [
            [
              host,
              rows.map(({ direction, protocol, family, original, modified }) => ({
                direction,
                original: translatedEndToJson(family, original),
                modified: translatedEndToJson(family, modified),
                protocol,
              })),
            ],
          ];
    }),
  );
}
