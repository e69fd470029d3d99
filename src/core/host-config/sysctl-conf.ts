// Sysctls: lines of /etc/sysctl.conf and /etc/sysctl.d, and what `sysctl -a` prints (sysctl.conf(5)).
import { lineSpans, type Source } from '../text/source.ts';
import { complain, type HostDraft } from './draft.ts';
import type { HostFormat } from './format.ts';
import { trimmed } from './ini.ts';
import { cutAt } from './word.ts';

/** Only those of the network are kept; the others are about other things. */
export const sysctlConf: HostFormat = {
  name: 'sysctl',
  recognises: ({ name, text }) =>
    /(?:^|\/)(?:sysctl[^/]*|sysctl\.d\/[^/]*)$/.test(name) ||
    (/^[ \t]*-?(?:net|kernel|vm|fs)[./][\w./*-]+[ \t]*=/m.test(text) && !/^\s*[[{]/.test(text)),
  read: (sources, draft) => {
    for (const source of sources) readLines(source, draft);
  },
};

function readLines(source: Source, draft: HostDraft): void {
  for (const span of lineSpans(source)) {
    const line = trimmed({ text: source.text.slice(span.start, span.end), span });
    if (line.text === '' || /^[#;]/.test(line.text)) continue;
    const [left, right] = cutAt(line, '=');
    const name = dotted(trimmed(left).text.replace(/^-/, ''));
    if (!right || name === '') {
      // `-net.x` alone takes a name out of a pattern.
      if (!line.text.startsWith('-'))
        complain(draft, 'HK8002', `\`${line.text}\` is no \`name = value\``, line.span);
    } else if (name.includes('*'))
      complain(
        draft,
        'HK8004',
        `the pattern \`${name}\` is left out: name the sysctls themselves`,
        line.span,
      );
    else if (name.startsWith('net.'))
      draft.sysctls.push({ name, value: trimmed(right).text, span: line.span });
  }
}

/** A name whose first separator is a slash has a dot where others have a slash. */
function dotted(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  return first === '/' ? name.replaceAll(/[./]/g, (one) => (one === '/' ? '.' : '/')) : name;
}
