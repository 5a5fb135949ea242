import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { quoteIdentifier } from '../../src/dialect/postgres/sql.js';
import type { Policy } from '../../src/index.js';
import { exportObjects, importObjects, modelFingerprints, openArchive } from '../../src/index.js';
import type { ColumnConverter, ModelConverter, NewColumn } from '../../src/policy/converter.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 15);

type Text = string | null;
type Row = Readonly<Record<string, Text>>;

/** What can happen to a column between an export and an import, with what becomes of its values by a model that knows no SQL. */
interface Drift {
  readonly name: string;
  /** Columns of the target. */
  readonly columns: readonly string[];
  readonly converter: ColumnConverter | undefined;
  readonly becomes: (value: Text, row: Row) => readonly Text[];
  /** Whether an import without it must be refused. */
  readonly needed: boolean;
}

interface Source {
  readonly name: string;
  readonly type: string;
  readonly values: readonly string[];
}

const types: readonly Omit<Source, 'name'>[] = [
  { type: 'int', values: ['0', '-7', '2147483'] },
  { type: 'bigint', values: ['9007199254740993', '1'] },
  { type: 'text', values: ['', 'Ada', 'tab\there "and" \\n', '{x,"y"}', 'é🌊'] },
  { type: 'boolean', values: ['true', 'false'] },
  { type: 'numeric(9,2)', values: ['1.50', '-0.01', '1234567.00'] },
  { type: 'date', values: ['2020-02-29', '1815-12-10'] },
  { type: 'text[]', values: ['{a,NULL,"b c"}', '{}'] },
  { type: 'jsonb', values: ['{"a": [1, null]}', '"x"'] },
];

const oddNames = ['plain', 'Upper Case', 'select', 'quo"te', 'ümlaut', 'dot.ted', "apo'strophe", 'archive'];
const q = quoteIdentifier;

/** Everything that can become of one column; `other` is a name that is free. */
function driftsOf({ name, type }: Source, other: string): readonly Drift[] {
  const keep: Drift = { name, columns: [`${q(name)} ${type}`], converter: undefined, becomes: (value) => [value], needed: false };
  const rename: Drift = { ...keep, columns: [`${q(other)} ${type}`], converter: { rename: other }, needed: true };
  const drop: Drift = { ...keep, columns: [], converter: { drop: true }, becomes: () => [], needed: true };
  const all = [keep, rename, rename, drop];
  const into = (target: string, sql: string, becomes: (value: string) => string, needed: boolean): readonly Drift[] =>
    [name, other].map((after) => ({
      ...{ name, columns: [`${q(after)} ${target}`], needed: needed || after === other },
      converter: after === name ? { using: sql } : { rename: other, using: sql },
      becomes: (value: Text) => [value === null ? null : becomes(value)],
    }));
  switch (type) {
    case 'int':
      return [
        ...all,
        ...into('text', `${q(name)}::text`, (value) => value, true),
        ...into('numeric(12,3)', q(name), (value) => `${value}.000`, false),
      ];
    case 'date':
      return [
        ...all,
        ...into('text', `to_char(${q(name)}, 'DD.MM.YYYY')`, (value) => value.split('-').reverse().join('.'), false),
      ];
    case 'boolean':
      return [
        ...all,
        ...into('text', `CASE WHEN ${q(name)} THEN 'yes' ELSE 'no' END`, (value) => (value === 'true' ? 'yes' : 'no'), true).map(
          (one) => ({
            ...one,
            becomes: (value: Text): readonly Text[] => [value === 'true' ? 'yes' : 'no'],
          }),
        ),
      ];
    case 'text':
      return [
        ...all,
        {
          ...{ name, columns: [`${q(`${other} 1`)} text`, `${q(`${other} 2`)} varchar(400)`], needed: true },
          converter: { split: { [`${other} 1`]: `left(${q(name)}, 1)`, [`${other} 2`]: { sql: `substr(${q(name)}, 2)` } } },
          becomes: (value) => (value === null ? [null, null] : [Array.from(value)[0] ?? '', Array.from(value).slice(1).join('')]),
        },
      ];
    default:
      return all;
  }
}

interface Added {
  readonly column: string;
  readonly name: string;
  readonly value: NewColumn;
  readonly becomes: (row: Row) => Text;
}

function addedOf(name: string, first: Source): readonly Added[] {
  return [
    { name, column: `${q(name)} text NOT NULL`, value: 'it\'s "new"', becomes: () => 'it\'s "new"' },
    { name, column: `${q(name)} numeric(6,2) NOT NULL`, value: 12.5, becomes: () => '12.50' },
    { name, column: `${q(name)} boolean NOT NULL`, value: true, becomes: () => 'true' },
    { name, column: `${q(name)} char(4) NOT NULL`, value: 'ab', becomes: () => 'ab' },
    {
      ...{ name, column: `${q(name)} text NOT NULL` },
      value: { sql: `coalesce(archive.${q(first.name)}::text, 'none') || '!'` },
      becomes: (row) => `${row[first.name] ?? 'none'}!`,
    },
  ];
}

