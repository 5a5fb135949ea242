import fc from 'fast-check';
import type { FollowRule, ModelPolicy, Policy } from '../../src/index.js';
import type { MadeDatabase, MadeReference, MadeTable } from './made-database.js';
import { pick } from './make-database.js';

const drawnRules = {
  seeds: fc.array(fc.tuple(fc.nat(9), fc.nat(20)), { minLength: 1, maxLength: 2 }),
  roots: fc.option(fc.nat(9), { freq: 3 }),
  borders: fc.array(
    fc.record({
      kind: fc.constantFrom('boundary', 'exclude'),
      table: fc.nat(9),
      action: fc.constantFrom('error', 'drop', 'drop', 'stub'),
    }),
    { maxLength: 2 },
  ),
  rows: fc.array(
    fc.record({
      table: fc.nat(9),
      keep: fc.constantFrom(
        'number > 0',
        'payload IS NOT NULL',
        'number % 3 <> 1',
        'number IN (SELECT 2 * n FROM pg_catalog.generate_series(0, 9) n)',
      ),
      otherwise: fc.constantFrom('error', 'drop', 'drop', 'stub'),
    }),
    { maxLength: 3 },
  ),
  whole: fc.option(fc.nat(9), { freq: 3 }),
  shared: fc.constantFrom('full', 'full', 'full', 'one', 'all'),
  sharedTable: fc.nat(9),
  parts: fc.option(fc.nat(20), { freq: 4 }),
  follow: fc.array(
    fc.record({
      reference: fc.nat(30),
      up: fc.constantFrom('follow', 'cut'),
      down: fc.constantFrom('follow', 'follow', 'skip'),
      where: fc.option(fc.constantFrom('number > 0', 'payload IS NOT NULL', 'number % 2 = 0')),
      limit: fc.option(fc.integer({ min: 1, max: 2 })),
    }),
    { maxLength: 2 },
  ),
};

/** What is drawn at random of a run's options and policy. */
export type DrawnRules = typeof randomRules extends fc.Arbitrary<infer T> ? T : never;

export const randomRules = fc.record({ ...drawnRules, isPlain: fc.boolean() });

export interface Border {
  readonly kind: 'boundary' | 'exclude';
  readonly action: 'error' | 'drop' | 'stub';
}

/** A rule of a table's rows, and who fulfils it. */
export interface RowRuleOf {
  readonly table: string;
  readonly name: string;
  readonly keep: string;
  readonly otherwise: Border['action'];
}

/** What is asked for and what the policy says, by the names of a made database. */
export interface Rules {
  readonly seeds: readonly { readonly table: string; readonly key: readonly string[] }[];
  readonly roots: ReadonlySet<string>;
  /** By table. */
  readonly borders: ReadonlyMap<string, Border>;
  /** Of one table, in their order. */
  readonly rows: readonly RowRuleOf[];
  /** Tables of which all rows leave. */
  readonly whole: ReadonlySet<string>;
  readonly shared: 'full' | 'all' | { readonly table: string };
  readonly parts: ReadonlySet<MadeReference>;
  readonly follow: ReadonlyMap<MadeReference, NonNullable<Policy['follow']>[string]>;
}

export const followRules = ['dependencies', 'owned', 'connected'] as const satisfies readonly FollowRule[];

