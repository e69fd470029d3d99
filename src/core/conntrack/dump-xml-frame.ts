// Cutting XML into its flows, whatever lines they stand on, so that a broken one costs only itself.

/** A flow, or why it is none, and the number of the line that it begins on. */
export type Frame =
  | { readonly line: number; readonly flow: string }
  | { readonly line: number; readonly flow?: undefined; readonly problem: string };

/** Takes XML line by line. */
export interface FrameReader {
  /** Whether a flow has begun and not ended. */
  readonly isOpen: () => boolean;
  readonly push: (text: string, line: number) => readonly Frame[];
  /** There is no more. */
  readonly end: () => readonly Frame[];
}

/** No flow that conntrack prints is longer: its own buffer has 4096 bytes. */
const maximumFlow = 2 ** 16;

const tag = '<flow';
const ending = '</flow>';

/** The flow that has begun, if one has, and what was cut so far. */
interface Cutting {
  open: { readonly line: number; text: string } | undefined;
  frames: Frame[];
}

/** A reader before any flow. */
export function frameReader(): FrameReader {
  const cutting: Cutting = { open: undefined, frames: [] };
  const taken = () => cutting.frames.splice(0);
  return {
    isOpen: () => cutting.open !== undefined,
    push: (text, line) => {
      let from = 0;
      while (from < text.length) from = cutOne(cutting, text, from, line);
      return taken();
    },
    end: () => {
      refuse(cutting, 'the flow does not end');
      return taken();
    },
  };
}

/** Goes on from a place of a line to the end of a flow, or of the line; answers the place behind. */
function cutOne(cutting: Cutting, text: string, from: number, line: number): number {
  const begin = nextFlow(text, from);
  if (!cutting.open) {
    if (begin === -1) return text.length;
    cutting.open = { line, text: tag };
    return begin + tag.length;
  }
  const end = endBefore(text, from, begin);
  if (begin !== -1 && end === -1) {
    refuse(cutting, 'the flow does not end');
    return begin;
  }
  const to = end === -1 ? text.length : end + ending.length;
  cutting.open.text += end === -1 ? `${text.slice(from, to)}\n` : text.slice(from, to);
  if (cutting.open.text.length > maximumFlow) refuse(cutting, 'the flow is longer than 64 KiB');
  else if (end !== -1) finish(cutting, cutting.open);
  return to;
}

/** Where the flow ends, if before the next one begins. */
function endBefore(text: string, from: number, begin: number): number {
  if (begin === -1) return text.indexOf(ending, from);
  const end = text.slice(from, begin).indexOf(ending);
  return end === -1 ? -1 : from + end;
}

function finish(cutting: Cutting, { line, text }: { readonly line: number; readonly text: string }): void {
  cutting.frames.push({ line, flow: text });
  cutting.open = undefined;
}

function refuse(cutting: Cutting, problem: string): void {
  if (cutting.open) cutting.frames.push({ line: cutting.open.line, problem });
  cutting.open = undefined;
}

/** Where `<flow` or `<flow type=…` stands next. */
function nextFlow(text: string, from: number): number {
  for (let at = text.indexOf(tag, from); at !== -1; at = text.indexOf(tag, at + 1))
    if (/[\s>/]/.test(text.charAt(at + tag.length)) || at + tag.length === text.length) return at;
  return -1;
}
