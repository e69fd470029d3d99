// Devices as `ip -d link` prints them for people: a line that begins with the kind, and one for what it is as a port.
import type { Setting } from '../../device/define.ts';
import { deviceKinds } from '../../device/registry.ts';
import { limitSetting } from '../../device/tunnel.ts';
import type { JsonObject } from '../../nft/json-value.ts';
import { type Word, wordsIn } from '../word.ts';

/** `linkinfo` as `ip -d -j link` would have it, as far as hosts have it. */
export function deviceInfo(lines: readonly Word[]): JsonObject {
  const port = lines.find(isPortLine);
  const kind = lines.find((line) => isDeviceLine(line) && !isPortLine(line));
  return { ...(port && { info_slave_data: portInfo(port) }), ...(kind && kindInfo(kind)) };
}

/** Whether a line is about a kind of device: `… addrgenmode` or `… numtxqueues` end those of `-d`. */
export function isDeviceLine(line: Word): boolean {
  const [first = ''] = line.text.split(/\s/);
  if (isPortLine(line) || first === 'tun' || deviceKinds.has(first)) return true;
  return /^[a-z]\w*$/.test(first) && / numtxqueues \d/.test(line.text);
}

function isPortLine({ text }: Word): boolean {
  return /^\w+_slave\b/.test(text);
}

function portInfo({ text }: Word): JsonObject {
  return { hairpin: / hairpin on\b/.test(text), isolated: / isolated on\b/.test(text) };
}

/** One kind has two natures: the first word of a tap is `tun`, too. */
function kindInfo({ span }: Word): JsonObject {
  const [first = '', ...words] = wordsIn(span).map(({ text }) => text);
  const type = first === 'tun' ? words[words.indexOf('type') + 1] : undefined;
  const settings = deviceKinds.get(type ?? first)?.settings ?? [];
  const said = settings.flatMap((setting) => {
    const value = saidBy(setting, words);
    return value === undefined ? [] : [[setting.json ?? setting.word, value] as const];
  });
  return {
    info_kind: first,
    info_data: { ...Object.fromEntries(said), ...(type !== undefined && { type }) },
  };
}

/** The mode of a tunnel stands there alone, before all else; `any` address, `auto` lifetime, a limit: nobody need say them. */
function saidBy({ word, value, json }: Setting, words: readonly string[]): string | true | undefined {
  const at = words.indexOf(word);
  const next = at === -1 ? undefined : words[at + 1];
  if (value === 'flag') return at === -1 || next === 'off' ? undefined : true;
  if (json === 'proto') return words[0];
  const isUnsaid = next === 'any' || next === 'auto' || (word === limitSetting.word && next !== 'none');
  return isUnsaid ? undefined : next;
}
