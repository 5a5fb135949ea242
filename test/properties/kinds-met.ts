import type { MadeReference } from './made-database.js';
import type { World } from './expected-closure.js';
import { isPart } from './expected-closure.js';

/** Every kind of key, reference and link that the random databases must have had. */
export const kinds = [
  ...['integer', 'bigint', 'uuid', 'text', 'date', 'numeric', 'padded', 'composite', 'foreign', 'weak'].map(
    (kind) => `key: ${kind}`,
  ),
  ...['key', 'composite key', 'code', 'amount', 'pair'].map((target) => `reference to: ${target}`),
  ...['relation', 'foreign key', 'catalog', 'policy'].map((shown) => `reference shown by: ${shown}`),
  'reference that holds for some rows only',
  'several references between the same two tables',
  'reference: of a wider type',
  'reference: of ids as text',
  'references that share a column',
  'table without primary key',
  'constraint: deferrable',
  'constraint: immediate',
  'constraint: not valid',
  'constraint: none, relation',
  'constraint: none, declared',
  'one-to-one, held by the asked object',
  'one-to-one, held by the other side',
  'self reference: required',
  'self reference: nullable',
  'row that references itself',
  'cycle of two tables: required',
  'cycle of two tables: nullable',
  'cycle of three tables: required',
  'cycle of three tables: nullable',
  'links: plain',
  'links: generated key',
  'links: declared',
  'links: extra columns',
  'links: to itself',
  'links: by a unique column',
  'part: eager',
  'part: named',
  'dangling row',
] as const;

/** What must have come of them. */
export const outcomes = [
  ...['BOUNDARY_CROSSED', 'EXCLUDED_NEEDED', 'RULE_BROKEN', 'SEED_DROPPED'].map((code) => `refused: ${code}`),
  ...['described', 'links', 'external', 'dangling', 'cut', 'shared', 'owned'].map((what) => `taken: ${what}`),
  ...['failing', 'whole'].map((what) => `taken: ${what}`),
  'came back',
  'same at home',
  ...['seed', 'whole', 'up', 'down', 'across'].map((direction) => `explained: ${direction}`),
] as const;

/** What comes about once in some hundred databases. */
export const rareOutcomes = ['taken: described by rules'] as const;

/** What one made database has of them. */
export function kindsOf({ database, rules, edges }: World): ReadonlySet<string> {
  const { tables, references, links } = database;
  const met = new Set<string>();
  const note = (kind: string, holds: boolean): void => {
    if (holds) met.add(kind);
  };
  for (const { keyKind } of tables) met.add(`key: ${keyKind}`);
  const asked = new Set(rules.seeds.map(({ table }) => table));
  for (const one of references) {
    met.add(one.target === 'key' && one.columns.length > 1 ? 'reference to: composite key' : `reference to: ${one.target}`);
    met.add(`reference shown by: ${one.shown}`);
    note('reference that holds for some rows only', one.when !== undefined);
    met.add(constraintKind(one));
    note('reference: of a wider type', one.widened);
    note('reference: of ids as text', one.asText.includes(true));
    note('one-to-one, held by the asked object', one.unique && asked.has(one.child));
    note('one-to-one, held by the other side', one.unique && asked.has(one.parent));
    note('part: eager', one.eager && isPart(database, rules, one));
    const held = references.filter((other) => other !== one && other.child === one.child);
    note(
      'references that share a column',
      held.some(({ columns }) => columns.some((name) => one.columns.includes(name))),
    );
    const again = references.some((other) => other !== one && other.child === one.child && other.parent === one.parent);
    note('several references between the same two tables', again);
    for (const cycle of cyclesFrom(references, one)) met.add(cycle);
  }
  for (const { kind, owner, inverse, property } of links) {
    met.add(kind === 'plain' ? 'links: plain' : 'links: generated key');
    note('links: declared', property !== undefined);
    note('links: to itself', owner.parent === inverse.parent);
    note('links: by a unique column', owner.target !== 'key');
  }
  note(
    'links: extra columns',
    tables.some(({ name, isJoinTable }) => name.startsWith('l') && !isJoinTable),
  );
  note(
    'table without primary key',
    tables.some(({ primary }) => !primary),
  );
  note('part: named', rules.parts.size > 0);
  note(
    'row that references itself',
    edges.some(({ child, parent }) => child === parent),
  );
  note(
    'dangling row',
    edges.some(({ parent }) => parent === undefined),
  );
  return met;
}

function constraintKind({ constraint, shown, deferrable }: MadeReference): string {
  switch (constraint) {
    case 'none':
      return shown === 'policy' ? 'constraint: none, declared' : 'constraint: none, relation';
    case 'not valid':
      return 'constraint: not valid';
    case 'validated':
      return deferrable ? 'constraint: deferrable' : 'constraint: immediate';
  }
}

function* cyclesFrom(references: readonly MadeReference[], first: MadeReference): Generator<string> {
  if (first.child === first.parent) {
    yield first.required ? 'self reference: required' : 'self reference: nullable';
    return;
  }
  for (const second of references) {
    if (second.child !== first.parent || second.parent === second.child) continue;
    if (second.parent === first.child) yield `cycle of two tables: ${kindOf([first, second])}`;
    for (const third of references) {
      if (third.child !== second.parent || third.parent !== first.child || second.parent === first.child) continue;
      yield `cycle of three tables: ${kindOf([first, second, third])}`;
    }
  }
}

function kindOf(cycle: readonly MadeReference[]): 'required' | 'nullable' {
  return cycle.every(({ required }) => required) ? 'required' : 'nullable';
}
