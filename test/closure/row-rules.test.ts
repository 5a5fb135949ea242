import { expect } from 'chai';
import fc from 'fast-check';
import type { ModelPolicy, Policy, RowRule } from '../../src/index.js';
import { explainObjects, exportObjects, PortolanError } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

/** Rooms have topics, people and messages; a message needs its room and author, and may have a kind. Nothing needs a message: it is a leaf. */
const sql = `
  CREATE TABLE room (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE person (id int PRIMARY KEY, room int NOT NULL REFERENCES room, email text NOT NULL UNIQUE, boss int REFERENCES person,
    domain text GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED);
  CREATE TABLE kind (id int PRIMARY KEY, name varchar(8));
  CREATE TABLE message (id int PRIMARY KEY, room int NOT NULL REFERENCES room, author int NOT NULL REFERENCES person, kind int REFERENCES kind, number int);
  CREATE TABLE badge (id int PRIMARY KEY, person int NOT NULL REFERENCES person, number int);
  CREATE TABLE room_kind (room int REFERENCES room, kind int REFERENCES kind, PRIMARY KEY (room, kind));
  INSERT INTO room VALUES (1, 'one'), (2, 'two');
  INSERT INTO person SELECT n, CASE WHEN n % 4 = 0 THEN 2 ELSE 1 END, 'p' || n || '@home', CASE WHEN n % 3 = 0 THEN n - 1 END FROM generate_series(1, 20) n;
  INSERT INTO kind SELECT n, 'kind ' || n FROM generate_series(1, 9) n;
  INSERT INTO message SELECT n, 1 + n % 2, 1 + n * 7 % 20, nullif(n % 10, 0), n % 6 FROM generate_series(1, 120) n;
  INSERT INTO badge SELECT n, n, n % 3 FROM generate_series(1, 20) n;
  INSERT INTO room_kind VALUES (1, 1), (1, 2), (2, 3);`;

/** Messages that belong to room 1: those in it, and those of its people. */
const reached =
  '(room = 1 OR author IN (SELECT p.id FROM person p LEFT JOIN person b ON b.id = p.boss WHERE 1 IN (p.room, b.room)))';

const room = { objects: ['room.1'], reproducible: true } as const;

const rule = (keep: string, otherwise: RowRule['otherwise'] = 'drop', name = 'quiet'): RowRule => ({ name, keep, otherwise });

async function refused(promise: Promise<unknown>): Promise<PortolanError> {
  const error = await failureOf(promise);
  if (!(error instanceof PortolanError)) throw error;
  return error;
}

