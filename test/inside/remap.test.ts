import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { diffArchives, exportObjects, graphHash, verifyArchive } from '../../src/index.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';
import type { MadeNode, Rename, TableOf } from './made-nodes.js';
import { closed, expectedNodes, insertOf, madeNodes, nodePolicy, nodeSql } from './made-nodes.js';

const everything = ['account', 'parcel', 'label']
  .map(
    (table) =>
      `SELECT '${table}' AS "table", id::text, doc::text, raw::text, note, body, friends::text, parcels::text, labels::text FROM ${table}`,
  )
  .join(' UNION ALL ');

describe('keys inside values, on import', () => {
  let nodes: Move;

  before(async () => {
    nodes = await move({ sql: nodeSql, source: 'INSERT INTO account VALUES (1)', policy: nodePolicy, objects: ['account.1'] });
  });

  after(() => nodes.close());

  async function begin(made: readonly MadeNode[], there: readonly MadeNode[]): Promise<readonly MadeNode[]> {
    await nodes.source.query(`TRUNCATE account, parcel, label; ${insertOf(made)}`);
    await nodes.target.query(`TRUNCATE account, parcel, label RESTART IDENTITY; ${insertOf(there)}`);
    const seeds = made.filter(({ table }) => table === 'account');
    await nodes.export({ objects: seeds.map(({ key }) => `account.${key}`) });
    return expectedNodes(made, seeds).taken;
  }

  async function rowsOf(sql: string): Promise<readonly string[]> {
    return (await nodes.target.query(sql)).map((row) => JSON.stringify(row)).sort();
  }

  /** What rows of the target are when they are written by the model. */
  async function written(taken: readonly MadeNode[], there: readonly MadeNode[], rename: Rename): Promise<readonly string[]> {
    await nodes.target.query(`TRUNCATE account, parcel, label; ${insertOf(there)}; ${insertOf(taken, rename)}`);
    return rowsOf(everything);
  }

  it('are rewritten where they stand and nowhere else: as an independent model writes the values with the new keys', async () => {
    await fc.assert(
      fc.asyncProperty(madeNodes, madeNodes, fc.constantFrom('all', 'conflicts'), async (made, there, remap) => {
        const taken = await begin(made, there);
        const idMap = join(nodes.folder, 'map');
        const { status, findings } = await nodes.import({ onConflict: 'remap', remap, idMap });
        expect(status).to.equal('done');
        const mapped = new Map<string, string>();
        for (const line of readFileSync(idMap, 'utf8').trimEnd().split('\n')) {
          const { from, to } = JSON.parse(line) as { from: string; to: string };
          mapped.set(from, to);
        }
        const rename: Rename = (table: TableOf, key) => {
          const name = `public.${table}.${key}`;
          return (mapped.get(name) ?? name).slice(`public.${table}.`.length);
        };
        const isSame = (node: MadeNode): boolean =>
          there.some(({ table, key }) => table === node.table && key === rename(node.table, node.key));
        if (remap === 'all')
          expect(taken.filter(({ table, key }) => table !== 'label' && rename(table, key) === key)).to.deep.equal([]);
        const rows = await rowsOf(everything);
        expect(rows).to.deep.equal(
          await written(
            taken.filter((node) => !isSame(node)),
            there,
            rename,
          ),
        );
        const told = findings.filter(({ kind }) => kind.startsWith('dangling-reference'));
        const { trailer } = await verifyArchive(nodes.archive);
        expect(told.length).to.be.at.least(remap === 'all' && there.length === 0 ? trailer.dangling.length : 0);
      }),
      { numRuns: 15 },
    );
  });

  it('make no difference under an id map, and none to the digest of the graph, which no key counts in', async () => {
    await fc.assert(
      fc.asyncProperty(madeNodes.map(closed), async (made) => {
        await begin(made, []);
        const idMap = join(nodes.folder, 'map');
        await nodes.import({ remap: 'all', idMap });
        const again = join(nodes.folder, 'again.json');
        const objects = (await nodes.target.query('SELECT id FROM account')).map(({ id }) => `account.${String(id)}`);
        await exportObjects(nodes.to, { objects, output: again, policy: nodePolicy, reproducible: true, force: true });
        const { differences } = await diffArchives({ a: nodes.archive, b: again, idMap: [idMap] });
        expect(differences.map(({ decision, object }) => `${decision} ${object}`)).to.deep.equal([]);
        expect(await graphHash(again)).to.equal(await graphHash(nodes.archive));
      }),
      { numRuns: 6 },
    );
  });

  it('come back as they were: exported, imported and exported again, the archives have the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(madeNodes, async (made) => {
        await begin(made, []);
        expect((await nodes.import()).status).to.equal('done');
        const again = join(nodes.folder, 'again.json');
        const objects = made.filter(({ table }) => table === 'account').map(({ key }) => `account.${key}`);
        await exportObjects(nodes.to, { objects, output: again, policy: nodePolicy, reproducible: true, force: true });
        expect(readFileSync(again, 'utf8')).to.equal(readFileSync(nodes.archive, 'utf8'));
      }),
      { numRuns: 6 },
    );
  });
});