/** `isPlain` leaves only what is sure to come back in full from where it was imported. */
export function makeRules({ tables, references, links }: MadeDatabase, drawn: DrawnRules): Rules {
  const objects = tables.filter(({ isJoinTable }) => !isJoinTable);
  const through = new Set(links.map((link) => link.through));
  const edges = references.filter(({ child }) => !through.has(child));
  const seeds = drawn.seeds.map(([at, place]) => {
    const { name, key, rows } = pick(objects, at);
    return { table: name, key: pick(rows.length === 0 ? [[]] : rows, place).slice(0, key.columns.length) as string[] };
  });
  const present = seeds.filter(({ key }) => key.length > 0);
  const first = objects[0] as MadeTable;
  const fallback = { table: first.name, key: (first.rows[0] ?? []).slice(0, first.key.columns.length) as string[] };
  const asked = present.length > 0 ? present : [fallback];
  const borders = new Map<string, Border>();
  for (const { table, ...border } of drawn.isPlain ? [] : drawn.borders) {
    const { name } = pick(objects, table);
    // A row that is asked for cannot be of an excluded model.
    if (border.kind === 'boundary' || !asked.some((seed) => seed.table === name)) borders.set(name, border);
  }
  const follow = new Map<MadeReference, NonNullable<Policy['follow']>[string]>();
  for (const { reference, up, down, where, limit } of drawn.follow) {
    if (edges.length === 0) break;
    const one = pick(edges, reference);
    const cut = up === 'cut' && !one.required && one.ownColumns && !drawn.isPlain;
    follow.set(one, {
      ...{ up: cut ? ('cut' as const) : ('follow' as const), down },
      ...(where === null ? {} : { where }),
      ...(limit === null ? {} : { limit }),
    });
  }
  const shared = drawn.isPlain || drawn.shared === 'full' ? 'full' : drawn.shared;
  return {
    seeds: asked,
    roots: new Set(drawn.roots === null ? [] : [pick(objects, drawn.roots).name]),
    borders,
    rows: (drawn.isPlain ? [] : drawn.rows).map(({ table, keep, otherwise }, at) => {
      return { table: pick(objects, table).name, name: `rule ${String(at)}`, keep, otherwise };
    }),
    whole: new Set(
      drawn.whole === null || drawn.isPlain || borders.get(pick(objects, drawn.whole).name)?.kind === 'exclude'
        ? []
        : [pick(objects, drawn.whole).name],
    ),
    shared: shared === 'one' ? { table: pick(objects, drawn.sharedTable).name } : shared,
    parts: new Set(drawn.parts === null || edges.length === 0 ? [] : [pick(edges, drawn.parts)]),
    follow,
  };
}

/** The same, as an export is told. */
export function exportOptions(database: MadeDatabase, rules: Rules): { objects: string[]; roots: string[]; policy: Policy } {
  const { borders, shared } = rules;
  const models: Record<string, ModelPolicy> = {};
  for (const { table, name, keep, otherwise } of rules.rows) {
    const { rows = [] } = models[`public.${table}`] ?? {};
    models[`public.${table}`] = { rows: [...rows, { name, keep, otherwise }] };
  }
  for (const table of rules.whole) models[`public.${table}`] = { ...models[`public.${table}`], whole: true };
  for (const { parent, name } of rules.parts) models[`public.${parent}`] = { ...models[`public.${parent}`], parts: [name] };
  if (typeof shared === 'object') models[`public.${shared.table}`] = { ...models[`public.${shared.table}`], shared: 'key' };
  const declared = database.references.filter(({ shown }) => shown === 'policy');
  return {
    objects: rules.seeds.map(({ table, key }) => objectName(database, table, key)),
    roots: [...rules.roots].map((table) => `public.${table}`),
    policy: {
      models,
      references: declared.map(({ child, columns, parent, parentColumns, target, when }) => ({
        from: `public.${child}.${columns.join()}`,
        to: target === 'key' ? `public.${parent}` : `public.${parent}.${parentColumns.join()}`,
        ...(when === undefined ? {} : { when }),
      })),
      follow: Object.fromEntries([...rules.follow].map(([{ name }, settings]) => [name, settings])),
      boundary: bordersOf(borders, 'boundary'),
      exclude: bordersOf(borders, 'exclude'),
      ...(shared === 'all' ? { shared: 'key' as const } : {}),
    },
  };
}

function bordersOf(borders: Rules['borders'], kind: Border['kind']): Record<string, Border['action']> {
  return Object.fromEntries(
    [...borders].filter(([, one]) => one.kind === kind).map(([table, { action }]) => [`public.${table}`, action]),
  );
}

/** `public.t0.7`, `public.t1.a=1,b=x`, `public.t1.a=1,b="x,y"`. */
export function objectName({ tables }: MadeDatabase, table: string, key: readonly string[]): string {
  const columns = tables.find(({ name }) => name === table)?.key.columns ?? [];
  const text = columns.length === 1 ? (key[0] ?? '') : columns.map(([name], at) => `${name}=${quotedText(key[at] ?? '')}`).join();
  return `public.${table}.${text}`;
}

function quotedText(text: string): string {
  return /^"|,/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
