import type { MadeDatabase, MadeLink, MadeReference, MadeTable } from './made-database.js';
import type { RowRuleOf, Rules } from './random-rules.js';

/** A row as text: its table and its key. */
export type RowName = string;

export function rowName(table: string, key: readonly string[]): RowName {
  return `${table} ${JSON.stringify(key)}`;
}

export function parseRowName(row: RowName): [table: string, key: string[]] {
  const at = row.indexOf(' ');
  return [row.slice(0, at), JSON.parse(row.slice(at + 1)) as string[]];
}

/** One row that holds another's key, as the database itself finds it; without `parent` no row has that key. */
export interface RowEdge {
  readonly reference: MadeReference;
  readonly child: RowName;
  readonly parent: RowName | undefined;
  /** Whether the policy's filter and limit let the way down pass. */
  readonly down: boolean;
}

export interface RowLink {
  readonly link: MadeLink;
  readonly owner: RowName;
  readonly inverse: RowName;
}

/** What the database itself says of a made one. */
export interface Facts {
  readonly edges: readonly RowEdge[];
  readonly links: readonly RowLink[];
  /** Rows that fail a rule, with the first that they fail. */
  readonly failing: ReadonlyMap<RowName, RowRuleOf>;
  /** All rows of the tables that leave whole. */
  readonly whole: ReadonlySet<RowName>;
}

/** Each rule by itself, table by table. */
async function readFailing(
  query: Query,
  table: (name: string) => MadeTable,
  rules: Rules,
): Promise<ReadonlyMap<RowName, RowRuleOf>> {
  const failing = new Map<RowName, RowRuleOf>();
  for (const rule of rules.rows) {
    const sql = `SELECT ${keyOf(table(rule.table), 'c')} AS one FROM (SELECT *, (${rule.keep}) AS kept FROM ${rule.table}) c WHERE kept IS DISTINCT FROM true`;
    for (const { one } of await query(sql)) {
      const row = rowName(rule.table, one as string[]);
      if (!failing.has(row)) failing.set(row, rule);
    }
  }
  return failing;
}

async function readWhole(query: Query, table: (name: string) => MadeTable, rules: Rules): Promise<ReadonlySet<RowName>> {
  const whole = new Set<RowName>();
  for (const name of rules.whole)
    for (const { one } of await query(`SELECT ${keyOf(table(name), 'c')} AS one FROM ${name} c`))
      whole.add(rowName(name, one as string[]));
  return whole;
}

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/** Reads every edge of a made database with plain joins. */
export async function readEdges(query: Query, { tables, references, links }: MadeDatabase, rules: Rules): Promise<Facts> {
  const table = (name: string): MadeTable => tables.find((one) => one.name === name) as MadeTable;
  const through = new Set(links.map((link) => link.through));
  const ordinary = references.filter(({ child }) => !through.has(child));
  const parts = [
    ...ordinary.map((reference, at) => referenceSql(`'r${String(at)}'`, reference, table, rules.follow.get(reference) ?? {})),
    ...links.map(({ through: name, owner, inverse }, at) => {
      const [a, b] = [table(owner.parent), table(inverse.parent)];
      return `SELECT 'l${String(at)}' AS what, ${keyOf(a, 'a')} AS one, ${keyOf(b, 'b')} AS other, true AS down
        FROM ${name} l JOIN ${a.name} a ON ${equal(owner, 'l', 'a')} JOIN ${b.name} b ON ${equal(inverse, 'l', 'b')}`;
    }),
  ];
  const rows = (await query(parts.join('\nUNION ALL\n'))) as unknown as readonly {
    readonly what: string;
    readonly one: string[];
    readonly other: string[] | null;
    readonly down: boolean;
  }[];
  return {
    edges: rows.flatMap(({ what, one, other, down }): readonly RowEdge[] => {
      const reference = what.startsWith('r') ? ordinary[Number(what.slice(1))] : undefined;
      if (reference === undefined) return [];
      const parent = other === null ? undefined : rowName(reference.parent, other);
      return [{ reference, child: rowName(reference.child, one), parent, down }];
    }),
    links: rows.flatMap(({ what, one, other }): readonly RowLink[] => {
      const link = what.startsWith('l') ? links[Number(what.slice(1))] : undefined;
      if (link === undefined) return [];
      return [{ link, owner: rowName(link.owner.parent, one), inverse: rowName(link.inverse.parent, other ?? []) }];
    }),
    failing: await readFailing(query, table, rules),
    whole: await readWhole(query, table, rules),
  };
}

function referenceSql(
  what: string,
  reference: MadeReference,
  table: (name: string) => MadeTable,
  { where = 'true', limit }: { readonly where?: string; readonly limit?: number },
): string {
  const [child, parent] = [table(reference.child), table(reference.parent)];
  const holds = reference.columns.map((name) => `c.${name} IS NOT NULL`);
  const { when } = reference;
  if (when !== undefined) holds.push(`c.${when.column}::text = '${when.value}'`);
  const order = child.key.columns.map(([name, type]) =>
    ['integer', 'bigint', 'numeric'].includes(type) ? `c.${name}` : `c.${name}::text COLLATE "C"`,
  );
  const passes = `coalesce(c.passes, false)`;
  const rank = `row_number() OVER (PARTITION BY p.ctid, ${passes} ORDER BY ${order.join()})`;
  return `SELECT ${what} AS what, ${keyOf(child, 'c')} AS one, CASE WHEN p.ctid IS NOT NULL THEN ${keyOf(parent, 'p')} END AS other,
      ${passes}${limit === undefined ? '' : ` AND ${rank} <= ${String(limit)}`} AS down
    FROM (SELECT *, (${where}) AS passes FROM ${child.name}) c LEFT JOIN ${parent.name} p ON ${equal(reference, 'c', 'p')}
    WHERE ${holds.join(' AND ')}`;
}

function keyOf({ key }: MadeTable, alias: string): string {
  return `ARRAY[${key.columns.map(([name]) => `format('%s', ${alias}.${name})`).join()}]`;
}

function equal({ columns, parentColumns, asText }: MadeReference, child: string, parent: string): string {
  return columns
    .map((name, at) => `${child}.${name} = ${parent}.${parentColumns[at] ?? ''}${asText[at] === true ? '::text' : ''}`)
    .join(' AND ');
}
