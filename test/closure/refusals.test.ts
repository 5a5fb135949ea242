import { expect } from 'chai';
import type { ExportOptions } from '../../src/index.js';
import { PortolanError } from '../../src/index.js';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

describe('a closure that is refused', () => {
  let source: SmallSource;

  before(async () => {
    source = await smallSource(
      'pupil',
      `CREATE TABLE school (id int PRIMARY KEY);
       CREATE TABLE form (id int PRIMARY KEY, school int NOT NULL REFERENCES school);
       CREATE TABLE pupil (id int PRIMARY KEY, form int NOT NULL REFERENCES form, friend int REFERENCES pupil);
       CREATE TABLE remark (pupil int REFERENCES pupil, text text);
       INSERT INTO school VALUES (1), (2); INSERT INTO form VALUES (1, 1), (2, 2);
       INSERT INTO pupil VALUES (1, 1, NULL), (2, 2, 1), (3, 1, NULL); INSERT INTO remark VALUES (3, 'good');`,
    );
  });

  after(async () => {
    await source.close();
  });

  async function refusal(options: ExportOptions): Promise<readonly [code: string, message: string, hint: string | undefined]> {
    try {
      await source.take(options);
    } catch (error) {
      if (error instanceof PortolanError) return [error.code, error.message, error.hint];
      throw error;
    }
    throw new Error('not refused');
  }

  it('beyond a boundary says by what way, and what can be said there', async () => {
    expect(await refusal({ objects: ['pupil.1'], boundary: ['school'] })).to.deep.equal([
      'BOUNDARY_CROSSED',
      'public.school.2 is beyond the boundary public.school, and would leave: public.pupil.1 → (public.pupil.friend, down) public.pupil.2 → (public.pupil.form, up) public.form.2 → (public.form.school, up) public.school.2',
      "Cut that reference in the policy, or say what to do there: boundary: { 'public.school': 'drop' } or 'stub'.",
    ]);
  });

  it('by an exclusion says by what way, and what can be said there', async () => {
    expect(await refusal({ objects: ['pupil.3'], exclude: ['school', 'remark'] })).to.deep.equal([
      'EXCLUDED_NEEDED',
      'public.school.1 is excluded, but needed: public.pupil.3 → (public.pupil.form, up) public.form.1 → (public.form.school, up) public.school.1',
      "Say in the policy what to do there: exclude: { 'public.school': 'drop' } or 'stub', or cut the reference.",
    ]);
  });

  it('because the model of what is asked for is excluded says so, whatever the policy says of its needed rows', async () => {
    for (const [action, code] of [
      ['error', 'EXCLUDED_NEEDED'],
      ['drop', 'SEED_DROPPED'],
      ['stub', 'SEED_DROPPED'],
    ] as const) {
      expect(await refusal({ objects: ['form.1', 'pupil.2'], policy: { exclude: { pupil: action } } })).to.deep.equal([
        code,
        'public.pupil.2 is asked for, but public.pupil is excluded',
        'Take public.pupil out of what is excluded, or ask for an object of another model.',
      ]);
    }
  });

  it('because a seed falls names the seed', async () => {
    expect(
      await refusal({ objects: ['pupil.2', 'pupil.1'], policy: { boundary: { school: 'error' }, exclude: { form: 'drop' } } }),
    ).to.deep.equal([
      'SEED_DROPPED',
      'public.pupil.1 is asked for, but needs a row that the policy drops',
      "Use 'stub' instead of 'drop' for that model, or cut the reference.",
    ]);
  });

  it('because what is cut cannot be NULL names every such reference', async () => {
    const follow = {
      'public.pupil.form': { up: 'cut' },
      'public.form.school': { up: 'cut' },
      'public.pupil.friend': { up: 'cut' },
    } as const;
    expect(await refusal({ objects: ['pupil.1'], policy: { follow } })).to.deep.equal([
      'CUT_NOT_NULL',
      'the policy cuts public.form.school, public.pupil.form, whose columns cannot be NULL',
      'Follow the reference, or exclude the model that holds it.',
    ]);
  });

  it('because nothing tells rows apart names what brought them, and what would help', async () => {
    expect(await refusal({ objects: ['pupil.3'] })).to.deep.equal([
      'NO_ROW_IDENTITY',
      'public.remark has rows that belong to the export (by public.remark.pupil), but no primary key and no other unique row identity',
      "Name the columns that identify a row in the policy (models: { 'public.remark': { key: [...] } }), or leave the table out with --exclude public.remark.",
    ]);
    const { objects } = await source.take({ objects: ['pupil.1'] });
    expect(Object.keys(objects)).to.include('public.pupil.2').and.not.to.include('public.remark');
  });
});
