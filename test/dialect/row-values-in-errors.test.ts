import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { failureOf } from '../support/failure.js';
import type { Journey } from '../support/journey.js';
import { setOut } from '../support/journey.js';
import { run } from '../support/run.js';
import { project } from '../source/project.js';

const secret = 'quinoa-4711';

@Entity()
class Meal {
  @PrimaryColumn('int') id!: number;
  @Column('text', { unique: true }) dish!: string;
}

/** Ways in which the target refuses the row, and the code of what an import then says. */
const refusals: Readonly<Record<string, readonly [sql: string, code: string]>> = {
  'a check': [`ALTER TABLE meal ADD CHECK (dish <> '${secret}')`, 'CONSTRAINT_VIOLATED'],
  'an index over an expression': ['CREATE INDEX ON meal ((dish::int))', 'VALUE_REFUSED'],
  'a trigger that tells the row': [trigger(`RAISE EXCEPTION 'no %', NEW`), 'CONSTRAINT_VIOLATED'],
  'a trigger that tells of a right': [
    trigger(`RAISE insufficient_privilege USING MESSAGE = 'not allowed for user ' || NEW.dish`),
    'PERMISSION_DENIED',
  ],
  'a trigger that takes a value for a name': [trigger(`EXECUTE 'SELECT ' || quote_ident(NEW.dish)`), 'DATABASE_ERROR'],
};

function trigger(statement: string): string {
  return `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${statement}; RETURN NEW; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON meal FOR EACH ROW EXECUTE FUNCTION refuse()`;
}

describe('the row in an error of the database', () => {
  let journey: Journey;

  beforeEach(async () => {
    journey = await setOut({ entities: [Meal], rows: `INSERT INTO meal VALUES (1, '${secret}')` });
    await journey.export(['meal.1']);
  });

  afterEach(() => journey.end());

  it('is told by TypeORM to everyone', async () => {
    await journey.target.query(refusals['a check']?.[0] ?? '');
    const error = await failureOf(journey.to.getRepository(Meal).insert({ id: 1, dish: secret }));
    expect(JSON.stringify(error)).to.contain(secret);
  });

  for (const [what, [sql, code]] of Object.entries(refusals)) {
    it(`is not told without --verbose: ${what} (T-29)`, async () => {
      await journey.target.query(sql);
      const error = await failureOf(journey.import());
      expect(error).to.include({ code });
      const { message, hint } = error as { readonly message: string; readonly hint?: string };
      expect(`${message} ${String(hint)}`).not.to.contain('quinoa');
    });
  }

  it('is not told by the program without --verbose (T-29)', async () => {
    await journey.target.query(refusals['a check']?.[0] ?? '');
    const { folder, remove } = project({
      'package.json': '{ "type": "module" }',
      'ormconfig.js': `import { DataSource, EntitySchema } from 'typeorm';
          const columns = { id: { type: 'int', primary: true }, dish: { type: 'text' } };
          export default new DataSource({ type: 'postgres', url: '${journey.target.url}', logging: true,
            entities: [new EntitySchema({ name: 'Meal', tableName: 'meal', columns })] });`,
    });
    try {
      const words = [journey.archive, '--json', '--findings', join(folder, 'findings.json')];
      const quiet = await run('importobjects', words, { cwd: folder });
      expect(quiet.stderr).to.contain('error: ');
      const findings = readFileSync(join(folder, 'findings.json'), 'utf8');
      expect(quiet.stdout + quiet.stderr + findings).not.to.contain('quinoa');
      const talkative = await run('importobjects', [...words, '--verbose'], { cwd: folder });
      expect(talkative.stderr).to.contain(secret);
      expect(talkative.stdout).not.to.contain('quinoa');
    } finally {
      remove();
    }
  });
});
