// The line `type` of an interface: which kind of device it is, with the settings of that kind, and `peer` of a tunnel.
import { port } from '../datatype/types.ts';
import type { DeviceKind, Setting } from '../device/define.ts';
import type { DeviceType, LowerDevice, SettingValue, TunnelPeer } from '../device/device.ts';
import { deviceKinds } from '../device/registry.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import { textOf } from '../text/source.ts';
import { type Cursor, complainAt, peek, takeMark, takeWord } from './cursor.ts';
import { readAddress, readCount, readDevice, readNetwork } from './host-value.ts';
import { finishLine, reportUnknownWord } from './line.ts';

/** Takes `macvlan mode bridge link "eth0"`: words of ip-link(8), in any order behind the kind. */
export function readDeviceType(cursor: Cursor): DeviceType | undefined {
  const word = takeWord(cursor, ...deviceKinds.keys());
  const kind = word && deviceKinds.get(word);
  if (!kind) return reportUnknownWord(cursor, deviceKinds.keys());
  const settings: Record<string, SettingValue> = {};
  let lower: LowerDevice | undefined;
  while (peek(cursor)) {
    if (kind.lower !== 'none' && takeWord(cursor, 'link')) {
      lower = readLower(cursor);
      if (!lower) return undefined;
      continue;
    }
    const setting = takeSetting(cursor, kind);
    const value = setting && readSetting(cursor, setting);
    if (!setting || value === undefined) return undefined;
    settings[setting.word] = value;
  }
  const missing = missingOf(kind, settings, lower);
  if (missing !== undefined)
    return complainAt(cursor, undefined, 'HK6080', `a \`${kind.kind}\` needs \`${missing}\``);
  return { kind: kind.kind, settings, ...(lower && { lower }) };
}

function takeSetting(cursor: Cursor, { settings, lower }: DeviceKind): Setting | undefined {
  const words = settings.map((one) => one.word);
  if (words.length === 0) {
    finishLine(cursor);
    return undefined;
  }
  const word = takeWord(cursor, ...words);
  const found = settings.find((one) => one.word === word);
  return found ?? reportUnknownWord(cursor, lower === 'none' ? words : [...words, 'link']);
}

function missingOf(
  { settings, lower: stands }: DeviceKind,
  said: Readonly<Record<string, SettingValue>>,
  lower: LowerDevice | undefined,
): string | undefined {
  const missing = settings.find(({ word, needed }) => needed && said[word] === undefined);
  return missing?.word ?? (stands === 'needed' && !lower ? 'link' : undefined);
}

/** Takes `"eth0"`, or `server "eth0"` for one of another host. */
function readLower(cursor: Cursor): LowerDevice | undefined {
  const next = peek(cursor)?.term;
  const host =
    next?.kind === 'word' && cursor.terms[cursor.at + 1]?.term.kind === 'string' ? next.text : undefined;
  if (host !== undefined) cursor.at++;
  const device = readDevice(cursor);
  return device === undefined ? undefined : { device, ...(host !== undefined && { host }) };
}

function readSetting(cursor: Cursor, { value }: Setting): SettingValue | undefined {
  switch (value) {
    case 'flag':
      return true;
    case 'number':
      return readCount(cursor);
    case 'inheritable':
      return takeWord(cursor, 'inherit') ?? readCount(cursor);
    case 'address':
      return readAddress(cursor);
    case 'device':
      return readDevice(cursor);
    default:
      return readOneOf(cursor, value);
  }
}

/** A word of a list; one that begins with a digit is quoted. */
function readOneOf(cursor: Cursor, words: readonly string[]): string | undefined {
  const next = peek(cursor);
  const term = next?.term;
  const text = term?.kind === 'string' ? term.value : term && textOf(term.span);
  const found = words.find((one) => one === text);
  if (found !== undefined) cursor.at++;
  return (
    found ??
    complainAt(
      cursor,
      next,
      'HK3009',
      text === undefined ? 'a word is missing' : `\`${text}\` is not known here`,
      {
        help:
          (text === undefined ? undefined : nearestWord(text, words)) ?? `it is one of ${words.join(', ')}`,
      },
    )
  );
}

/** Takes `endpoint 203.0.113.2:51820 allowed-ips 10.8.0.0/24, 10.9.0.0/16` (wg(8)). */
export function readTunnelPeer(cursor: Cursor): TunnelPeer | undefined {
  const endpoint = takeWord(cursor, 'endpoint') ? readEndpoint(cursor) : 'none';
  if (!endpoint) return undefined;
  if (!takeWord(cursor, 'allowed-ips')) return reportUnknownWord(cursor, ['endpoint', 'allowed-ips']);
  const allowed: TunnelPeer['allowed'][number][] = [];
  do {
    const network = readNetwork(cursor);
    if (!network) return undefined;
    allowed.push(network);
  } while (takeMark(cursor, ','));
  return { ...(endpoint !== 'none' && { endpoint }), allowed };
}

function readEndpoint(cursor: Cursor): TunnelPeer['endpoint'] | undefined {
  const address = readAddress(cursor);
  if (!address) return undefined;
  if (!takeMark(cursor, ':'))
    return complainAt(cursor, peek(cursor), 'HK3009', 'the port is missing: `203.0.113.2:51820`');
  const number = readCount(cursor, port);
  return number === undefined ? undefined : { ...address, port: number };
}
