import type { ArchiveObject } from '../archive/archive.js';

/** What would have to be done to the first of two states to make the second of it. Nobody does. */
export type DifferenceDecision = 'insert' | 'update' | 'delete';

/** One object that is not the same in two states. */
export interface Difference {
  readonly model: string;
  /** As the first state calls it; as the second does where only that has it. */
  readonly object: string;
  /** As the second calls it, where an id map gives it another name. */
  readonly to?: string | undefined;
  /** `insert`: only the second has it; `delete`: only the first; `update`: they differ. */
  readonly decision: DifferenceDecision;
  /** In which an update differs. */
  readonly columns: readonly string[];
  /** Many-to-many lists in which an update differs. */
  readonly links: readonly LinkDifference[];
  /** Values of the first state: of the columns that differ, or of the whole object that only it has. */
  readonly before: () => ArchiveObject['fields'];
  readonly after: () => ArchiveObject['fields'];
}

export interface LinkDifference {
  readonly member: string;
  /** Names of objects that only the second state links to. */
  readonly insert: readonly string[];
  /** Names of objects that only the first does. */
  readonly delete: readonly string[];
}

/** A difference as one line of a plan; values under `verbose` only. */
export function differenceLine(difference: Difference, verbose: boolean): DifferenceLine {
  const { object, to, decision, columns, links, before, after } = difference;
  return {
    object,
    ...(to === undefined ? {} : { to }),
    decision,
    columns,
    ...(links.length === 0
      ? {}
      : { links: Object.fromEntries(links.map((link) => [link.member, { insert: link.insert, delete: link.delete }])) }),
    ...(verbose && decision !== 'insert' ? { before: before() } : {}),
    ...(verbose && decision !== 'delete' ? { after: after() } : {}),
  };
}

/** As it is written: a change set's line (FORMATS.md). */
export interface DifferenceLine {
  readonly object: string;
  readonly to?: string;
  readonly decision: DifferenceDecision;
  readonly columns: readonly string[];
  readonly links?: Readonly<Record<string, { readonly insert: readonly string[]; readonly delete: readonly string[] }>>;
  readonly before?: ArchiveObject['fields'];
  readonly after?: ArchiveObject['fields'];
}