interface Table {
  readonly name: string;
  readonly later: string;
  readonly sources: readonly Source[];
  readonly drifts: readonly Drift[];
  readonly added: readonly Added[];
  readonly rows: readonly (readonly Text[])[];
}

const table = (name: string): fc.Arbitrary<Table> =>
  fc
    .record({
      names: fc.uniqueArray(fc.constantFrom(...oddNames), { minLength: 1, maxLength: 5 }),
      kinds: fc.array(fc.nat({ max: types.length - 1 }), { minLength: 5, maxLength: 5 }),
      picks: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
      added: fc.option(fc.nat({ max: 4 })),
      later: fc.constantFrom(name, `${name}_later`),
      cells: fc.array(fc.array(fc.option(fc.nat(), { freq: 3 }), { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    })
    .map(({ names, kinds, picks, added, later, cells }) => {
      const sources = names.map((one, at) => ({ name: one, ...(types[kinds[at] ?? 0] as Omit<Source, 'name'>) }));
      const drifts = sources.map((source, at) => {
        const all = driftsOf(source, `later ${source.name}`);
        return all[(picks[at] ?? 0) % all.length] as Drift;
      });
      const first = sources[0] as Source;
      return {
        ...{ name, later, sources, drifts },
        added: added === null ? [] : [addedOf('brand new', first)[added] as Added],
        rows: cells.map((row) =>
          sources.map(({ values }, at) => {
            const cell = row[at] ?? null;
            return cell === null ? null : (values[cell % values.length] ?? null);
          }),
        ),
      };
    });

/** A parent with a key of one or two columns, a child that refers to it, and a join table between them. */
const database = fc.record({
  parent: table('parent'),
  child: table('child'),
  composite: fc.boolean(),
  renamesKey: fc.boolean(),
  renamesReference: fc.boolean(),
  leftOut: fc.nat(),
});
type Database = typeof database extends fc.Arbitrary<infer T> ? T : never;

const keyOf = (composite: boolean, prefix: string): readonly string[] =>
  composite ? [`${prefix}a`, `${prefix}b`] : [`${prefix}a`];

function tablesSql({ parent, child, composite, renamesKey, renamesReference }: Database, later: boolean): string {
  const key = keyOf(composite, later && renamesKey ? 'key_' : 'id_');
  const held = keyOf(composite, later && renamesReference ? 'of_' : 'parent_');
  const columns = ({ sources, drifts, added }: Table): readonly string[] =>
    later
      ? [...drifts.flatMap((drift) => drift.columns), ...added.map(({ column }) => column)]
      : sources.map(({ name, type }) => `${q(name)} ${type}`);
  const ints = (names: readonly string[]): readonly string[] => names.map((name) => `${name} int`);
  const [one, two] = later ? [parent.later, child.later] : [parent.name, child.name];
  const link = keyOf(composite, 'p_');
  return `CREATE TABLE ${one} (${[...ints(key), ...columns(parent)].join(', ')}, PRIMARY KEY (${key.join(', ')}));
    CREATE TABLE ${two} (${['id int PRIMARY KEY', ...ints(held), ...columns(child)].join(', ')}, FOREIGN KEY (${held.join(', ')}) REFERENCES ${one});
    CREATE TABLE linked (child int REFERENCES ${two}, ${ints(link).join(', ')}, PRIMARY KEY (child, ${link.join(', ')}), FOREIGN KEY (${link.join(', ')}) REFERENCES ${one})`;
}

describe('random schemas that drift', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let from: DataSource;
  let to: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-drift-'));
    source = await createDatabase();
    target = await createDatabase();
    from = await new DataSource({ type: 'postgres', url: source.url, entities: [] }).initialize();
    to = await new DataSource({ type: 'postgres', url: target.url, entities: [] }).initialize();
  });

  after(async () => {
    await from.destroy();
    await to.destroy();
    await source.drop();
    await target.drop();
    rmSync(folder, { recursive: true });
  });

  /** The rows of the source in the schema of the target, without a database. */
  function expectedRows(
    { sources, drifts, added }: Table,
    keys: readonly (readonly Text[])[],
    rows: Table['rows'],
  ): readonly string[] {
    return rows
      .map((values, at) => {
        const row: Row = Object.fromEntries(sources.map(({ name }, place) => [name, values[place] ?? null]));
        const after = drifts.flatMap((drift) => drift.becomes(row[drift.name] ?? null, row));
        return JSON.stringify([...(keys[at] ?? []), ...after, ...added.map(({ becomes }) => becomes(row))]);
      })
      .sort();
  }

  async function fill(where: TestDatabase, name: string, rows: readonly (readonly Text[])[]): Promise<void> {
    for (const row of rows)
      await where.query(`INSERT INTO ${name} VALUES (${row.map((_, at) => `$${String(at + 1)}`).join(', ')})`, [...row]);
  }

  async function textRows(name: string): Promise<readonly string[]> {
    const columns = await target.query(
      'SELECT attname::text AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum',
      [name],
    );
    const list = columns.map(({ name: column }, at) => `${q(String(column))}::text AS c${String(at)}`).join(', ');
    const rows = await target.query(`SELECT ${list} FROM ${name}`);
    return rows.map((row) => JSON.stringify(columns.map((_, at) => row[`c${String(at)}`]))).sort();
  }

  function rulesOf(drawn: Table, renamed: Readonly<Record<string, string>>): ModelConverter {
    const columns = Object.fromEntries<ColumnConverter>([
      ...Object.entries(renamed).map(([name, after]) => [name, { rename: after }] as const),
      ...drawn.drifts.flatMap(({ name, converter }) => (converter === undefined ? [] : [[name, converter] as const])),
    ]);
    const defaults = Object.fromEntries(drawn.added.map(({ name, value }) => [name, value]));
    return { ...(drawn.later === drawn.name ? {} : { renameTo: `public.${drawn.later}` }), columns, defaults };
  }

  it('are bridged by converters as an independent model says, and by nothing less', async () => {
    await fc.assert(
      fc.asyncProperty(database, async (drawn) => {
        const { parent, child, composite, renamesKey, renamesReference } = drawn;
        const reset = 'DROP SCHEMA public CASCADE; CREATE SCHEMA public';
        await source.query(`${reset}; ${tablesSql(drawn, false)}`);
        await target.query(`${reset}; ${tablesSql(drawn, true)}`);
        const parentKeys = parent.rows.map((_, at) => (composite ? [String(at % 2), String(at)] : [String(at)]));
        const childKeys = child.rows.map((_, at) => [
          String(at),
          ...(at % 3 === 2 ? keyOf(composite, '').map(() => null) : (parentKeys[at % parentKeys.length] ?? [])),
        ]);
        const links = child.rows.map((_, at) => [String(at), ...(parentKeys[0] ?? [])]);
        await fill(
          source,
          parent.name,
          parent.rows.map((row, at) => [...(parentKeys[at] ?? []), ...row]),
        );
        await fill(
          source,
          child.name,
          child.rows.map((row, at) => [...(childKeys[at] ?? []), ...row]),
        );
        await fill(source, 'linked', links);
        const nameOf = (key: readonly string[]): string =>
          composite ? `id_a=${key[0] ?? ''},id_b=${key[1] ?? ''}` : (key[0] ?? '');
        const archive = join(folder, 'archive.json');
        const objects = [
          ...parentKeys.map((key) => `parent.${nameOf(key)}`),
          ...child.rows.map((_, at) => `child.${String(at)}`),
        ];
        const policy = { models: { parent: {}, child: {} }, joinTables: ['linked'] };
        await exportObjects(from, { objects, output: archive, force: true, policy });
        const { header } = await openArchive(archive);
        const renamed = (own: boolean, before: string, after: string): Readonly<Record<string, string>> => {
          const [old, later] = [keyOf(composite, before), keyOf(composite, after)];
          return own ? Object.fromEntries(old.map((name, at) => [name, later[at] ?? ''])) : {};
        };
        const models: Record<string, ModelConverter> = {
          parent: rulesOf(parent, renamed(renamesKey, 'id_', 'key_')),
          child: rulesOf(child, renamed(renamesReference, 'parent_', 'of_')),
        };
        const prints = modelFingerprints(header.entities);
        const fingerprints = { parent: prints['public.parent'] ?? '', child: prints['public.child'] ?? '' };
        const policyOf = (rules: Readonly<Record<string, ModelConverter>>): Policy => ({
          ...{ models: { [parent.later]: {}, [child.later]: {} }, joinTables: ['linked'] },
          converters: [{ from: fingerprints, models: rules }],
        });
        const needed = [parent, child].flatMap(({ name, drifts }) =>
          drifts.flatMap((drift) => (drift.needed ? [[name, drift.name] as const] : [])),
        );
        const [model, column] = needed[drawn.leftOut % Math.max(1, needed.length)] ?? [];
        if (model !== undefined && column !== undefined) {
          const { columns = {}, ...rest } = models[model] ?? {};
          const less = Object.fromEntries(Object.entries(columns).filter(([name]) => name !== column));
          await failureOf(importObjects(to, { archive, policy: policyOf({ ...models, [model]: { ...rest, columns: less } }) }));
          expect(await textRows(parent.later)).to.deep.equal([]);
        }
        const { status } = await importObjects(to, { archive, policy: policyOf(models) });
        expect(status).to.equal('done');
        expect(await textRows(parent.later)).to.deep.equal(expectedRows(parent, parentKeys, parent.rows));
        expect(await textRows(child.later)).to.deep.equal(expectedRows(child, childKeys, child.rows));
        expect(await textRows('linked')).to.deep.equal(links.map((link) => JSON.stringify(link)).sort());
        const again = await importObjects(to, { archive, policy: policyOf(models) });
        expect(again.plan.insert).to.deep.equal({});
      }),
      { numRuns: runs },
    );
  }).timeout(600_000);
});
