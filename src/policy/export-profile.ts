/** Under which profile an export is made, and with which options of it: those that were used, as on the command line (`public-only`). */
export interface ExportProfile {
  readonly name: string;
  readonly options: Readonly<Record<string, boolean | string | number | readonly string[]>>;
}

/** The same as a header tells it: no text leaves with it, as it can be an address, a secret or a path. */
export interface RecordedProfile {
  readonly name: string;
  /** Switches and numbers as they are, of a text that it was given, of a list how many it has. */
  readonly options: Readonly<Record<string, boolean | number | 'given' | { readonly count: number }>>;
}

export function recordedProfile({ name, options }: ExportProfile): RecordedProfile {
  const recorded = Object.entries(options).map(([option, value]): [string, RecordedProfile['options'][string]] => {
    if (typeof value === 'string') return [option, 'given'];
    return [option, typeof value === 'boolean' || typeof value === 'number' ? value : { count: value.length }];
  });
  return { name, options: Object.fromEntries(recorded.sort(([a], [b]) => (a < b ? -1 : 1))) };
}
