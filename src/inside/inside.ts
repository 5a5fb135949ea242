/** Where keys stand within the value of a column, as a policy and an archive's header say it: one of the three. */
export interface Inside {
  /** The value is an array of keys. */
  readonly array?: true | undefined;
  /** The value is JSON: the SQL/JSON path of the keys. */
  readonly path?: string | undefined;
  /** The value is text: the regular expression that finds the keys, with one group around the key. */
  readonly pattern?: string | undefined;
}

/** The value itself is the key: of what is only mentioned. */
export const wholeValue: Inside = Object.freeze({});

/** The one member that says it; undefined where none does, or more than one. */
export function insideOf({ array, path, pattern }: Inside): Inside | undefined {
  const said: readonly Inside[] = [
    ...(array === undefined ? [] : [{ array }]),
    ...(path === undefined ? [] : [{ path }]),
    ...(pattern === undefined ? [] : [{ pattern }]),
  ];
  return said.length === 1 && said[0] !== undefined ? Object.freeze(said[0]) : undefined;
}

/** The same of what is only mentioned; undefined where more than one member says it. */
export function mentionedIn(said: Inside): Inside | undefined {
  return [said.array, said.path, said.pattern].every((one) => one === undefined) ? wholeValue : insideOf(said);
}

/** How it is written behind the column in a reference's name. */
export function insideName({ array, path, pattern }: Inside): string {
  if (array === true) return ':array';
  if (path !== undefined) return `:${path}`;
  return pattern === undefined ? '' : ':pattern';
}
