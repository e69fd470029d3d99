// Who is behind an address and a port that others see: the clients that were hidden there, and the servers put there.
import { type EndFilter, isEnd } from './end-filter.ts';
import {
  isDestinationTranslated,
  isSourceTranslated,
  type TranslatedEnd,
  type Translation,
} from './translation.ts';

/**
 * What a connection has to do with a place. `client`: its source was translated to it. `server`: it was begun to it, and
 * another answers. `itself`: the place is one of its ends, and not translated.
 */
export type Role = 'client' | 'server' | 'itself';

/** Who is there. */
export interface Behind {
  readonly role: Role;
  /** Who really is there. */
  readonly end: TranslatedEnd;
  /** The other end, as it knows itself. */
  readonly peer: TranslatedEnd;
}

/** Who of a connection is behind a place; undefined where it has nothing to do with it. */
export function behind(row: Translation, place: EndFilter): Behind | undefined {
  const { family, originalSource, modifiedSource, originalDestination, modifiedDestination } = row;
  if (isEnd(family, modifiedSource, place)) {
    const role = isSourceTranslated(row) ? 'client' : 'itself';
    return { role, end: originalSource, peer: modifiedDestination };
  }
  if (!isEnd(family, originalDestination, place)) return undefined;
  const role = isDestinationTranslated(row) ? 'server' : 'itself';
  return { role, end: modifiedDestination, peer: originalSource };
}
