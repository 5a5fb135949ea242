import { expect } from 'chai';
import type { Key } from '../../src/closure/key.js';
import type { KeySet } from '../../src/closure/key-set.js';
import type { Chart } from '../schema/chart.js';
import { drawChart } from '../schema/chart.js';
import type { Taking } from './take-from.js';
import { takeFrom } from './take-from.js';

/** Pupils need a form, which needs a school; prizes need a pupil; a friend, a guide and a form's room can be done without. */
const sql = `
  CREATE TABLE school (id int PRIMARY KEY, code text NOT NULL UNIQUE);
  CREATE TABLE form (id int PRIMARY KEY, school text NOT NULL REFERENCES school (code), twin int REFERENCES form);
  CREATE TABLE pupil (id int PRIMARY KEY, form int NOT NULL REFERENCES form, friend int REFERENCES pupil, guide text REFERENCES school (code));
  CREATE TABLE prize (id int PRIMARY KEY, pupil int NOT NULL REFERENCES pupil, year int);
  CREATE TABLE ring (id int PRIMARY KEY, next int NOT NULL, pupil int REFERENCES pupil);
  ALTER TABLE ring ADD FOREIGN KEY (next) REFERENCES ring DEFERRABLE INITIALLY DEFERRED;
  CREATE TABLE year (id int PRIMARY KEY); CREATE TABLE year_pupil (year int REFERENCES year, pupil int REFERENCES pupil, PRIMARY KEY (year, pupil));
  INSERT INTO school VALUES (1, 'a'), (2, 'b'); INSERT INTO form VALUES (1, 'a', NULL), (2, 'b', NULL), (3, 'a', 2);
  INSERT INTO pupil VALUES (1, 1, NULL, 'a'), (2, 2, 1, 'b'), (3, 1, 2, 'b'), (4, 3, 3, NULL);
  INSERT INTO prize VALUES (1, 1, 1), (2, 2, 1), (3, 3, 2), (4, 2, 2);
  INSERT INTO ring VALUES (1, 2, 1), (2, 3, NULL), (3, 1, NULL);
  INSERT INTO year VALUES (1); INSERT INTO year_pupil VALUES (1, 1), (1, 2), (1, 4);`;

const drop = new Map([['public.school', 'drop']] as const);

/** Where depth counts, all rows are listed. */
const maxDepth = 99;