describe('rules of rows', () => {
  let source: SmallSource;
  before(async () => {
    source = await smallSource('room', sql);
  });
  after(() => source?.close());

  const models = (some: Record<string, ModelPolicy>): Policy => ({
    models: { person: {}, kind: {}, message: {}, badge: {}, ...some },
    joinTables: ['room_kind'],
  });
  const taken = async (policy: Policy, more: object = {}): ReturnType<SmallSource['take']> =>
    source.take({ ...room, policy, ...more });
  const names = async (policy: Policy, of: string): Promise<readonly string[]> =>
    Object.keys((await taken(policy)).objects).flatMap((name) =>
      name.startsWith(`public.${of}.`) ? [name.slice(8 + of.length)] : [],
    );

  const count = async (condition: string): Promise<number> => {
    const [row] = await source.dataSource.query<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM message WHERE ${reached} AND ${condition}`,
    );
    return row?.n ?? 0;
  };

  it('keep rows at home that do not fulfil them, and count them by name', async () => {
    const { trailer, objects } = await taken(
      models({ message: { rows: [rule('number > 1'), rule('number < 5', 'drop', 'loud')] } }),
    );
    expect(trailer.leftOut).to.deep.equal([
      { model: 'public.message', rule: 'loud', count: await count('number >= 5') },
      { model: 'public.message', rule: 'quiet', count: await count('number <= 1') },
    ]);
    const left = Object.entries(objects).filter(([name]) => name.startsWith('public.message.'));
    expect(left.map(([, fields]) => fields['number'])).to.satisfy((all: number[]) => all.every((one) => one > 1 && one < 5));
    expect(left).to.have.length(await count('number IN (2, 3, 4)'));
  });

  it('take NULL for no, and may ask other tables of the row by the name of its own', async () => {
    const asked = 'EXISTS (SELECT FROM public.person p WHERE p.id = message.author AND p.boss = message.number)';
    expect(await names(models({ message: { rows: [rule('NULL')] } }), 'message')).to.deep.equal([]);
    const some = await names(models({ message: { rows: [rule(asked)] } }), 'message');
    const listed = await source.dataSource.query<{ id: number }[]>(`SELECT id FROM message WHERE ${reached} AND ${asked}`);
    expect(some).to.deep.equal(listed.map(({ id }) => String(id)).sort());
    expect(some).to.not.deep.equal([]);
  });

  it('take with a needed row what cannot be without it, leave it outside, or refuse and name the way', async () => {
    const without = (otherwise: RowRule['otherwise']): Policy => models({ person: { rows: [rule('id <> 9', otherwise)] } });
    const dropped = await taken(without('drop'));
    expect(dropped.objects).to.not.have.property('public.person.9');
    expect(Object.values(dropped.objects).some((fields) => fields['author'] === 9)).to.equal(false);
    expect(dropped.trailer.leftOut).to.deep.include.members([
      { model: 'public.person', rule: 'quiet', count: 1 },
      { model: 'public.message', rule: 'quiet', count: await count('author = 9') },
    ]);
    const outside = await taken(without('stub'));
    expect(outside.trailer.external).to.deep.equal([{ model: 'public.person', naturalKey: { email: 'p9@home' }, pk: 9 }]);
    expect(outside.trailer.leftOut).to.deep.equal([]);
    expect(Object.values(outside.objects).some((fields) => fields['author'] === 9)).to.equal(true);
    const error = await refused(taken(without('error')));
    expect(error).to.include({ code: 'RULE_BROKEN', status: 'refused' });
    expect(error.message).to.match(
      /"quiet".* public\.person\.9 .*: public\.room\.1 → \(.*, down\) public\..* → \(.*, up\) public\.person\.9$/u,
    );
  });

  it('write NULL where a needed row can be done without', async () => {
    const { objects } = await taken(models({ kind: { rows: [rule('id > 5')] } }));
    const kinds = Object.entries(objects).flatMap(([name, { kind }]) => (name.startsWith('public.message.') ? [kind] : []));
    expect(kinds).to.have.length(await count('true'));
    expect(new Set(kinds)).to.deep.equal(new Set([null, 6, 7, 8, 9].filter((one) => kinds.includes(one))));
    expect(kinds.filter((one) => one === null)).to.have.length.greaterThan(6);
    expect(Object.values(objects['public.room.1'] ?? {})).to.deep.include([]);
  });

  it('refuse an object that is asked for and does not fulfil them', async () => {
    const error = await refused(taken(models({ room: { rows: [rule('id <> 1')] } })));
    expect(error).to.include({ code: 'SEED_DROPPED' });
    expect(error.message).to.include('public.room.1').and.to.include('"quiet"');
  });

  it('hold for tables of which all rows leave, too', async () => {
    const { objects, trailer } = await taken(models({ badge: { whole: true, rows: [rule('number = 0')] } }));
    const badges = Object.keys(objects).filter((name) => name.startsWith('public.badge.'));
    expect(badges.length).to.equal(6);
    expect(trailer.leftOut).to.deep.include({ model: 'public.badge', rule: 'quiet', count: 14 });
    // They need people of another room, and these their room.
    expect(objects).to.include.keys('public.person.12', 'public.room.2');
    const whole = await taken(models({ kind: { whole: true } }));
    expect(Object.keys(whole.objects).filter((name) => name.startsWith('public.kind.'))).to.have.length(9);
  });

  it('are explained, and the way to a row is told although others stay', async () => {
    const policy = models({ message: { rows: [rule('number > 1')] }, kind: { whole: true } });
    const asked = { ...room, policy };
    const explained = await explainObjects(source.dataSource, { ...asked, why: 'message.2' });
    const [inside, leftOut] = [await count('number > 1'), await count('number <= 1')];
    expect(explained.boundary).to.deep.equal([
      { model: 'public.message', rule: 'quiet', action: 'drop', inside, external: 0, leftOut },
    ]);
    expect(explained.why?.map(({ object }) => object)).to.deep.equal(['public.room.1', 'public.message.2']);
    const { why } = await explainObjects(source.dataSource, { ...asked, why: 'kind.9' });
    expect(why).to.deep.equal([{ object: 'public.kind.9', via: '', direction: 'whole' }]);
    const failure = await refused(explainObjects(source.dataSource, { ...asked, why: 'message.6' }));
    expect(failure.code).to.equal('NOT_IN_CLOSURE');
    const dry = await exportObjects(source.dataSource, { ...asked, dryRun: true });
    expect(dry.objects).to.deep.equal((await taken(policy)).trailer.objects);
  });

  it('count within a budget what leaves, not what stays', async () => {
    const policy = models({ message: { rows: [rule('number = 2')] }, person: { rows: [rule('id > 3')] } });
    const { trailer } = await taken(policy);
    expect((await taken(policy, { maxObjects: trailer.total })).trailer).to.deep.equal(trailer);
    expect((await refused(taken(policy, { maxObjects: trailer.total - 1 }))).code).to.equal('BUDGET_EXCEEDED');
  });

  it('are added to when the objects are known', async () => {
    const { objects } = await taken(models({ message: { rows: [rule('number > 1')] } }), {
      rowPolicy: async ({ seeds, session }: Parameters<NonNullable<Parameters<typeof exportObjects>[1]['rowPolicy']>>[0]) => {
        const [[key] = []] = [...seeds].map(([, keys]) => [...keys.sorted()]);
        const [[count] = []] = await session.query('SELECT count(*) FROM public.message');
        return {
          models: {
            Message: { rows: [rule(`number <> ${String(key)} AND ${String(count)} = 120 AND number < 3`, 'drop', 'few')] },
          },
        };
      },
    });
    const numbers = Object.entries(objects).flatMap(([name, { number }]) => (name.startsWith('public.message.') ? [number] : []));
    expect(new Set(numbers)).to.deep.equal(new Set([2]));
  });

  it('take the same rows by what they hold as one by one, whatever falls', async () => {
    const condition = fc.constantFrom('number > 1', 'number % 2 = 0', 'room = 1', 'author > 4');
    const ofPeople = fc.constantFrom('id % 5 <> 0', 'room = 1', 'boss IS NULL', 'id < 15');
    const ofKinds = fc.constantFrom('id > 5', 'id % 2 = 1', "name <> 'kind 3'");
    const otherwise = fc.constantFrom('drop' as const, 'stub' as const);
    const rules = (keep: fc.Arbitrary<string>): fc.Arbitrary<RowRule[]> =>
      fc
        .array(fc.tuple(keep, otherwise), { maxLength: 2 })
        .map((some) => some.map(([one, action], at) => rule(one, action, `r${String(at)}`)));
    let described = 0;
    await fc.assert(
      fc.asyncProperty(
        rules(condition),
        rules(ofPeople),
        rules(ofKinds),
        fc.boolean(),
        async (message, person, kind, isWhole) => {
          const policy = models({ message: { rows: message }, person: { rows: person }, kind: { rows: kind, whole: isWhole } });
          const result = await exportObjects(source.dataSource, { ...room, policy, dryRun: true });
          described += result.closure.described.has('public.message') ? 1 : 0;
          const byDescription = await taken(policy);
          const listed = await taken(policy, { maxDepth: 99 });
          expect(byDescription).to.deep.equal(listed);
          expect(result.objects).to.deep.equal(listed.trailer.objects);
        },
      ),
      { numRuns: 25 },
    );
    expect(described).to.be.greaterThan(10);
  }).timeout(60_000);

  it('refuse what the database does not understand, with its words, and names that are not there', async () => {
    const refusal = async (some: Record<string, ModelPolicy>): Promise<string> => {
      const { code, message } = await refused(taken(models(some)));
      return `${code} ${message}`;
    };
    expect(await refusal({ message: { rows: [rule('nobody = 1')] } })).to.match(
      /^POLICY_INVALID .*"quiet" of public\.message.*nobody/u,
    );
    expect(await refusal({ message: { rows: [rule('number')] } })).to.match(/^POLICY_INVALID .*boolean/u);
    expect(await refusal({ message: { rows: [rule('true) --')] } })).to.match(/^POLICY_INVALID .*syntax/u);
    expect(await refusal({ message: { rows: [rule('true'), rule('false')] } })).to.match(/^POLICY_INVALID .*two rules/u);
    expect(await refusal({ message: { values: { number: "'x'" } } })).to.match(
      /^POLICY_INVALID .*value of public\.message\.number/u,
    );
    expect(await refusal({ message: { values: { nobody: '1' } } })).to.match(/^UNKNOWN_COLUMN /u);
    expect(await refusal({ room_kind: { rows: [rule('true')] } })).to.match(/^UNKNOWN_MODEL .*join table/u);
  });
});

describe('values of the policy', () => {
  let source: SmallSource;
  before(async () => {
    source = await smallSource('room', sql);
  });
  after(() => source?.close());

  const take = (values: Record<string, string>, model = 'person', more: object = {}): ReturnType<SmallSource['take']> =>
    source.take({ ...room, policy: { models: { person: {}, kind: {}, message: {}, badge: {}, [model]: { values, ...more } } } });

  it('leave instead of those of the rows, as the column has them', async () => {
    const values = { email: "'user' || id || '@example.com'", domain: "'example.com'" };
    const { objects } = await take(values);
    expect(objects['public.person.3']).to.include({ email: 'user3@example.com', domain: 'example.com', boss: 2 });
    expect((await take({ number: 'number::text' }, 'message')).objects['public.message.2']).to.include({ number: 2 });
    expect((await take({ name: "'much too long a name'" }, 'kind')).objects['public.kind.2']).to.include({ name: 'much too' });
  });

  it('leave in what is read by description, and in natural keys of those who stay', async () => {
    const { objects } = await take({ number: '-number' }, 'message');
    expect(
      Object.entries(objects).filter(([name, { number }]) => name.startsWith('public.message') && Number(number) > 0),
    ).to.deep.equal([]);
    const { trailer } = await take({ email: 'md5(email)', domain: 'NULL' }, 'person', { rows: [rule('id > 5', 'stub')] });
    expect(JSON.stringify(trailer.external)).to.not.include('@home');
    expect(trailer.external.length).to.be.greaterThan(0);
  });

  it('refuse columns by which rows are found, and those that tell what is replaced', async () => {
    for (const [model, column, told] of [
      ['person', 'id', /key/u],
      ['message', 'author', /reference/u],
      ['person', 'email', /domain/u],
    ] as const) {
      const { code, message } = await refused(take({ [column]: 'NULL' }, model));
      expect(code).to.equal('POLICY_INVALID');
      expect(message).to.match(told);
    }
  });
});
