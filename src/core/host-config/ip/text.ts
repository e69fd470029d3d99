// What `ip` prints for people: `ip [-d] [-o] address|link|route|rule|neigh`, several of them in any order in one file.
import { complain, type HostDraft } from '../draft.ts';
import type { HostFormat } from '../format.ts';
import { type Block, blocksIn } from './text-block.ts';
import { readLinks } from './text-link.ts';
import { readNeighbours, readRoutes } from './text-route.ts';
import { readRules } from './text-rule.ts';

/** A kind of listing: how a block of it looks, and its reader. */
interface Listing {
  readonly looks: RegExp;
  readonly read: (blocks: readonly Block[], draft: HostDraft) => void;
}

const network = String.raw`(?:default|[\da-f]*[.:][\da-f.:]*(?:/\d+)?)`;
const options = 'from|via|dev|proto|table|metric|scope|src|tos|nhid|encap|mtu|pref';
const states = 'INCOMPLETE|REACHABLE|STALE|DELAY|PROBE|FAILED|NOARP|PERMANENT|NONE|proxy';

/** In the order in which they are tried and read. */
const listings: readonly Listing[] = [
  { looks: /^\d+: (?:\S+: <| *\S+ +inet6? )/m, read: readLinks },
  { looks: /^\d+:\s+(?:not )?from \S/m, read: readRules },
  { looks: new RegExp(String.raw`^\S+ dev \S+ (?:.* )?(?:${states})[ \t]*$`, 'm'), read: readNeighbours },
  {
    looks: new RegExp(
      String.raw`^(?:\w+ )?${network}(?: (?:${options}) |[^\n]*\n\s*nexthop )|^(?:blackhole|unreachable|prohibit|throw) ${network}`,
      'm',
    ),
    read: readRoutes,
  },
];

/** Without `-j`; `-br` does not say enough. */
export const ipText: HostFormat = {
  name: 'ip',
  recognises: ({ text }) => listings.some(({ looks }) => looks.test(text)),
  read: (sources, draft) => {
    const told = sources.flatMap(blocksIn).map((block) => ({ block, listing: listingOf(block) }));
    for (const { block, listing } of told)
      if (!listing)
        complain(draft, 'HK8002', `\`${block.head.text}\` is no line that \`ip\` prints`, block.head.span);
    for (const listing of listings)
      listing.read(
        told.filter((one) => one.listing === listing).map(({ block }) => block),
        draft,
      );
  },
};

function listingOf({ head, rest }: Block): Listing | undefined {
  const [first] = rest;
  const text = first ? `${head.text}\n${first.text}` : head.text;
  return listings.find(({ looks }) => text.search(looks) === 0);
}
