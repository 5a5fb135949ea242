import type { External, ReadArchive } from './read-archive.js';
import type { Brought, Row, Rules, Tables, Thing, WorldTable } from './terms.js';
import { homeName } from './terms.js';

/**
 * What an archive brings into a target: of what stayed at home, the target's own rows; placeholders and empty references where it has none, as
 * the rules say. Undefined where one is nowhere.
 */
export function bring(
  schema: Readonly<Record<string, WorldTable>>,
  target: Tables,
  { things, external }: ReadArchive,
  rules: Rules,
): Brought | undefined {
  const atHome = new Map<string, Row>();
  const placeholders: Thing[] = [];
  const gone = new Set<string>();
  for (const one of external) {
    const { table, key, naturalKey } = one;
    const name = homeName(table, Object.values(key));
    const { missing, merge } = rules.models[table] ?? {};
    const there = (target[table] ?? []).filter((row) => isSame(key, row));
    const namesakes = isNamed(one) ? (target[table] ?? []).filter((row) => isSame(naturalKey, row)) : there;
    const isAbsent = namesakes.length === 0;
    if (isAbsent && missing === 'null') gone.add(name);
    else if (isAbsent && missing === 'placeholder') {
      // Of a table of which nothing else comes, no other column does either.
      const isAlone = things.every((thing) => thing.table !== table);
      const blank = Object.fromEntries((schema[table]?.columns ?? []).map((column) => [column, null]));
      const rest = isAlone ? {} : { ...blank, ...rules.models[table]?.fill };
      placeholders.push({ table, row: { ...rest, ...naturalKey, ...key } });
    } else {
      const row = merge !== undefined && isNamed(one) && namesakes.length === 1 ? namesakes[0] : there[0];
      if (row === undefined || !isSame(naturalKey, row)) return undefined;
      atHome.set(name, row);
    }
  }
  const emptied = things.map(({ table, row }): Thing => {
    const lost = (schema[table]?.edges ?? []).filter(({ columns, parent }) =>
      gone.has(
        homeName(
          parent,
          columns.map((name) => row[name] ?? null),
        ),
      ),
    );
    return { table, row: { ...row, ...Object.fromEntries(lost.flatMap(({ columns }) => columns.map((name) => [name, null]))) } };
  });
  return { things: [...emptied, ...placeholders], atHome };
}

/** Whether it is known by more than its key. */
function isNamed({ naturalKey }: External): boolean {
  const values = Object.values(naturalKey);
  return values.length > 0 && values.every((value) => value !== null);
}

function isSame(wanted: Row, row: Row): boolean {
  return Object.entries(wanted).every(([name, value]) => row[name] === value);
}
