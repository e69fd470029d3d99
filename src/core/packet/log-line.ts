// Reads lines of the kernel's log that tell of a packet: of the LOG target and of nft's log
// (`net/netfilter/nf_log_syslog.c`), and what ulogd writes of NFLOG.
import { diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Source, Span } from '../text/source.ts';
import { parseMac } from './link-text.ts';
import { entryOf } from './log-entry.ts';
import { type LogFields, logFields, logHex, logNumber } from './log-fields.ts';
import { arpInLine, readLoggedFrame } from './log-frame.ts';
import { type LogHead, readLogHead } from './log-head.ts';
import { readLoggedPacket } from './log-packet.ts';
import type { Injection, LinkHeader } from './packet.ts';

/** A packet as a rule logged it, and what the line says of where it was then. */
export interface LoggedPacket extends LogHead {
  readonly injection: Injection;
}

/**
 * Reads a kernel log line, whatever stands before `IN=`. The line does not say at which hook it was written: IN alone
 * is received, with routing left to decide; IN and OUT is forwarded that way; OUT alone is sent by this host.
 */
export function parseLogLine(
  source: Source,
  span: Span = { source, start: 0, end: source.text.length },
): Outcome<Injection> {
  const read = readLogLine(source.text.slice(span.start, span.end));
  if (typeof read !== 'string') return { value: read.injection, diagnostics: [] };
  return { value: undefined, diagnostics: [diagnostic('HK6020', read, { span, help: logLineHelp })] };
}

const logLineHelp =
  'a log line has `IN= OUT= SRC= DST= LEN= TTL= PROTO=`, as the LOG target and nft write it';

/** Whether a line of a journal tells of a packet: most lines don't. */
export function isLogLine(line: string): boolean {
  if (line.includes(' OUT=')) return /IN=\S{0,15} OUT=/.test(line);
  if (!line.includes(outInBytes)) return false;
  const entry = entryOf(line);
  return typeof entry !== 'string' && isLogLine(entry.text);
}

/** ` OUT=` in a message that is a list of bytes. */
const outInBytes = '32,79,85,84,61';

/** The packet of a line as text or as journalctl and dmesg write it in JSON, or what is wrong with it. */
export function readLogLine(line: string): LoggedPacket | string {
  const entry = entryOf(line);
  if (typeof entry === 'string') return entry;
  const { text, time } = entry;
  const way = /IN=([^\s=]{0,15}) OUT=(\S{0,15})/.exec(text);
  if (!way) return 'the line has no `IN=… OUT=…`';
  const injection = readInjection(
    way[1] ?? '',
    way[2] ?? '',
    text.slice(way.index + way[0].length).trimEnd(),
  );
  if (typeof injection === 'string') return injection;
  return { ...readLogHead(text.slice(0, way.index)), ...(time && { time }), injection };
}

function readInjection(iif: string, oif: string, text: string): Injection | string {
  if (iif === '' && oif === '') return 'both `IN=` and `OUT=` are empty';
  const packet = readLoggedFrame(text) ?? readLoggedPacket(text);
  if (typeof packet === 'string') return packet;
  const fields = logFields(text.split(arpInLine)[0] ?? '');
  const link = readLink(fields);
  const [skuid, skgid] = ['UID', 'GID'].map((key) => logNumber(fields, key, 32));
  const mark = logHex(fields, 'MARK', 32);
  const ttl = isForwarded(iif, oif, fields) ? Math.min(packet.ttl + 1, 255) : packet.ttl;
  return {
    packet: { ...packet, ttl, ...(link && { link }) },
    direction: iif === '' ? 'out' : 'in',
    ...(iif !== '' && { iif }),
    ...(oif !== '' && { oif }),
    ...(mark && { mark }),
    ...(skuid !== undefined && { skuid }),
    ...(skgid !== undefined && { skgid }),
  };
}

/** The line has the time to live of a packet that was routed already; a bridge (`PHYSOUT=`) leaves it alone. */
function isForwarded(iif: string, oif: string, { values }: LogFields): boolean {
  return iif !== '' && oif !== '' && !values.has('PHYSOUT');
}

/** `MAC=` is the whole link header: of Ethernet destination, source and type. */
function readLink({ values }: LogFields): LinkHeader | undefined {
  const bytes = (values.get('MAC') ?? '').split(':');
  const isEthernet = bytes.length === 14;
  const destination = parseMac(values.get('MACDST') ?? (isEthernet ? bytes.slice(0, 6).join(':') : ''));
  const source = parseMac(values.get('MACSRC') ?? (isEthernet ? bytes.slice(6, 12).join(':') : ''));
  return source === undefined || destination === undefined ? undefined : { source, destination };
}