describe('rows that are dropped', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({ before: sql, synchronize: false, policy: { models: { year: {} } } });
  });
  after(() => chart?.close());

  const cuts = ({ closure }: Taking): Readonly<Record<string, 'all' | readonly Key[]>> =>
    Object.fromEntries(
      [...closure.cut]
        .map(([{ name }, keys]) => [name.replace('public.', ''), keys === 'all' ? keys : sorted(keys)] as const)
        .sort(),
    );
  const sorted = (keys: KeySet): readonly Key[] => [...keys.sorted()];
  const leftOut = ({ closure }: Taking): readonly string[] =>
    closure.leftOut.map(({ model, rule, count }) => `${rule} ${String(count)} ${model.replace('public.', '')}`).sort();

  it('take with them what needs them, however far, and are cut where they can be done without', async () => {
    await takeFrom(chart, { seeds: { pupil: [1] }, boundary: drop, maxDepth }, (taking) => {
      expect(taking.rows).to.deep.equal([
        'form.1',
        'prize.1!',
        'pupil.1!',
        'ring.1!',
        'ring.2!',
        'ring.3!',
        'school.1',
        'year.1',
      ]);
      expect(leftOut(taking)).to.deep.equal(['boundary 1 form', 'boundary 1 pupil', 'boundary 1 school', 'boundary 2 prize']);
      // What could be cut was met by way of a pupil that falls, and stays at home itself.
      expect(cuts(taking)).to.deep.equal({});
    });
  });

  it('are cut from what is reached another way', async () => {
    await takeFrom(chart, { seeds: { year: [1], form: [1] }, boundary: drop, maxDepth }, (taking) => {
      expect(taking.rows).to.deep.equal([
        'form.1!',
        'form.3',
        'prize.1!',
        'prize.3!',
        'pupil.1!',
        'pupil.3!',
        'pupil.4!',
        'ring.1!',
        'ring.2!',
        'ring.3!',
        'school.1',
        'year.1!',
      ]);
      expect(cuts(taking)).to.deep.equal({ 'form.twin': [2], 'pupil.friend': [2], 'pupil.guide': ['b'] });
      expect(leftOut(taking)).to.deep.equal(['boundary 1 form', 'boundary 1 pupil', 'boundary 1 school', 'boundary 2 prize']);
    });
  });

  it('say that they were excluded where they were, and are none where nothing is reached', async () => {
    const exclude = new Map([['public.school', 'drop']] as const);
    await takeFrom(chart, { seeds: { year: [1] }, exclude }, (taking) => {
      expect(taking.rows).to.deep.equal(['year.1!']);
      expect(leftOut(taking)).to.deep.equal(['exclude 2 school', 'exclude 3 form', 'exclude 4 pupil']);
    });
    await takeFrom(chart, { seeds: { school: [1] }, boundary: drop }, (taking) => {
      expect(taking.rows).to.include.members(['school.1!', 'pupil.1!', 'pupil.3!', 'form.3!', 'pupil.4!']);
      expect(leftOut(taking)).to.include('boundary 1 school');
    });
    await takeFrom(chart, { seeds: { ring: [2] }, follow: 'dependencies', boundary: drop }, (taking) => {
      expect(leftOut(taking)).to.deep.equal([]);
      expect(cuts(taking)).to.deep.equal({});
    });
  });

  it('are external where they stay at home and something needs them, but for those that leave whole by another way', async () => {
    const stub = new Map([['public.school', 'stub']] as const);
    const external = ({ closure }: Taking): readonly string[] =>
      [...closure.external].flatMap(([model, keys]) =>
        sorted(keys).map((key) => `${model.replace('public.', '')}.${String(key)}`),
      );
    await takeFrom(chart, { seeds: { pupil: [1] }, boundary: stub }, (taking) => {
      expect(external(taking)).to.deep.equal(['school.2']);
      expect(taking.rows).to.include.members(['pupil.2!', 'form.2', 'school.1']);
      expect(leftOut(taking)).to.deep.equal([]);
    });
    const sharedAsKey = (model: string): boolean => model === 'public.form' || model === 'public.pupil';
    await takeFrom(chart, { seeds: { form: [1], prize: [2] }, sharedAsKey }, (taking) => {
      // Form 1 and its pupils are owned: they leave whole, though others need them.
      expect(taking.rows).to.include.members(['form.1!', 'pupil.1!', 'pupil.3!', 'pupil.2!']);
      expect(external(taking)).to.deep.equal(['form.2', 'form.3']);
      expect([...taking.closure.external.keys()]).to.deep.equal(['public.form']);
    });
    await takeFrom(chart, { seeds: { form: [3] }, boundary: new Map([['public.pupil', 'stub']]) }, (taking) => {
      expect(taking.rows).to.deep.equal(['form.2', 'form.3!', 'school.1', 'school.2']);
      expect(external(taking)).to.deep.equal([]);
    });
  });

  it('are all values of a reference that the policy cuts', async () => {
    const policy = { models: { year: {} }, follow: { 'public.pupil.friend': { up: 'cut' } } } as const;
    await takeFrom(chart, { seeds: { pupil: [4] }, policy }, (taking) => {
      expect(taking.rows).to.deep.equal(['form.2', 'form.3', 'pupil.4!', 'school.1', 'school.2', 'year.1']);
      expect(cuts(taking)).to.deep.equal({ 'pupil.friend': 'all' });
      expect(taking.closure.links.map(({ name }) => name)).to.have.length(1);
    });
    await takeFrom(chart, { seeds: { pupil: [4] }, policy, exclude: new Map([['public.year', 'error']]) }, (taking) => {
      expect(taking.closure.links).to.deep.equal([]);
    });
    await takeFrom(chart, { seeds: { year: [1] }, exclude: new Map([['public.pupil', 'error']]) }, (taking) => {
      expect(taking.closure.links).to.deep.equal([]);
    });
  });
});
