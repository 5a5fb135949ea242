import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ArchiveObject } from '../../src/index.js';
import { verifyArchive } from '../../src/index.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';
import { expectedNodes, insertOf, madeNodes, nodePolicy, nodeSql } from './made-nodes.js';

function keyShown(pk: ArchiveObject['pk']): string {
  return typeof pk === 'object' ? JSON.stringify(pk) : String(pk);
}

function objectsIn(archive: string): readonly string[] {
  const { objects } = JSON.parse(readFileSync(archive, 'utf8')) as { objects: readonly ArchiveObject[] };
  return objects.map(({ model, pk }) => `${model} ${keyShown(pk)}`).sort();
}

describe('references whose keys stand inside values', () => {
  let nodes: Move;

  before(async () => {
    nodes = await move({ sql: nodeSql, source: 'INSERT INTO account VALUES (1)', policy: nodePolicy, objects: ['account.1'] });
  });

  after(() => nodes.close());

  it('bring what they mean, and what that means, and tell what leads nowhere: as an independent model has it', async () => {
    await fc.assert(
      fc.asyncProperty(madeNodes, fc.constantFrom('dependencies', 'owned', 'connected'), async (made, follow) => {
        await nodes.source.query(`TRUNCATE account, parcel, label; ${insertOf(made)}`);
        const seeds = made.filter(({ table }) => table === 'account').slice(0, 1);
        await nodes.export({ objects: seeds.map(({ key }) => `account.${key}`), follow });
        const expected = expectedNodes(made, seeds);
        expect(objectsIn(nodes.archive)).to.deep.equal(expected.taken.map(({ table, key }) => `public.${table} ${key}`).sort());
        const { trailer } = await verifyArchive(nodes.archive);
        expect(trailer.dangling.map(({ reference }) => reference).sort()).to.deep.equal(expected.dangling);
      }),
      { numRuns: 20 },
    );
  });
});
