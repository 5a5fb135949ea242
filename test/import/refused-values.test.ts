import { expect } from 'chai';
import { failureOf } from '../support/failure.js';
import type { Move, MoveOptions } from './move.js';
import { move } from './move.js';

describe('a value that the target does not take', () => {
  let moved: Move;

  afterEach(() => moved.close());

  async function refusal(options: Omit<MoveOptions, 'policy' | 'objects'> & Partial<MoveOptions>): Promise<unknown> {
    moved = await move({ policy: { models: { kind: {}, thing: {} } }, objects: ['thing.1'], ...options });
    const { code, exitCode, message } = (await failureOf(moved.import())) as Error & { code: string; exitCode: number };
    return [code, exitCode, message];
  }

  const sql = `CREATE TYPE label AS ENUM ('p', 'q'); CREATE TABLE kind (name label PRIMARY KEY, text text);
    CREATE TABLE thing (id int PRIMARY KEY, kind label, CONSTRAINT of_kind FOREIGN KEY (kind) REFERENCES kind)`;
  const source = "INSERT INTO kind VALUES ('q'); INSERT INTO thing VALUES (1, 'q')";
  const target = `ALTER TABLE thing DROP CONSTRAINT of_kind; ALTER TABLE kind ALTER name TYPE text; ALTER TABLE thing ALTER kind TYPE text;
    DROP TYPE label; CREATE TYPE label AS ENUM ('p'); ALTER TABLE kind ALTER name TYPE label USING name::label;
    ALTER TABLE thing ALTER kind TYPE label USING kind::label; ALTER TABLE thing ADD FOREIGN KEY (kind) REFERENCES kind;
    INSERT INTO kind VALUES ('p')`;
  const refused = (name: string): unknown => [
    'VALUE_REFUSED',
    3,
    `${name}: the target does not take a value of the archive (SQLSTATE 22P02)`,
  ];

  it('is told by its model where it is a key that is looked up', async () => {
    expect(await refusal({ sql, source, target })).to.deep.equal(refused('public.kind'));
  });

  it('is told by its reference where that is looked up', async () => {
    const atHome = { sql, source, target, policy: { models: { kind: { naturalKey: [] }, thing: {} } } };
    expect(await refusal({ ...atHome, export: { shared: 'key' } })).to.deep.equal(refused('public.thing.kind'));
  });

  it('is told by its model where only its row stays at home', async () => {
    const loose = sql.replace(', CONSTRAINT of_kind FOREIGN KEY (kind) REFERENCES kind', '');
    const references = [{ from: 'thing.kind', to: 'kind' }];
    const models = { kind: {}, thing: {} };
    moved = await move({
      sql: loose,
      source,
      target: target.replace('ALTER TABLE thing DROP CONSTRAINT of_kind;', '').replace(/ALTER TABLE thing ADD[^;]*;/u, ''),
      policy: { models, references },
      objects: ['thing.1'],
      export: { shared: 'key' },
    });
    await moved.target.query('ALTER TABLE thing ALTER kind TYPE text');
    expect(await failureOf(moved.import({ policy: { models } }))).to.include({
      code: 'VALUE_REFUSED',
      message: 'public.kind: the target does not take a value of the archive (SQLSTATE 22P02)',
    });
  });

  it('is NULL in a column or a domain that has none: these are named', async () => {
    const table = 'CREATE TABLE thing (id int PRIMARY KEY, kind text); CREATE TABLE kind (id int PRIMARY KEY)';
    const row = 'INSERT INTO thing VALUES (1, NULL)';
    const violated = 'the database refused a row: NULL in';
    expect(await refusal({ sql: table, source: row, target: 'ALTER TABLE thing ALTER kind SET NOT NULL' })).to.deep.equal([
      'CONSTRAINT_VIOLATED',
      3,
      `${violated} column kind on public.thing`,
    ]);
    await moved.close();
    const domain = 'CREATE DOMAIN word AS text NOT NULL; ALTER TABLE thing ALTER kind TYPE word';
    expect(await refusal({ sql: table, source: row, target: domain })).to.deep.equal([
      'CONSTRAINT_VIOLATED',
      3,
      `${violated} the domain word`,
    ]);
  });
});
