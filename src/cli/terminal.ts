// What the surface of one run is like: where results and messages go, colours, width.
import { once } from 'node:events';
import { isatty } from 'node:tty';
import pc from 'picocolors';
import { harmless } from '../core/text/harmless.ts';
import type { Paint, Role } from '../core/text/style.ts';

/** When colours are used; `auto`: on a terminal without NO_COLOR. */
export type ColorChoice = 'auto' | 'always' | 'never';

export const colorChoices = ['auto', 'always', 'never'] as const satisfies readonly ColorChoice[];

/** One output stream with its look. */
export interface Surface {
  /** Text of any origin: what would steer a terminal is written as an escape. */
  readonly write: (text: string) => void;
  /** As they are. */
  readonly writeBytes: (bytes: Uint8Array) => void;
  /** Waits while the reader is slower than we are, so that what was written does not pile up in memory. */
  readonly drained: () => Promise<void>;
  readonly paint: Paint;
  readonly color: boolean;
  /** Whether it is a terminal. */
  readonly interactive: boolean;
  /** Columns; 100 where the stream is no terminal. */
  readonly width: number;
}

/** Results go to `out`, everything else to `err`. */
export interface Terminal {
  readonly out: Surface;
  readonly err: Surface;
}

/** The surfaces of this process. */
export function openTerminal(choice: ColorChoice): Terminal {
  return { out: surface(process.stdout, choice), err: surface(process.stderr, choice) };
}

function surface(stream: NodeJS.WriteStream & { readonly fd: number }, choice: ColorChoice): Surface {
  const noColor = (process.env.NO_COLOR ?? '') !== '';
  const color = choice === 'auto' ? isatty(stream.fd) && !noColor : choice === 'always';
  return {
    write: (text) => void stream.write(harmless(text, { color, interactive: isatty(stream.fd) })),
    writeBytes: (bytes) => void stream.write(bytes),
    drained: async () => {
      if (stream.writableNeedDrain) await once(stream, 'drain');
    },
    paint: paintWith(color),
    color,
    interactive: isatty(stream.fd),
    width: stream.columns ?? 100,
  };
}

function paintWith(color: boolean): Paint {
  const colors = pc.createColors(color);
  const looks: Record<Role, (text: string) => string> = {
    good: colors.green,
    bad: colors.red,
    dim: colors.dim,
    strong: colors.bold,
    accent: colors.cyan,
  };
  return (role, text) => (text === '' ? '' : looks[role](text));
}
