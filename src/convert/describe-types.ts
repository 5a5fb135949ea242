import { arrayLiteral } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { valueKind } from '../schema/column-kind.js';
import type { ValueKind } from '../schema/schema.js';

/** What the target makes of the name of a type. */
export interface DescribedType {
  /** Under any domain, without modifier; as SQL. */
  readonly base: string;
  readonly kind: ValueKind;
  /** Whether its values can be compared without a search_path. */
  readonly hasEquality: boolean;
}

/** Types of the catalog that no operator compares. */
const withoutEquality: ReadonlySet<string> = new Set([
  'json',
  'xml',
  'point',
  'polygon',
  'box',
  'lseg',
  'path',
  'line',
  'circle',
]);

/** By name; types that the target has not got are left out. Names can come from an archive: they stand in no statement. */
export async function describeTypes(session: Session, names: Iterable<string>): Promise<ReadonlyMap<string, DescribedType>> {
  const rows = await session.query(
    `WITH RECURSIVE named AS (
       SELECT name, pg_catalog.to_regtype(name)::pg_catalog.oid AS oid FROM pg_catalog.unnest($1::pg_catalog.text[]) AS name
     ), base AS (
       SELECT name, oid FROM named WHERE oid IS NOT NULL
       UNION ALL
       SELECT b.name, t.typbasetype FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.oid WHERE t.typtype = 'd'
     )
     SELECT b.name, pg_catalog.format_type(b.oid, -1), t.typname, n.nspname, t.typtype IN ('e', 'c') FROM base b
     JOIN pg_catalog.pg_type t ON t.oid = b.oid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype <> 'd'`,
    [arrayLiteral(new Set(names))],
    { what: 'look types up' },
  );
  return new Map(
    rows.map(([name, base, baseType, baseSchema, isComparedBySystem]) => {
      const facts = { baseType: baseType ?? '', baseSchema: baseSchema ?? '' };
      const isBuiltIn = facts.baseSchema === 'pg_catalog';
      const hasEquality = isBuiltIn ? !withoutEquality.has(facts.baseType.replace(/^_/u, '')) : isComparedBySystem === 't';
      return [name ?? '', { base: base ?? '', kind: valueKind(facts), hasEquality }];
    }),
  );
}
