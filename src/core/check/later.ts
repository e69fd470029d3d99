// Keys that the language has and this version does not compile; each is refused by its name.

const keys = `
  port, gre, iifgroup, oifgroup, iiftype, oiftype
  length, set add, set update, set delete, mark save, mark restore
  clamp mss, NFLOG, DSCP
`;

/** Matches and statements of the language, as they are written, that are in neither registry. */
export const laterKeys: ReadonlySet<string> = new Set(keys.trim().split(/[,\n]\s*/));
