import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ArchiveEntity, ArchiveMention, ArchiveObject } from '../../src/archive/archive.js';
import type { AbsentRule } from '../../src/index.js';
import { mergeArchives, verifyArchive } from '../../src/index.js';
import { read } from '../archive/sample-archive.js';
import { writeMade } from './made-archive.js';

const integer = (name: string): ArchiveEntity['columns'][string] => ({ name, type: 'integer', kind: 'integer' });
const text = (name: string, type = 'text'): ArchiveEntity['columns'][string] => ({ name, type, kind: 'text' });

function mention(column: string, absent: AbsentRule): ArchiveMention {
  return { name: `m.note.${column}`, columns: [column], parent: 'm.person', parentColumns: ['id'], absent };
}

const entities: Readonly<Record<string, ArchiveEntity>> = {
  'm.person': {
    ...{ schema: 'public', table: 'person', key: ['id'], naturalKey: ['name'], links: {}, references: [] },
    columns: { id: integer('id'), name: text('name') },
  },
  'm.note': {
    ...{ schema: 'public', table: 'note', key: ['id'], naturalKey: [], links: {}, references: [] },
    columns: { id: integer('id'), about: integer('about'), log: text('log', 'jsonb'), body: text('body') },
    mentions: [
      mention('about', { value: '-1' }),
      { ...mention('log', 'null'), path: '$[*]' },
      { ...mention('body', 'keep'), pattern: '#(\\d+)' },
    ],
  },
};

const person = (pk: number, name: string): ArchiveObject => ({ model: 'm.person', pk, fields: { name } });
const note = (pk: number, about: number | null, log: string, body: string): ArchiveObject => ({
  model: 'm.note',
  pk,
  fields: { about, log, body },
});

describe('what values only mention, in archives of different databases', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-gather-'));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('follows its objects; what its own archives lack never leads to an object of another database, and is told', async () => {
    const write = (name: string, objects: readonly ArchiveObject[]): Promise<void> => {
      const volatile = { date: '2026-01-01T00:00:00.000Z', tool: '0', source: name.padEnd(64, '0') };
      return writeMade(join(folder, name), {
        objects,
        header: { entities, order: ['m.person', 'm.note'], seeds: [], volatile },
      });
    };
    await write('a', [person(1, 'ann'), note(1, 2, '[1, 2, 90]', '#1 #2 #90'), note(3, null, '[]', '#')]);
    await write('b', [person(1, 'bob'), person(2, 'cy'), note(2, 1, '["1", 2]', '#1 #2')]);
    const output = join(folder, 'merged.json');
    const { status, findings } = await mergeArchives({ archives: [join(folder, 'a'), join(folder, 'b')], output });
    expect(status).to.equal('done');
    await verifyArchive(output);
    const notes = (await read(output)).filter(({ model }) => model === 'm.note');
    expect(notes.map(({ pk, fields }) => [pk, fields['about'], fields['log'], fields['body']])).to.deep.equal([
      [1, -1, '[1, null, 90]', '#1 #2 #90'],
      [2, 91, '["91", 2]', '#91 #2'],
      [3, null, '[]', '#'],
    ]);
    const told = findings.filter(({ kind }) => kind.startsWith('mention')).map(({ kind, on }) => `${kind} ${on}`);
    expect(told.sort()).to.deep.equal([
      'mention-caught m.note.body',
      'mention-replaced m.note.about',
      'mention-replaced m.note.log',
    ]);
  });
});
