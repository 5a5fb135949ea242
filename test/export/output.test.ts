import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import type { PortolanError } from '../../src/index.js';
import { explainObjects, exportObjects, importObjects } from '../../src/index.js';
import { failureOf } from '../support/failure.js';

describe('the place of an export', () => {
  let folder: string;
  // Nobody listens there: what is wrong with the place is told before anybody is asked.
  const from = new DataSource({ type: 'postgres', url: 'postgres://127.0.0.1:1/none', entities: [] });

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-place-'));
    writeFileSync(join(folder, 'there.json'), '{}');
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [output, code] of [
    ['there.json', 'OUTPUT_EXISTS'],
    ['nowhere/out.json', 'FOLDER_MISSING'],
    ['nowhere/out.tar', 'FOLDER_MISSING'],
    ['nowhere/out/', 'FOLDER_MISSING'],
    ['there.json/', 'OUTPUT_EXISTS'],
    ['.', 'OUTPUT_EXISTS'],
  ] as const) {
    it(`is looked at before the database is: ${output}`, async () => {
      const failure = await failureOf(exportObjects(from, { objects: ['demoapp.Book.4'], output: join(folder, output) }));
      expect(failure).to.include({ code, exitCode: 2 });
    });
  }
});

describe('an option of a library function', () => {
  const from = new DataSource({ type: 'postgres', url: 'postgres://127.0.0.1:1/none', entities: [] });
  const objects = ['demoapp.Book.4'];

  it('that is misspelt is refused with the nearest, before anything is done', async () => {
    for (const [run, message, hint] of [
      [() => importObjects(from, { archive: 'x', dryrun: true } as never), 'importObjects has no option "dryrun"', '"dryRun"'],
      [() => exportObjects(from, { object: objects } as never), 'exportObjects has no option "object"', '"objects"'],
      [() => explainObjects(from, { objects, wy: 'x' } as never), 'explainObjects has no option "wy"', '"why"'],
    ] as const) {
      const failure = await failureOf(run());
      expect(failure).to.include({ code: 'OPTION_VALUE', exitCode: 2, message });
      expect((failure as PortolanError).hint).to.contain(`Did you mean ${hint}`);
    }
  });

  it('takes objects as a list of names', async () => {
    for (const given of ['demoapp.Book.4', undefined, [4]]) {
      const failure = await failureOf(exportObjects(from, { objects: given as never, dryRun: true }));
      expect(failure).to.include({ code: 'OPTION_VALUE', message: 'exportObjects: "objects" is no list of names' });
    }
  });
});
