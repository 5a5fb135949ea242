import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ArchiveHeader, Policy } from '../../src/index.js';
import { diffArchives, diffDatabase, exportObjects, graphHash, undoJournal, verifyArchive } from '../../src/index.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';
import type { MadeNode, Rename, TableOf } from './made-nodes.js';
import { closed, insertOf, madeNodes, nodePolicy, nodeSql } from './made-nodes.js';

const tables: readonly TableOf[] = ['account', 'parcel', 'label'];

const sql = `${nodeSql};
  ${tables.map((table) => `ALTER TABLE ${table} ADD owner bigint, ADD fixed bigint NOT NULL DEFAULT -1, ADD kind text, ADD target text`).join(';')}`;

const whole = tables.flatMap((table) => [
  { from: `${table}.owner`, to: 'account' },
  { from: `${table}.fixed`, to: 'account', absent: { value: '-1' } },
  { from: `${table}.target`, to: 'account', when: { column: 'kind', value: 'a' } },
  { from: `${table}.target`, to: 'parcel', when: { column: 'kind', value: 'p' } },
]);

const unsaid: Policy = { models: nodePolicy.models ?? {} };
const policy: Policy = {
  ...unsaid,
  references: [...(nodePolicy.references ?? []), ...whole].map((one) => ({ ...one, mention: true as const })),
};

/** A row that holds keys in columns of their own, too. */
interface Row {
  readonly node: MadeNode;
  readonly owner: string | null;
  readonly fixed: string;
  readonly kind: 'a' | 'p' | 'x';
  readonly target: string;
  readonly leaves: boolean;
}

const accounts = ['1', '2', '-3', '9007199254740993', '77'];
const parcels = ['a', 'b', 'f'].map((last) => `00000000-0000-4000-8000-00000000000${last}`);

const madeRows: fc.Arbitrary<readonly Row[]> = madeNodes.chain((nodes) =>
  fc.tuple(
    ...nodes.map((node) =>
      fc.record({
        node: fc.constant(node),
        owner: fc.option(fc.constantFrom(...accounts)),
        fixed: fc.constantFrom(...accounts, '-1'),
        kind: fc.constantFrom('a', 'p', 'x'),
        target: fc.constantFrom(...accounts, ...parcels),
        leaves: fc.boolean(),
      }),
    ),
  ),
);

/** The rows as SQL, with what the model says that stands for each key. */
function rowsSql(rows: readonly Row[], rename: Rename = (_, key) => key): string {
  const text = (value: string | null): string => (value === null ? 'NULL' : `'${value}'`);
  const updates = rows.map(({ node, owner, fixed, kind, target }) => {
    const key = rename(node.table, node.key) ?? node.key;
    const isKey = { a: /^-?\d+$/u.test(target), p: target.includes('-0000-'), x: false }[kind];
    const to = isKey ? rename(kind === 'a' ? 'account' : 'parcel', target) : target;
    const held = owner === null ? null : rename('account', owner);
    const set = `owner = ${text(held)}, fixed = ${rename('account', fixed) ?? '-1'}, kind = '${kind}', target = ${text(to)}`;
    return `UPDATE ${node.table} SET ${set} WHERE id::text = E'${key.replace(/['\\]/gu, '\\$&')}'`;
  });
  return [
    insertOf(
      rows.map(({ node }) => node),
      rename,
    ),
    ...updates,
  ].join(';\n');
}

const everything = tables
  .map(
    (table) =>
      `SELECT '${table}' AS "table", id::text, doc::text, raw::text, note, body, friends::text, parcels::text, labels::text, owner, fixed, kind, target FROM ${table}`,
  )
  .join(' UNION ALL ');

/** Rows of which all leave, without what leads nowhere. */
function closedRows(rows: readonly Row[]): readonly Row[] {
  const nodes = closed(rows.map(({ node }) => node));
  const isThere = (table: TableOf, key: string | null): boolean => nodes.some((one) => one.table === table && one.key === key);
  return rows.map(({ owner, fixed, kind, target }, at) => ({
    node: nodes[at] as MadeNode,
    owner: isThere('account', owner) ? owner : null,
    fixed: isThere('account', fixed) ? fixed : '-1',
    kind: isThere(kind === 'a' ? 'account' : 'parcel', target) ? kind : 'x',
    target,
    leaves: true,
  }));
}

function seedOf({ table, key }: MadeNode): string {
  return `${table}.${key}`;
}

