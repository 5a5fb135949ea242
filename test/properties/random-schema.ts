import fc from 'fast-check';
import { simpleKinds } from './key-kinds.js';

/** What is drawn at random; `makeDatabase` makes a database of it. */
export type Draw = typeof randomSchema extends fc.Arbitrary<infer T> ? T : never;

const row = fc.record({
  payload: fc.option(fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\0', ''))),
  number: fc.oneof(fc.integer(), fc.nat(2)),
});

const rows = fc.array(row, { minLength: 1, maxLength: 6 });

const table = fc.record({
  key: fc.constantFrom(...simpleKinds, 'foreign', 'weak'),
  /** Which table the key comes from where it is a foreign key, or holds one. */
  from: fc.nat(9),
  mapped: fc.boolean(),
  rows,
});

const targets = fc.array(fc.nat(20), { minLength: 6, maxLength: 6 });

const reference = fc.record({
  child: fc.nat(9),
  parent: fc.nat(9),
  target: fc.constantFrom('key', 'key', 'key', 'code', 'amount', 'pair'),
  required: fc.boolean(),
  unique: fc.constantFrom(false, false, true),
  constraint: fc.constantFrom('validated', 'validated', 'validated', 'validated', 'not valid', 'none'),
  deferrable: fc.boolean(),
  shown: fc.constantFrom('relation', 'relation', 'foreign key', 'catalog', 'policy'),
  when: fc.boolean(),
  eager: fc.boolean(),
  /** Columns of a wider type than those that they refer to. */
  widened: fc.constantFrom(false, false, true),
  asText: fc.constantFrom(false, true),
  targets,
});

/** One to three tables, each referring to the next, the last to the first. */
const circle = fc.record({
  start: fc.nat(9),
  length: fc.integer({ min: 1, max: 3 }),
  required: fc.boolean(),
  deferrable: fc.boolean(),
  targets,
});

/** Between tables whose keys hold the key of the same third: both references hold it in one column. */
const sibling = fc.record({
  child: fc.nat(9),
  parent: fc.nat(9),
  required: fc.boolean(),
  deferrable: fc.boolean(),
  targets,
});

/** A table that only refers: nothing leads on from it. */
const leaf = fc.record({
  mapped: fc.boolean(),
  /** Without a primary key, a unique one over columns that cannot be NULL tells its rows apart. */
  primary: fc.constantFrom(true, true, false),
  rows,
  references: fc.array(
    fc.record({ parent: fc.nat(9), required: fc.boolean(), deferrable: fc.boolean(), valid: fc.nat(9), targets }),
    { minLength: 1, maxLength: 3 },
  ),
});

const link = fc.record({
  a: fc.nat(9),
  b: fc.nat(9),
  kind: fc.constantFrom('plain', 'plain', 'generated', 'extra'),
  target: fc.constantFrom('key', 'key', 'key', 'code', 'amount', 'pair'),
  declared: fc.boolean(),
  pairs: fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 6 }),
});

export const randomSchema = fc.record({
  tables: fc.array(table, { minLength: 2, maxLength: 5 }),
  references: fc.array(reference, { minLength: 1, maxLength: 7 }),
  circles: fc.array(circle, { maxLength: 1 }),
  siblings: fc.array(sibling, { maxLength: 2 }),
  leaves: fc.array(leaf, { maxLength: 2 }),
  links: fc.array(link, { maxLength: 2 }),
  /** Whether references without a validated constraint may hold what no row has. */
  dangling: fc.constantFrom(false, false, true),
});
