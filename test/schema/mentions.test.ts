import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DeclaredReference, PortolanError } from '../../src/index.js';
import { deleteObjects, exportObjects } from '../../src/index.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';

const sql = `CREATE TABLE person (id int PRIMARY KEY, name text);
  CREATE TABLE note (id int PRIMARY KEY, about int, fixed int NOT NULL DEFAULT -1, body text, at date, of int REFERENCES person, kind text)`;

describe('a policy that says what is only mentioned', () => {
  let notes: Move;

  before(async () => {
    const source = "INSERT INTO person VALUES (1, 'ann'), (2, 'bob'); INSERT INTO note VALUES (5, 2, 2, '#1 #2', NULL, 1, 'x')";
    const policy = { models: { person: {}, note: {} } };
    notes = await move({ sql, source, policy, objects: ['note.5'] });
  });

  after(() => notes.close());

  const said = (one: Partial<DeclaredReference>): Partial<DeclaredReference> => ({ to: 'person', mention: true, ...one });

  async function refusal(...references: readonly Partial<DeclaredReference>[]): Promise<string> {
    const policy = { models: { person: {}, note: {} }, references: references as readonly DeclaredReference[] };
    const output = join(notes.folder, 'refused.json');
    const refused = await exportObjects(notes.from, { objects: ['note.5'], output, policy, dryRun: true }).then(
      () => undefined,
      (error: unknown) => error as PortolanError,
    );
    expect(refused?.code).to.equal('POLICY_INVALID');
    return refused?.message ?? '';
  }

  it('is refused where nothing can be mentioned so, or nothing can stand for what has not come', async () => {
    expect(await refusal({ from: 'note.about', to: 'person', absent: 'null' })).to.include('mention: true');
    expect(await refusal(said({ from: 'note.fixed', absent: 'null' }))).to.include('cannot be NULL');
    expect(await refusal(said({ from: 'note.about', absent: { value: 'none' } }))).to.include('cannot hold "none"');
    expect(await refusal(said({ from: 'note.body', pattern: '#(\\d+)', absent: 'null' }))).to.include('within a text');
    expect(await refusal(said({ from: 'note.at' }))).to.include('its type is date');
    expect(await refusal(said({ from: 'note.id' }))).to.include('part of the key');
    expect(await refusal(said({ from: 'note.of', to: 'note' }))).to.include('a reference holds there already');
    expect(await refusal(said({ from: 'note.about' }), said({ from: 'note.about', to: 'note' }))).to.include('by "when"');
    expect(await refusal(said({ from: 'note.about,fixed', to: 'note.id,about' }))).to.include('keys of one column');
    expect(await refusal(said({ from: 'note.body', path: '$', pattern: '(x)' }))).to.include('only one can say');
  });

  it('keeps nobody from leaving alone, nor from being deleted', async () => {
    const references: readonly DeclaredReference[] = [
      { from: 'note.about', to: 'person', mention: true },
      { from: 'note.body', to: 'person', pattern: '#(\\d+)', mention: true },
    ];
    const policy = { models: { person: {}, note: {} }, references, boundary: { person: 'error' as const } };
    await notes.source.query('UPDATE note SET of = NULL');
    await notes.export({ objects: ['note.5'], policy, boundary: [] });
    const { header, trailer } = JSON.parse(readFileSync(notes.archive, 'utf8')) as {
      header: { order: readonly string[]; entities: Readonly<Record<string, { mentions: readonly unknown[] }>> };
      trailer: { dangling: readonly unknown[]; external: readonly unknown[] };
    };
    expect(header.order).to.deep.equal(['public.note']);
    expect([trailer.dangling, trailer.external]).to.deep.equal([[], []]);
    expect(header.entities['public.note']?.mentions).to.deep.equal([
      { absent: 'null', columns: ['about'], name: 'public.note.about', parent: 'public.person', parentColumns: ['id'] },
      {
        ...{ absent: 'keep', columns: ['body'], name: 'public.note.body:pattern', parent: 'public.person' },
        ...{ parentColumns: ['id'], pattern: '#(\\d+)' },
      },
    ]);
    const person = join(notes.folder, 'person.json');
    await exportObjects(notes.from, { objects: ['person.2'], output: person, policy: { ...policy, boundary: {} } });
    const { plan } = await deleteObjects(notes.from, { archive: person, policy: { ...policy, boundary: {} }, dryRun: true });
    expect(plan).to.deep.include({ delete: { 'public.person': 1 } });
  });

  it('leads to the row that stands in for a skipped object, and to that of an earlier import; without new keys all stays', async () => {
    const references: readonly DeclaredReference[] = [
      { from: 'note.about', to: 'person', mention: true },
      { from: 'note.fixed', to: 'person', mention: true, absent: { value: '-1' } },
      { from: 'note.body', to: 'person', pattern: '#(\\d+)', mention: true },
    ];
    const unsaid = { models: { person: {}, note: {} } };
    const policy = { ...unsaid, references };
    await notes.source.query('UPDATE note SET of = 1');
    await notes.export({ objects: ['note.5'], policy });
    const written = async (): Promise<unknown> => (await notes.target.query('SELECT about, fixed, body FROM note'))[0];
    expect((await notes.import({ policy: unsaid })).status).to.equal('done');
    expect(await written()).to.deep.equal({ about: 2, fixed: 2, body: '#1 #2' });

    await notes.target.query(
      "TRUNCATE note, person; CREATE UNIQUE INDEX ON person (name); INSERT INTO person VALUES (17, 'ann')",
    );
    await notes.import({ policy: unsaid, onConflict: 'skip' });
    expect(await written()).to.deep.equal({ about: 2, fixed: 2, body: '#17 #2' });

    await notes.target.query("TRUNCATE note, person; INSERT INTO person VALUES (2, 'eve')");
    const merge = { models: { person: { naturalKey: ['name'], merge: 'keep' as const }, note: {} } };
    const { findings } = await notes.import({ policy: merge });
    expect(await written()).to.deep.equal({ about: null, fixed: -1, body: '#1 #2' });
    const told = findings.filter(({ kind }) => kind.startsWith('mention')).map(({ kind, severity }) => `${kind} ${severity}`);
    expect(told).to.deep.equal(['mention-replaced note', 'mention-caught warning', 'mention-replaced note']);
  });
});