describe('what values only mention', () => {
  let nodes: Move;

  before(async () => {
    nodes = await move({ sql, source: 'INSERT INTO account VALUES (1)', policy, objects: ['account.1'] });
  });

  after(() => nodes.close());

  /** Fills both databases, and exports the rows that leave, at least one. */
  async function begin(made: readonly Row[], there: readonly Row[]): Promise<readonly Row[]> {
    await nodes.source.query(`TRUNCATE account, parcel, label; ${rowsSql(made)}`);
    await nodes.target.query(`TRUNCATE account, parcel, label RESTART IDENTITY; ${rowsSql(there)}`);
    const leaving = made.filter(({ leaves }, at) => leaves || at === 0);
    await nodes.export({ objects: leaving.map(({ node }) => seedOf(node)) });
    return leaving;
  }

  async function rowsOf(): Promise<readonly string[]> {
    return (await nodes.target.query(everything)).map((row) => JSON.stringify(row)).sort();
  }

  async function written(rows: readonly Row[], there: readonly Row[], rename: Rename): Promise<readonly string[]> {
    await nodes.target.query(`TRUNCATE account, parcel, label; ${rowsSql(there)}; ${rowsSql(rows, rename)}`);
    return rowsOf();
  }

  function linesOf(path: string): { readonly header: ArchiveHeader; readonly rest: string } {
    const text = readFileSync(path, 'utf8');
    const end = text.indexOf('\n"objects":[');
    const { header } = JSON.parse(`${text.slice(0, end - 1)}}`) as { header: ArchiveHeader };
    return { header, rest: text.slice(end, text.indexOf('"sha256"', end)) };
  }

  it('leaves as it is, and changes nothing of an archive but its header', async () => {
    await fc.assert(
      fc.asyncProperty(madeRows, async (made) => {
        const leaving = await begin(made, []);
        const plain = join(nodes.folder, 'plain.json');
        const objects = leaving.map(({ node }) => seedOf(node));
        await exportObjects(nodes.from, { objects, output: plain, policy: unsaid, reproducible: true, force: true });
        const [said, silent] = [linesOf(nodes.archive), linesOf(plain)];
        expect(said.rest).to.equal(silent.rest);
        const entities = Object.entries(said.header.entities).map(([model, { mentions = [], ...entity }]) => {
          expect(mentions).to.have.lengthOf(13);
          return [model, entity] as const;
        });
        expect({ ...said.header, entities: Object.fromEntries(entities), policy: null }).to.deep.equal({
          ...silent.header,
          policy: null,
        });
        await verifyArchive(nodes.archive);
      }),
      { numRuns: 8 },
    );
  });

  it('is rewritten by the header alone, where its objects come; an integer that has not come goes, a UUID or a text stays: as an independent model writes it', async () => {
    await fc.assert(
      fc.asyncProperty(madeRows, madeRows, fc.constantFrom('all', 'conflicts'), async (made, there, remap) => {
        const leaving = await begin(made, there);
        const before = await rowsOf();
        const [idMap, journal] = [join(nodes.folder, 'map'), join(nodes.folder, 'journal')];
        const { status } = await nodes.import({ policy: unsaid, onConflict: 'remap', remap, idMap, journal });
        expect(status).to.equal('done');
        const mapped = new Map<string, string>();
        for (const line of readFileSync(idMap, 'utf8').trimEnd().split('\n')) {
          const { from, to } = JSON.parse(line) as { from: string; to: string };
          mapped.set(from, to);
        }
        const after = await rowsOf();
        const again = await nodes.import({ policy: unsaid, onConflict: 'remap', remap, withIdMap: [idMap] });
        expect(Object.values(again.plan.insert).concat(Object.values(again.plan.remap))).to.deep.equal([]);
        expect(await rowsOf()).to.deep.equal(after);
        const { differences } = await diffDatabase(nodes.to, { archive: nodes.archive, policy: unsaid, idMap: [idMap] });
        expect(differences.map(({ object, columns }) => `${object} ${columns.join()}`)).to.deep.equal([]);
        await undoJournal(nodes.to, { journal, policy: unsaid });
        expect(await rowsOf()).to.deep.equal(before);
        // Where no key can become another, what has not come stays.
        const gives = remap === 'all' || there.length > 0;
        const rename: Rename = (table, key) => {
          const to = mapped.get(`public.${table}.${key}`);
          if (to !== undefined) return to.slice(`public.${table}.`.length);
          return table === 'account' && gives ? null : key;
        };
        const isSame = ({ node }: Row): boolean =>
          there.some((one) => one.node.table === node.table && one.node.key === rename(node.table, node.key));
        const isNew = leaving.filter((row) => !isSame(row));
        expect(after).to.deep.equal(await written(isNew, there, rename));
      }),
      { numRuns: 10 },
    );
  });

  it('counts in the digest of a graph, in which no key does, and not among the differences under an id map', async () => {
    await fc.assert(
      fc.asyncProperty(madeRows.map(closedRows), async (made) => {
        await begin(made, []);
        const idMap = join(nodes.folder, 'map');
        await nodes.import({ policy: unsaid, onConflict: 'remap', remap: 'all', idMap });
        const again = join(nodes.folder, 'again.json');
        const objects = await Promise.all(
          tables.map(async (table) =>
            (await nodes.target.query(`SELECT id::text FROM ${table}`)).map(({ id }) => `${table}.${String(id)}`),
          ),
        );
        await exportObjects(nodes.to, { objects: objects.flat(), output: again, policy, reproducible: true, force: true });
        const { differences } = await diffArchives({ a: nodes.archive, b: again, idMap: [idMap] });
        expect(differences.map(({ decision, object }) => `${decision} ${object}`)).to.deep.equal([]);
        expect(await graphHash(again)).to.equal(await graphHash(nodes.archive));
      }),
      { numRuns: 6 },
    );
  });
});
