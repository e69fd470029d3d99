// netplan: YAML files that say what a machine's devices are, merged in the order of their names (netplan's YAML reference).
import { deviceKinds } from '../../device/registry.ts';
import type { Source } from '../../text/source.ts';
import { complain, type HostDraft } from '../draft.ts';
import type { HostFormat } from '../format.ts';
import { applyKeys, ignored, type KeyTable, unsaid } from '../keys.ts';
import { applyDevice, declareDevice, type Named } from './device.ts';
import { readYaml, type YamlNode } from './yaml.ts';

/** /etc/netplan/*.yaml. */
export const netplan: HostFormat = {
  name: 'netplan',
  recognises: ({ name, text }) => /\.ya?ml$/.test(name) || /^network:\s*(?:#.*)?$/m.test(text),
  read: (sources, draft) => {
    const sections: Section[] = [];
    for (const source of sources.toSorted(byName)) readFile(source, sections, draft);
    const devices = sections.flatMap((section) =>
      (section.devices.entries ?? []).map((entry) => declareDevice(section.kind, entry, draft)),
    );
    const named = devices.filter((one) => one !== undefined);
    const names = new Map(named.map(({ id, link }) => [id, link.name]));
    for (const one of named) applyDevice(one, (id) => names.get(id) ?? id, draft);
  },
};

function byName(one: Source, other: Source): number {
  return fileName(one) < fileName(other) ? -1 : 1;
}

function fileName({ name }: Source): string {
  return name.replace(/.*\//, '');
}

/** Devices of one kind. */
interface Section {
  readonly kind: Named['section'];
  readonly devices: YamlNode;
}

function readFile(source: Source, sections: Section[], draft: HostDraft): void {
  const root = readYaml(source, draft);
  const network = root?.entries?.find(({ key }) => key.text === 'network');
  if (root && (!network?.value.entries || root.entries?.length !== 1)) {
    complain(draft, 'HK8002', 'a file of netplan is a map with the one key `network`', root.span);
    return;
  }
  applyKeys<Section[], YamlNode>(network?.value.entries ?? [], sectionKeys, sections, draft);
}

const sectionNames = [
  'ethernets',
  'wifis',
  'modems',
  'nm-devices',
  'virtual-ethernets',
  ...new Set([...deviceKinds.values()].flatMap(({ netplan: name }) => name ?? [])),
];

const sectionKeys: KeyTable<Section[], YamlNode> = {
  ...ignored('version', 'renderer'),
  ...unsaid('openvswitch'),
  ...Object.fromEntries(
    sectionNames.map((kind) => [
      kind,
      (devices: YamlNode, sections: Section[]) => {
        sections.push({ kind, devices });
      },
    ]),
  ),
};
