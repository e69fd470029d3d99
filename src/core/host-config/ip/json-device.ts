// What `ip -d -j link` says of a device: its kind with settings, and what it is as a port (`linkinfo`).
import type { DeviceKind } from '../../device/define.ts';
import type { SettingValue } from '../../device/device.ts';
import { deviceKinds } from '../../device/registry.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../nft/json-value.ts';
import type { Span } from '../../text/source.ts';
import { settingOf } from '../device.ts';
import { complain, type HostDraft, type InterfaceDraft } from '../draft.ts';
import { scalarText } from './row.ts';

/** Adds what the row says of the device. */
export function readLinkInfo(link: InterfaceDraft, row: JsonObject, draft: HostDraft, span: Span): void {
  const info = objectAt(row, 'linkinfo');
  const port = objectAt(info, 'info_slave_data');
  if (port['hairpin'] === true) link.hairpin = true;
  if (port['isolated'] === true) link.isolated = true;
  const word = kindWord(info);
  if (word === undefined) return;
  const kind = deviceKinds.get(word);
  if (kind) readDevice(link, kind, row, draft, span);
  else complain(draft, 'HK8004', `that \`${link.name}\` is of kind \`${word}\` is left out`, span);
}

/** One kind has two natures. */
function kindWord(info: JsonObject): string | undefined {
  const kind = info['info_kind'];
  if (kind === undefined) return undefined;
  return kind === 'tun' ? scalarText(objectAt(info, 'info_data')['type'] ?? 'tun') : scalarText(kind);
}

function readDevice(
  link: InterfaceDraft,
  kind: DeviceKind,
  row: JsonObject,
  draft: HostDraft,
  span: Span,
): void {
  const data = objectAt(objectAt(row, 'linkinfo'), 'info_data');
  const settings: Record<string, SettingValue> = {};
  for (const setting of kind.settings) {
    const json = data[setting.json ?? setting.word];
    if (json === undefined || json === null || json === false) continue;
    const value = settingOf({ text: scalarText(json), span }, setting, draft);
    if (value !== undefined) settings[setting.word] = value;
  }
  const lower = lowerOf(kind, row, data);
  link.type = { kind: kind.kind, settings, ...(lower && { lower }) };
}

/** `link` of a veth is its other end; one in another namespace has no name here. */
function lowerOf(
  kind: DeviceKind,
  row: JsonObject,
  data: JsonObject,
): { readonly device: string } | undefined {
  const named = row['link'] ?? data['link'];
  return kind.lower !== 'none' && typeof named === 'string' ? { device: named } : undefined;
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value: JsonValue | undefined = object[key];
  return isJsonObject(value) ? value : {};
}
