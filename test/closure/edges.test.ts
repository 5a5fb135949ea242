import { expect } from 'chai';
import { Edges, valueOf } from '../../src/closure/edges.js';
import type { Chart } from '../schema/chart.js';
import { drawChart } from '../schema/chart.js';

const sql = `
  CREATE TABLE base (id int PRIMARY KEY);
  CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b));
  CREATE TABLE sub (id int PRIMARY KEY REFERENCES base, a int, b int, other int REFERENCES base, kind text, FOREIGN KEY (a, b) REFERENCES pair);
  CREATE TABLE tie (base int REFERENCES base, a int, b int, PRIMARY KEY (base, a, b), FOREIGN KEY (a, b) REFERENCES pair);`;
const references = [
  { from: 'sub.other', to: 'sub.id', when: { column: 'kind', value: 'sub' } },
  { from: 'sub.a,b', to: 'pair', when: { column: 'kind', value: 'pair' } },
];

describe('the edges of a schema', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({ before: sql, synchronize: false, policy: { models: { sub: {} }, references } });
  });
  after(() => chart?.close());

  it('stand at the models from which they lead, those of join tables as links', () => {
    const edges = new Edges(chart.schema);
    const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name).sort();
    expect(names(edges.down('public.base'))).to.deep.equal(['public.sub.id', 'public.sub.other']);
    expect(names(edges.up('public.sub'))).to.deep.equal([
      'public.sub.a+b',
      'public.sub.a+b[kind=pair]',
      'public.sub.id',
      'public.sub.other',
      'public.sub.other[kind=sub]',
    ]);
    expect([edges.up('public.tie'), edges.down('public.tie'), edges.sides('public.sub')]).to.deep.equal([[], [], []]);
    const sides = (model: string): readonly string[] => edges.sides(model).map(({ from, to }) => `${from.parent} ${to.parent}`);
    expect(sides('public.base')).to.deep.equal(['public.base public.pair']);
    expect(sides('public.pair')).to.deep.equal(['public.pair public.base']);
    expect(() => edges.entity('public.none')).to.throw(TypeError, 'no entity public.none');
  });

  it('need each group of columns once, however many references stand in it', () => {
    const edges = new Edges(chart.schema);
    const plan = edges.scanPlan('public.sub');
    const groups = plan.groups.map((group) => group.join('+'));
    expect([...groups].sort()).to.deep.equal(['a+b', 'id', 'kind', 'other']);
    expect(groups[0]).to.equal('id');
    const at = (name: string): readonly unknown[] => {
      const edge = plan.up.find(({ reference }) => reference.name === `public.sub.${name}`);
      return [groups[edge?.group ?? -1], groups[edge?.when?.group ?? -1], edge?.when?.value];
    };
    expect(at('id')).to.deep.equal(['id', undefined, undefined]);
    expect(at('a+b')).to.deep.equal(['a+b', undefined, undefined]);
    expect(at('other[kind=sub]')).to.deep.equal(['other', 'kind', 'sub']);
    expect(edges.scanPlan('public.sub')).to.equal(plan);
  });

  it('that are cut or withheld are not looked at', async () => {
    const follow = { 'public.sub.other': { up: 'cut' } } as const;
    const cut = new Edges(await chart.under({ models: { sub: {} }, follow }));
    expect(
      cut
        .scanPlan('public.sub')
        .up.map(({ reference }) => reference.name)
        .sort(),
    ).to.deep.equal(['public.sub.a+b', 'public.sub.id']);
    const withheld = new Edges(await chart.under({ models: { sub: {} }, exclude: { 'sub.b': 'error' } }));
    expect(
      withheld
        .up('public.sub')
        .map(({ name }) => name)
        .sort(),
    ).to.deep.equal(['public.sub.id', 'public.sub.other']);
    expect(withheld.down('public.pair')).to.deep.equal([]);
  });

  it('hold a value in the rows that they hold for', () => {
    const edges = new Edges(chart.schema);
    const { groups, up } = edges.scanPlan('public.sub');
    const edge = up.find(({ reference }) => reference.name === 'public.sub.other[kind=sub]');
    if (edge === undefined) throw new Error('no such edge');
    const rows = [
      { other: 1, kind: 'sub' },
      { other: 2, kind: 'base' },
      { other: 3, kind: null },
      { other: null, kind: 'sub' },
    ];
    const columns = groups.map(([name]) => rows.map((row) => (name === 'other' || name === 'kind' ? row[name] : 0)));
    expect([0, 1, 2, 3, 4].map((row) => valueOf(edge, columns, row))).to.deep.equal([1, null, null, null, null]);
    const plain = up.find(({ reference }) => reference.name === 'public.sub.other');
    if (plain === undefined) throw new Error('no such edge');
    expect([0, 1, 2, 3, 4].map((row) => valueOf(plain, columns, row))).to.deep.equal([1, 2, 3, null, null]);
  });
});
