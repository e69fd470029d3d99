// What makes the machine start with the rules in force: a file for the tool, a unit of systemd that loads it, and a place in
// the files that the distribution loads. Everything in them is an address or a number, so that nothing is looked up at the start.
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type OwnTable, ownChanges, ownTablesOf, withOwnTables } from '../../core/iptables/own-chains.ts';
import { type OutputFile, writeFiles } from '../write-files.ts';
import { ApplyError } from './error.ts';
import { type Generation, readShaped, readTexts, type Texts } from './generation.ts';
import type { Site } from './site.ts';
import { writeState } from './state-files.ts';
import { markedTable } from './transaction.ts';
import { awaitsConfirmation, lastGeneration } from './undo.ts';

const persistShape = z.strictObject({ root: z.string().startsWith('/').max(4096) });

/** From now on what is in force, and confirmed, is in force after a start as well; `root` is the folder that has `etc`. */
export function notePersist({ folder }: Site, root: string): void {
  writeState(join(folder, 'persist.json'), JSON.stringify({ root }));
}

/** Writes the files of the start for what is in force, where that was asked for; the paths are returned. */
export async function persistCurrent(site: Site): Promise<readonly string[]> {
  const asked = readShaped(join(site.folder, 'persist.json'), persistShape);
  const generation = lastGeneration(site);
  if (!asked || (generation && awaitsConfirmation(generation))) return [];
  const files = generation ? filesOf(site, asked.root, generation) : emptyFiles(asked.root);
  for (const { path } of files) mkdirSync(dirname(path), { recursive: true });
  const problem = await writeFiles(files);
  if (problem)
    throw new ApplyError('failed', problem.message, 'the rules are in force, but not after a start');
  enable(asked.root);
  return files.map(({ path }) => path);
}

/** Where the texts of a program are, below `root`. */
const texts = {
  nft: 'etc/hookline/rules.nft',
  ipset: 'etc/hookline/rules.ipset',
  iptables: 'etc/hookline/rules.v4',
  ip6tables: 'etc/hookline/rules.v6',
} as const;

const unit = 'etc/systemd/system/hookline.service';

/** What nftables.service loads: of Debian and its like, and of Fedora and its like. */
const nftFiles = ['etc/nftables.conf', 'etc/sysconfig/nftables.conf'] as const;

/** What netfilter-persistent loads. */
const savedFiles = { iptables: 'etc/iptables/rules.v4', ip6tables: 'etc/iptables/rules.v6' } as const;

function filesOf(site: Site, root: string, generation: Generation): readonly OutputFile[] {
  const target = readTexts(site, generation.number, 'target');
  return generation.loader === 'nft'
    ? nftFilesOf(root, generation, target)
    : iptablesFilesOf(root, generation, target);
}

function nftFilesOf(root: string, { id }: Generation, { nft = '' }: Texts): readonly OutputFile[] {
  return [
    { path: join(root, texts.nft), text: `${markedTable(id)}${nft}` },
    { path: join(root, unit), text: unitText([`nft -f /${texts.nft}`]) },
    ...nftFiles
      .map((name) => join(root, name))
      .filter(existsSync)
      .map(including),
  ];
}

/** Behind everything else that is loaded there. */
function including(path: string): OutputFile {
  const line = `include "/${texts.nft}"`;
  const text = readFileSync(path, 'utf8');
  return {
    path,
    text: text.includes(line) ? text : `${text.trimEnd()}\n\n# Written by hookline.\n${line}\n`,
  };
}

const families = ['iptables', 'ip6tables'] as const;

/** Where netfilter-persistent loads the rules, the unit has but the sets that they look into. */
function iptablesFilesOf(root: string, { id, loader }: Generation, target: Texts): readonly OutputFile[] {
  const own = (name: (typeof families)[number]) => ownTablesOf(target[name] ?? '', id);
  const sets = `ipset restore -exist -file /${texts.ipset}`;
  const saved = families.filter((name) => existsSync(join(root, savedFiles[name])));
  const others = families.filter((name) => !saved.includes(name));
  const variant = loader === 'iptables-nft' ? 'nft' : 'legacy';
  const restores = others.map((name) => `${name}-${variant}-restore --noflush /${texts[name]}`);
  return [
    { path: join(root, texts.ipset), text: target.ipset ?? '' },
    { path: join(root, unit), text: unitText([sets, ...restores], saved.length > 0) },
    ...others.map((name) => ({ path: join(root, texts[name]), text: ownChanges([], own(name)) })),
    ...saved.map((name) => savedWith(join(root, savedFiles[name]), own(name))),
  ];
}

function savedWith(path: string, own: readonly OwnTable[]): OutputFile {
  return { path, text: withOwnTables(readFileSync(path, 'utf8'), own) };
}

/** Nothing is in force: what is loaded at the start loads nothing. */
function emptyFiles(root: string): readonly OutputFile[] {
  const written = Object.values(texts).map((name) => join(root, name));
  const saved = Object.values(savedFiles).map((name) => join(root, name));
  return [
    ...written.filter(existsSync).map((path) => ({ path, text: '' })),
    ...saved.filter(existsSync).map((path) => savedWith(path, [])),
  ];
}

/** Before any address is there, and behind what flushes all rules; it waits for no network, and so for no name (systemd.special(7)). */
function unitText(commands: readonly string[], isBeforeSaved = false): string {
  const order = isBeforeSaved ? 'Before' : 'After';
  return `# Written by hookline: the rules that were in force, and confirmed.
[Unit]
Description=Firewall rules of hookline
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=local-fs.target nftables.service
${order}=netfilter-persistent.service
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
${commands.map((command) => `ExecStart=/usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin ${command}`).join('\n')}

[Install]
WantedBy=sysinit.target
`;
}

/** As `systemctl enable` does it. */
function enable(root: string): void {
  const link = join(root, 'etc/systemd/system/sysinit.target.wants/hookline.service');
  if (!existsSync(join(root, unit))) return;
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../hookline.service', link);
}
