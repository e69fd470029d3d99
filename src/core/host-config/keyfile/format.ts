// Connection profiles of NetworkManager (nm-settings-keyfile(5)): one file for each connection.
import type { SettingValue } from '../../device/device.ts';
import { deviceKinds } from '../../device/registry.ts';
import type { Source } from '../../text/source.ts';
import { settingOf } from '../device.ts';
import { complain, type HostDraft, type InterfaceDraft, interfaceIn } from '../draft.ts';
import type { HostFormat } from '../format.ts';
import { type Entry, lastOf, readIni, type Section } from '../ini.ts';
import { applyKeys } from '../keys.ts';
import { deviceOf, macOf } from '../value.ts';
import type { Word } from '../word.ts';
import { type IpSettings, ipKeys, isNumbered, readIpSettings } from './ip.ts';
import { isPeer, readPeers } from './peers.ts';
import { connectionKeys, kindSections, linkSections, silentSections } from './tables.ts';

/** /etc/NetworkManager/system-connections. */
export const keyfile: HostFormat = {
  name: 'keyfile',
  recognises: ({ name, text }) => name.endsWith('.nmconnection') || /^\[connection\]\s*$/m.test(text),
  read: (sources, draft) => {
    const profiles = sources.flatMap((source) => profileOf(source, draft) ?? []);
    const names = new Map(
      profiles.flatMap(({ entries, link }) => {
        const uuid = lastOf(entries, 'uuid')?.text;
        return uuid === undefined ? [] : [[uuid, link.name] as const];
      }),
    );
    for (const profile of profiles) readProfile(profile, (word) => names.get(word) ?? word, draft);
  },
};

/** A profile whose interface is known. */
interface Profile {
  readonly sections: readonly Section[];
  /** Of `[connection]`. */
  readonly entries: readonly Entry[];
  readonly link: InterfaceDraft;
}

/** An interface is named, or found by its hardware address. */
function profileOf(source: Source, draft: HostDraft): Profile | undefined {
  const sections = readIni(source, draft);
  const entries = entriesIn(sections, 'connection');
  const name = lastOf(entries, 'interface-name');
  const card = [...entriesIn(sections, 'ethernet'), ...entriesIn(sections, '802-3-ethernet')];
  const address = lastOf(card, 'mac-address');
  const mac = address && macOf(address, draft);
  const known = [...draft.interfaces.values()].find((one) => mac !== undefined && one.mac === mac)?.name;
  const device = name ? deviceOf(name, draft) : known;
  const [{ name: place } = { name: undefined }] = sections;
  if (device !== undefined && place) {
    const link = interfaceIn(draft, device, (name ?? place).span);
    if (mac !== undefined) link.mac = mac;
    return { sections, entries, link };
  }
  if (place && !name)
    complain(
      draft,
      'HK8004',
      'the profile names no interface that is known: it is left out',
      place.span,
      'give what `ip -j link` prints on the machine, too',
    );
  return undefined;
}

function entriesIn(sections: readonly Section[], name: string): readonly Entry[] {
  return sections.filter((section) => section.name.text === name).flatMap(({ entries }) => entries);
}

function readProfile(
  { sections, entries, link }: Profile,
  nameOf: (id: string) => string,
  draft: HostDraft,
): void {
  applyKeys(entries, connectionKeys, link, draft);
  const controller = lastOf(entries, 'controller') ?? lastOf(entries, 'master');
  if (controller) {
    const master = deviceOf({ ...controller, text: nameOf(controller.text) }, draft);
    if (master !== undefined) {
      link.master = master;
      interfaceIn(draft, master, controller.span);
    }
  }
  readKind(sections, lastOf(entries, 'type'), link, nameOf, draft);
  for (const section of sections) readSection(section, link, draft);
  readPeers(sections, link, draft);
}

function readSection(section: Section, link: InterfaceDraft, draft: HostDraft): void {
  const { name, entries } = section;
  const { text } = name;
  if (text === 'ipv4' || text === 'ipv6') {
    const settings: IpSettings = { link, family: text === 'ipv4' ? 4 : 6, name };
    applyKeys(
      entries.filter((entry) => !isNumbered(entry)),
      ipKeys,
      settings,
      draft,
    );
    readIpSettings(entries, settings, draft);
  } else if (Object.hasOwn(linkSections, text)) applyKeys(entries, linkSections[text] ?? {}, link, draft);
  else if (!silentSections.has(text) && !isPeer(section) && !Object.hasOwn(kindSections, text))
    complain(draft, 'HK8003', `the section \`[${text}]\` is not known`, name.span);
}

/** What the type is, with the settings in its own section. */
function readKind(
  sections: readonly Section[],
  type: Word | undefined,
  link: InterfaceDraft,
  nameOf: (id: string) => string,
  draft: HostDraft,
): void {
  const spelt = type && Object.hasOwn(kindSections, type.text) ? kindSections[type.text] : undefined;
  if (!type || !spelt) return;
  const entries = entriesIn(sections, type.text);
  const kind = deviceKinds.get(spelt.kind(entries) ?? '');
  if (!kind) {
    complain(draft, 'HK8004', `that \`${link.name}\` is of type \`${type.text}\` is left out`, type.span);
    return;
  }
  const settings: Record<string, SettingValue> = {};
  for (const [key, word] of Object.entries(spelt.settings)) {
    const value = lastOf(entries, key);
    const setting = kind.settings.find((one) => one.word === word);
    const read =
      value &&
      setting &&
      settingOf({ ...value, text: spelt.translate?.(key, value.text) ?? value.text }, setting, draft);
    if (read !== undefined) settings[word] = read;
  }
  const parent = lastOf(entries, 'parent') ?? lastOf(entries, 'base-iface');
  const lower = parent && kind.lower !== 'none' ? { device: nameOf(parent.text) } : undefined;
  if (parent && !lower && kind.settings.some(({ word }) => word === 'dev'))
    settings['dev'] = nameOf(parent.text);
  link.type = { kind: kind.kind, settings, ...(lower && { lower }) };
}
