// .link files (systemd.link(5)): the names, addresses and sizes that udev gives to network cards.
import { type HostDraft, type InterfaceDraft, interfaceIn } from '../draft.ts';
import { lastOf } from '../ini.ts';
import { applyKeys, ignored, type KeyTable } from '../keys.ts';
import { deviceOf, macOf } from '../value.ts';
import type { Word } from '../word.ts';
import type { Unit } from './format.ts';
import { entriesOf } from './sections.ts';
import { bytesOf } from './value.ts';

const keys: KeyTable<InterfaceDraft> = {
  ...ignored(
    'Description',
    'Alias',
    'NamePolicy',
    'AlternativeNamesPolicy',
    'AlternativeName',
    'MACAddressPolicy',
    'Name',
  ),
  ...ignored(
    'TransmitQueues',
    'ReceiveQueues',
    'TransmitQueueLength',
    'BitsPerSecond',
    'Duplex',
    'AutoNegotiation',
    'WakeOnLan',
  ),
  ...ignored(
    'WakeOnLanPassword',
    'Port',
    'Advertise',
    'RxBufferSize',
    'TxBufferSize',
    'RxChannels',
    'TxChannels',
  ),
  ...ignored(
    'OtherChannels',
    'CombinedChannels',
    'RxFlowControl',
    'TxFlowControl',
    'AutoNegotiationFlowControl',
  ),
  ...ignored(
    'ReceiveChecksumOffload',
    'TransmitChecksumOffload',
    'TCPSegmentationOffload',
    'TCP6SegmentationOffload',
  ),
  ...ignored(
    'GenericSegmentationOffload',
    'GenericReceiveOffload',
    'GenericReceiveOffloadHardware',
    'LargeReceiveOffload',
  ),
  MACAddress: setMac,
  MTUBytes: (value, link, draft) => {
    const mtu = bytesOf(value, draft);
    if (mtu !== undefined) link.mtu = mtu;
  },
};

/** Sets the hardware address that a file gives. */
export function setMac(value: Word, link: InterfaceDraft, draft: HostDraft): void {
  const mac = macOf(value, draft);
  if (mac !== undefined) link.mac = mac;
}

/** A card that a file finds by its hardware address and gives a name is known by both. */
export function readNamingLink(unit: Unit, draft: HostDraft): void {
  const match = entriesOf(unit, 'Match');
  const entries = entriesOf(unit, 'Link');
  const named = lastOf(entries, 'Name') ?? lastOf(match, 'OriginalName');
  const found = lastOf(match, 'PermanentMACAddress') ?? lastOf(match, 'MACAddress');
  const name = named && !/[*?[! ]/.test(named.text) ? deviceOf(named, draft) : undefined;
  if (name === undefined || !named) return;
  const link = interfaceIn(draft, name, named.span);
  if (found && !found.text.includes(' ')) setMac(found, link, draft);
  applyKeys(entries, keys, link, draft);
}
