// What the two input forms of nft take as names and comments (include/uapi/linux/netfilter/nf_tables.h:
// NFT_NAME_MAXLEN, NFT_USERDATA_MAXLEN; for text its grammar), checked before nft says something less helpful.
import { type Diagnostic, type DiagnosticDetails, diagnostic } from '../diagnostic/diagnostic.ts';
import { byteLength } from '../match/quote.ts';
import type { Span } from '../text/source.ts';
import { isReserved } from './reserved.ts';

/** The input that is being written. */
export type NftForm = 'json' | 'text';

const nameLimit = 255;

/** Bytes of a comment that each of them takes. */
export const commentLimit = { json: 253, text: 128 } as const;

/** How nft text is told from nft JSON by those who can choose. */
const takenByJson = 'emit nft JSON, which takes it, or choose another name';

/** What keeps a table, chain or set from having its name; a warning where only nft's own listing suffers. */
export function checkName(form: NftForm, what: string, name: string, span?: Span): Diagnostic | undefined {
  const about = `${what} name \`${printable(name)}\``;
  if (name === '') return diagnostic('HK4502', `the ${what} has an empty name`, { span });
  if (byteLength(name) > nameLimit) return diagnostic('HK4502', `${about} has more than 255 bytes`, { span });
  if (/\p{Cc}/u.test(name)) return diagnostic('HK4502', `${about} holds a control character`, { span });
  if (!isTextName(name)) return unspeakable(form, about, span);
  if (form === 'json' || !isReserved(name)) return undefined;
  return diagnostic('HK4504', `${about} is a reserved word of nft text`, { span, help: takenByJson });
}

/** Whether nft's scanner takes a word for a name. */
export function isTextName(name: string): boolean {
  return /^[A-Za-z_.][A-Za-z0-9_./-]*$/.test(name);
}

function unspeakable(form: NftForm, about: string, span: Span | undefined): Diagnostic {
  const message = `${about} cannot be written in nft text`;
  const details: DiagnosticDetails =
    form === 'text'
      ? { span, help: takenByJson }
      : { span, severity: 'warning', help: 'what `nft list ruleset` prints of it cannot be loaded again' };
  return diagnostic('HK4502', message, details);
}

/** What keeps a rule, named by `where`, from having its comment. */
export function checkComment(
  form: NftForm,
  comment: string,
  where: string,
  span?: Span,
): Diagnostic | undefined {
  const limit = commentLimit[form];
  if (byteLength(comment) > limit)
    return diagnostic('HK4503', `the comment of ${where} has more than ${limit} bytes`, { span });
  if (comment.includes('\0'))
    return diagnostic('HK4503', `the comment of ${where} holds a NUL character`, { span });
  if (form === 'json' || isTextString(comment)) return undefined;
  const help = 'emit nft JSON, which takes it';
  return diagnostic('HK4503', `the comment of ${where} holds a quote or a control character`, { span, help });
}

/** Whether a text can stand between quotes in nft text, where nothing is escaped. */
export function isTextString(text: string): boolean {
  return !/["\p{Cc}]/u.test(text);
}

function printable(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, '?').slice(0, 80);
}
