// What stands before the packet in a line of a log: when it was written, by which host, and the prefix of the rule.

/** What a line says before `IN=`. */
export interface LogHead {
  /** The rule's log prefix, with the blanks at its end. */
  readonly prefix: string;
  readonly time?: LogTime;
}

/** When a line was written. */
export interface LogTime {
  /** As the line has it. */
  readonly text: string;
  /** Nanoseconds since 1970, where the line says the year and the time zone. */
  readonly time?: bigint;
}

/** A point of time in nanoseconds since 1970, in words; absent where it is none that a clock has. */
export function logTimeOf(time: bigint | undefined): LogTime | undefined {
  const date = time === undefined ? undefined : new Date(Number(time / 1_000_000n));
  return time === undefined || !date || Number.isNaN(date.getTime())
    ? undefined
    : { text: date.toISOString(), time };
}

/** Reads the head: as journalctl, dmesg, syslog (RFC 3164, RFC 5424) and ulogd write it. */
export function readLogHead(text: string): LogHead {
  let rest = text.replace(priority, '');
  let time: LogTime | undefined;
  for (const { shape, meaning } of times) {
    const match = shape.exec(rest);
    if (!match) continue;
    time ??= meaning(match);
    rest = rest.slice(match[0].length);
  }
  if (time) rest = withoutSender(rest, hostBehind.test(time.text));
  const prefix = rest.replace(sinceBoot, '');
  return { prefix, ...(time && { time }) };
}

/** `<4>` of syslog and of `dmesg -r`, `<4>1 ` of RFC 5424, and `kern  :warn  : ` of `dmesg -x`. */
const priority = /^\s*(?:<\d{1,3}>(?:1 )?|[a-z0-7]+ *:[a-z]+ *: )?/;

const sinceBoot = /^\[ *\d+\.\d+\] ?/;

interface TimeShape {
  readonly shape: RegExp;
  readonly meaning: (match: RegExpExecArray) => LogTime;
}

const asText = ([, text = '']: RegExpExecArray): LogTime => ({ text: text.trim() });

/** In the order in which they may stand one behind the other. */
const times: readonly TimeShape[] = [
  {
    // journalctl -o short-iso and short-full, dmesg --time-format iso, RFC 5424
    shape:
      /^((?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d)| [A-Z]{2,5})?) /,
    meaning: ([, text = '']) => ({ text, ...absolute(text) }),
  },
  // journalctl -o short, RFC 3164, LOGEMU; with a year as in dmesg -T
  {
    shape:
      /^\[?((?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: \d{4})?)\]? /,
    meaning: asText,
  },
  {
    // journalctl -o short-unix
    shape: /^((\d{9,10})\.(\d{1,9})) /,
    meaning: ([, text = '', seconds = '', part = '']) => ({
      text,
      time: BigInt(seconds) * nanoseconds + fraction(part),
    }),
  },
  // /dev/kmsg
  { shape: /^\d+,\d+,(\d+),[^;]*;/, meaning: ([, since = '']) => ({ text: sinceBootText(since) }) },
  // dmesg, journalctl -o short-monotonic
  { shape: /^\[ *(\d+\.\d+)\] ?/, meaning: asText },
];

/** Microseconds as dmesg has them. */
function sinceBootText(microseconds: string): string {
  const digits = microseconds.padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

const nanoseconds = 1_000_000_000n;

function fraction(digits: string): bigint {
  return BigInt(digits.padEnd(9, '0'));
}

/** Only with a time zone that is a number or UTC. */
function absolute(text: string): { readonly time?: bigint } {
  const [, day = '', clock = '', part = '', zone = ''] =
    /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))? ?(Z|UTC|[+-]\d\d:?\d\d)$/.exec(text) ?? [];
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  const milliseconds = Date.parse(`${day}T${clock}${offset}`);
  return Number.isNaN(milliseconds) ? {} : { time: BigInt(milliseconds) * 1_000_000n + fraction(part) };
}

/** The host with the program's name; ulogd's LOGEMU has the host alone, dmesg neither. */
function withoutSender(text: string, hasHost: boolean): string {
  const sender = program.exec(text) ?? structured.exec(text) ?? (hasHost ? /^\S+ /.exec(text) : null);
  return sender ? text.slice(sender[0].length) : text;
}

/** The time of RFC 3164, which a host always follows. */
const hostBehind = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d/;

const program = /^(?:\S+ )?(?:kernel|[\w.-]+\[\d+\]): /;

/** RFC 5424: host, program, process, message id, structured data. */
const structured = /^\S+ kernel \S+ \S+ (?:-|(?:\[[^\]]*\])+) /;
