import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { exportObjects } from '../../src/index.js';
import { failureOf } from '../support/failure.js';

describe('the place of an export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-place-'));
  // Nobody listens there: what is wrong with the place is told before anybody is asked.
  const from = new DataSource({ type: 'postgres', url: 'postgres://127.0.0.1:1/none', entities: [] });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  writeFileSync(join(folder, 'there.json'), '{}');
  for (const [output, code] of [
    ['there.json', 'OUTPUT_EXISTS'],
    ['nowhere/out.json', 'FOLDER_MISSING'],
    ['out.tar', 'OUTPUT_LAYOUT'],
    ['.', 'OUTPUT_LAYOUT'],
  ] as const) {
    it(`is looked at before the database is: ${output}`, async () => {
      const failure = await failureOf(exportObjects(from, { objects: ['demoapp.Book.4'], output: join(folder, output) }));
      expect(failure).to.include({ code, exitCode: 2 });
    });
  }
});
