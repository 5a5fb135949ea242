import { expect } from 'chai';
import type { GraphRow } from '../delete/graph-tables.js';
import { graphReferences, nameOf } from '../delete/graph-tables.js';

/** A line of a plan that tells values. */
export interface PlannedLine {
  readonly object: string;
  readonly decision: 'delete' | 'update' | 'insert' | 'conflict';
  readonly columns?: readonly string[];
  readonly before?: GraphRow;
  readonly after?: GraphRow;
  readonly reason?: 'changed' | 'gone' | 'exists' | 'referenced';
  readonly by?: string;
  readonly reference?: string;
}

type Graph = ReadonlyMap<string, GraphRow>;

/** What a plan leaves of a graph, told by its own lines; fails where a line does not tell of the graph. */
export function expectedUndo(lines: readonly PlannedLine[], before: Graph): Graph {
  const after = new Map(before);
  const rowOf = (object: string, values: GraphRow | undefined): string => {
    const name = rowNamed(object, before) ?? '';
    expect(before.get(name), object).to.include(texts(values ?? {}));
    return name;
  };
  // What goes makes room for what comes back.
  for (const { object, decision, before: values } of lines) if (decision === 'delete') after.delete(rowOf(object, values));
  for (const { object, decision, columns, before: values, after: back = {} } of lines) {
    if (decision === 'insert') {
      const name = nameOf(tableOf(object), back);
      expect(after.has(name), object).to.equal(false);
      after.set(name, texts(back));
    }
    if (decision !== 'update') continue;
    const name = rowOf(object, values);
    expect(Object.keys(back), object).to.have.members(columns ?? []);
    after.set(name, { ...after.get(name), ...texts(back) });
  }
  return after;
}

/** Whether what is told to stand against it does: by the rows as they were left, and as they are. */
export function conflictHolds(
  { object, reason, by }: PlannedLine,
  lines: readonly PlannedLine[],
  left: Graph,
  now: Graph,
): boolean {
  const [then, is] = [rowNamed(object, left), rowNamed(object, now)];
  switch (reason) {
    case 'gone':
      return then !== undefined && is === undefined;
    case 'exists':
      return then === undefined && is !== undefined;
    case 'changed':
      return then !== undefined && is !== undefined && JSON.stringify(left.get(then)) !== JSON.stringify(now.get(is));
    case 'referenced': {
      const child = rowNamed(by ?? '', now);
      const row = now.get(child ?? '');
      const parent = now.get(is ?? '');
      const isKnown = lines.some((line) => line.object === by || rowNamed(line.object, now) === child);
      return (
        !isKnown &&
        graphReferences.some((one) => {
          const to = 'to' in one ? one.to : 'id';
          return child?.split('.')[0] === one.child && is?.split('.')[0] === one.parent && row?.[one.column] === parent?.[to];
        })
      );
    }
    default:
      return false;
  }
}

function tableOf(object: string): string {
  return object.split('.')[1] ?? '';
}

/** An object but for one member. */
export function without(line: object, member: string): object {
  return Object.fromEntries(Object.entries(line).filter(([name]) => name !== member));
}

/** With values as texts: the driver has some integers as such, archives as numbers. */
export function withTexts(graph: Graph): Graph {
  return new Map([...graph].map(([name, row]) => [name, texts(row)]));
}

function texts(row: GraphRow): GraphRow {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value === null ? null : String(value)]));
}

/** The row of a name: `public.a.1`, `public.d.id=1,part=0`. */
function rowNamed(object: string, graph: Graph): string | undefined {
  const [, table = '', key = ''] = object.split('.');
  const wanted = key.includes('=') ? key.split(',').map((part) => part.split('=')) : [['id', key]];
  return [...graph].find(
    ([name, row]) => name.split('.')[0] === table && wanted.every(([column = '', value]) => String(row[column]) === value),
  )?.[0];
}
