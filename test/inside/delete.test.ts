import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { deleteObjects, undoJournal } from '../../src/index.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';
import type { MadeNode, Place } from './made-nodes.js';
import { insertOf, madeNodes, nodePolicy, nodeSql, places } from './made-nodes.js';

function refersTo(node: MadeNode, other: MadeNode): boolean {
  return Object.entries(node.holds).some(
    ([place, held]) => places[place as Place].to === other.table && held.some(({ key }) => key === other.key),
  );
}

/** Of what is asked for, what nobody refers to who stays. */
function expectedGone(made: readonly MadeNode[], asked: readonly MadeNode[]): readonly MadeNode[] {
  let gone = asked;
  for (;;) {
    const stays = made.filter((node) => !gone.includes(node));
    const next = gone.filter((node) => !stays.some((other) => refersTo(other, node)));
    if (next.length === gone.length) return gone;
    gone = next;
  }
}

describe('keys inside values, where rows go', () => {
  let nodes: Move;

  before(async () => {
    nodes = await move({ sql: nodeSql, source: 'INSERT INTO account VALUES (1)', policy: nodePolicy, objects: ['account.1'] });
  });

  after(() => nodes.close());

  async function accounts(): Promise<readonly string[]> {
    return (await nodes.source.query('SELECT id::text FROM account ORDER BY account.id')).map(({ id }) => String(id));
  }

  it('keep the rows that they mean, unless the row that holds them goes too', async () => {
    await fc.assert(
      fc.asyncProperty(madeNodes, fc.nat({ max: 3 }), async (made, count) => {
        await nodes.source.query(`TRUNCATE account, parcel, label; ${insertOf(made)}`);
        const asked = made.filter(({ table }) => table === 'account').slice(0, count + 1);
        await nodes.export({ objects: asked.map(({ key }) => `account.${key}`) });
        const { status, plan } = await deleteObjects(nodes.from, { archive: nodes.archive, policy: nodePolicy });
        expect(status).to.equal('done');
        const gone = expectedGone(made, asked);
        const left = made.filter((node) => node.table === 'account' && !gone.includes(node)).map(({ key }) => key);
        expect(await accounts()).to.have.members(left);
        expect(plan.kept.filter(({ reason }) => reason === 'referenced').length).to.equal(asked.length - gone.length);
      }),
      { numRuns: 6 },
    );
  });

  it('keep an import from being taken back under them', async () => {
    await nodes.target.query('TRUNCATE account, parcel, label');
    await nodes.source.query('TRUNCATE account, parcel, label; INSERT INTO account VALUES (7)');
    await nodes.export({ objects: ['account.7'] });
    const journal = join(nodes.folder, 'journal');
    await nodes.import({ journal });
    await nodes.target.query(`INSERT INTO label (id, doc) VALUES ('x', '{"users": [{"id": 7}]}')`);
    const refused = await undoJournal(nodes.to, { journal, policy: nodePolicy });
    expect(refused.status).to.equal('refused');
    expect(refused.conflicts.map(({ by, reference }) => `${String(by)} ${String(reference)}`)).to.deep.equal([
      'public.label.x public.label.doc:$.users[*].id',
    ]);
    await nodes.target.query('DELETE FROM label');
    expect((await undoJournal(nodes.to, { journal, policy: nodePolicy })).status).to.equal('done');
  });
});
