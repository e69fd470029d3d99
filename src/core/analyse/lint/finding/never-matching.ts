// Rules whose conditions no packet meets.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Finding } from '../define.ts';
import { unreachedLines } from '../exact/unreached.ts';
import { nameOfLine } from '../place.ts';

export const neverMatching: Finding = {
  code: 'HK7101',
  name: 'never-matching',
  *find(subject) {
    for (const { kind, line, placed } of unreachedLines(subject))
      if (kind === 'never')
        yield diagnostic('HK7101', `no packet meets the conditions of ${nameOfLine(line, placed)}`, {
          span: line.span,
        });
  },
};
