import fc from 'fast-check';
import type { Approval, ApprovedModel, FollowRule } from '../../src/index.js';
import type { MadeDatabase, MadeTable } from '../properties/made-database.js';
import type { Rules } from '../properties/random-rules.js';
import { followRules, objectName } from '../properties/random-rules.js';

/** Numbers that choose: what they mean depends on the database. */
export interface DrawnApproval {
  readonly models:
    readonly { readonly kind: 'all' | 'key' | 'only' | 'except' | 'none'; readonly columns: readonly number[] }[] | null;
  readonly seeds: 'any' | 'first' | 'model';
  readonly follow: readonly FollowRule[] | null;
  readonly secret: { readonly table: number; readonly column: number; readonly approved: boolean } | null;
  readonly includesSecrets: boolean;
  readonly maxObjects: number | null;
  readonly maxBytes: number | null;
}

const kinds = fc.oneof(
  { weight: 40, arbitrary: fc.constant('all' as const) },
  { weight: 2, arbitrary: fc.constantFrom('key' as const, 'only' as const, 'none' as const) },
  { weight: 2, arbitrary: fc.constant('except' as const) },
);

export const randomApproval: fc.Arbitrary<DrawnApproval> = fc.record({
  models: fc.option(
    fc.array(fc.record({ kind: kinds, columns: fc.array(fc.nat(9), { maxLength: 6 }) }), { minLength: 24, maxLength: 24 }),
    { freq: 6 },
  ),
  seeds: fc.constantFrom('any', 'any', 'first', 'model'),
  follow: fc.option(fc.subarray([...followRules], { minLength: 2 }), { freq: 3 }),
  secret: fc.option(fc.record({ table: fc.nat(20), column: fc.nat(9), approved: fc.boolean() }), { freq: 3 }),
  includesSecrets: fc.boolean(),
  maxObjects: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 2 }),
  maxBytes: fc.option(fc.integer({ min: 2000, max: 40_000 }), { freq: 2 }),
});

/** An approval of a database, and which of its columns is called a secret. */
export interface MadeApproval {
  readonly approval: Approval;
  readonly secret: { readonly table: string; readonly column: string } | undefined;
  readonly includesSecrets: boolean;
}

export function makeApproval(database: MadeDatabase, rules: Rules, drawn: DrawnApproval): MadeApproval {
  const objects = database.tables.filter(({ isJoinTable }) => !isJoinTable);
  const models = drawn.models?.slice(0, objects.length).flatMap(({ kind, columns }, at): [string, ApprovedModel][] => {
    const table = objects[at];
    if (table === undefined || kind === 'none') return [];
    return [[`public.${table.name}`, approvedModel(table, kind, columns)]];
  });
  const [first] = rules.seeds;
  const secret = secretOf(database, objects, drawn);
  return {
    approval: {
      name: 'random',
      ...(models === undefined ? {} : { models: Object.fromEntries(models) }),
      ...(drawn.seeds === 'any' || first === undefined ? {} : { seeds: [seedName(database, first, drawn.seeds)] }),
      ...(drawn.follow === null ? {} : { follow: drawn.follow }),
      ...(secret === undefined || drawn.secret?.approved !== true
        ? {}
        : { secrets: [`public.${secret.table}.${secret.column}`] }),
      ...(drawn.maxObjects === null ? {} : { maxObjects: drawn.maxObjects }),
      ...(drawn.maxBytes === null ? {} : { maxBytes: drawn.maxBytes }),
    },
    secret,
    includesSecrets: drawn.includesSecrets,
  };
}

function seedName(database: MadeDatabase, { table, key }: Rules['seeds'][number], kind: 'first' | 'model'): string {
  return kind === 'model' ? `public.${table}` : objectName(database, table, key);
}

function approvedModel(table: MadeTable, kind: 'all' | 'key' | 'only' | 'except', places: readonly number[]): ApprovedModel {
  if (kind === 'all' || kind === 'key') return kind;
  const { columns } = table;
  const names = columns.length === 0 ? [] : [...new Set(places.map((place) => columns[place % columns.length]?.name ?? ''))];
  return kind === 'only' ? { only: names } : { except: names };
}

/** No key and nothing that says where a reference leads: those cannot be secrets. */
function secretOf(
  { references }: MadeDatabase,
  objects: readonly MadeTable[],
  { secret }: DrawnApproval,
): MadeApproval['secret'] {
  const table = secret === null ? undefined : objects[secret.table % objects.length];
  if (secret === null || table === undefined) return undefined;
  const bound = new Set(
    references.flatMap(({ child, columns, parent, parentColumns, when }) => [
      ...(child === table.name ? [...columns, when?.column] : []),
      ...(parent === table.name ? parentColumns : []),
    ]),
  );
  const free = table.columns.filter(({ name }) => !bound.has(name));
  const column = free.length === 0 ? undefined : free[secret.column % free.length];
  return column === undefined ? undefined : { table: table.name, column: column.name };
}
