// A rule set in nft's words with what it becomes for iptables behind it.

/** The parts of a file in fixtures/across. */
export interface AcrossFixture {
  readonly text: string;
  readonly marker: string;
  /** What is written down so far. */
  readonly expected: string | undefined;
}

const marker = '# ---- in iptables ----\n';

/** Reads such a file. */
export function acrossFixture(content: string): AcrossFixture {
  const [text = '', expected] = content.split(marker);
  return { text, marker, expected };
}
