// What hookline knows of one sysctl: what it does, its values, how `all` and an interface's value become one.

/**
 * How the value for `all` and that of an interface become the one in force (`include/linux/inetdevice.h:
 * IN_DEV_MAXCONF, IN_DEV_ORCONF, IN_DEV_ANDCONF`). `device`: the interface's alone counts. `change`: the interface's
 * alone, and a change of `all` changes all of them. `all-first`: the interface's counts where `all` is 0.
 */
export type Combine = 'greater' | 'either' | 'both' | 'device' | 'change' | 'all-first';

/** One sysctl. Its name stands in the table, with `*` in the place of an interface. */
export interface SysctlEntry {
  /** What it is for, in a sentence or two. */
  readonly meaning: string;
  /** The value of a fresh network namespace, a text where that is no number; absent: the machine decides. */
  readonly initial?: number | string;
  /** Absent: it is of the whole host. */
  readonly combine?: Combine;
  /** What single values mean; `else` stands for all others. */
  readonly values?: Readonly<Record<string, string>>;
  /** The least and the greatest that the kernel takes; any number of 32 bits if absent. */
  readonly range?: readonly [number, number];
  /** What a number counts. */
  readonly unit?: string;
  /** What else one should know of it. */
  readonly note?: string;
  /** The kernel's file and function that asks for it. */
  readonly source: string;
}

/** Checks the shape of a table and keeps its names and numbers. */
export function sysctls<const Table extends Readonly<Record<string, SysctlEntry>>>(table: Table): Table {
  return table;
}
