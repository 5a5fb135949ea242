import { expect } from 'chai';
import type { Chart } from '../schema/chart.js';
import { drawChart } from '../schema/chart.js';
import { roomsSql } from './rooms.js';
import type { TakeOptions } from './take-from.js';
import { takeFrom } from './take-from.js';

const seeds = { room: [1] };
const person = new Set(['public.person']);

describe('a set of rows is described by what they hold', () => {
  let chart: Chart;
  before(async () => {
    const models = { kind: {}, tag: {} };
    chart = await drawChart({ before: roomsSql, synchronize: false, policy: { models, joinTables: [] } });
  });
  after(() => chart?.close());

  const described = (options: TakeOptions): Promise<readonly string[]> => takeFrom(chart, options, (taking) => taking.described);
  const policy = (follow: object, more: object = {}): Pick<TakeOptions, 'policy'> => ({
    policy: { models: { kind: {}, tag: {} }, follow: follow as never, ...more },
  });

  it('where nothing leads on from them, and they are listed nowhere', async () => {
    await takeFrom(chart, { seeds }, ({ closure, described: sets, rows }) => {
      expect(sets).to.deep.equal(['message']);
      const set = closure.described.get('public.message');
      expect(set).to.include({ count: 2, role: 'owned' });
      expect(set?.anyOf.map(({ column, of, keys }) => [column, of, [...keys.sorted()]])).to.deep.equal([
        ['room', 'public.room', [1]],
      ]);
      expect(rows).to.deep.equal(['invite.1!', 'kind.1', 'person.1', 'person.2', 'room.1!', 'seat.1!']);
    });
  });

  it('by each of the columns that bring them, and once where several do', async () => {
    await takeFrom(chart, { seeds: { room: [1], person: [1] } }, ({ closure }) => {
      const set = closure.described.get('public.message');
      expect(set?.anyOf.map(({ column }) => column)).to.deep.equal(['author', 'room']);
      expect(set?.count).to.equal(3);
      expect(set?.steps.map(({ via, direction, count }) => `${via} ${direction} ${String(count)}`)).to.deep.equal([
        'public.message.author down 2',
        'public.message.room down 1',
      ]);
    });
  });

  it('under every rule that leads down, in the role that it gives', async () => {
    expect(await described({ seeds, follow: 'dependencies' })).to.deep.equal([]);
    expect(await described({ seeds, follow: 'connected' })).to.deep.equal([]);
  });

  it('not where they are asked for themselves, a root, beyond a border or excluded', async () => {
    expect(await described({ seeds: { room: [1], message: [4] } })).to.deep.equal([]);
    expect(await described({ seeds, roots: new Set(['public.message']) })).to.deep.equal([]);
    expect(await described({ seeds, boundary: new Map([['public.message', 'stub']]) })).to.deep.equal([]);
    expect(await described({ seeds, exclude: new Map([['public.message', 'error']]) })).to.deep.equal([]);
  });

  it('not where a row of them may be dropped, or depth counts', async () => {
    expect(await described({ seeds, exclude: new Map([['public.tag', 'drop']]) })).to.deep.equal([]);
    expect(await described({ seeds, exclude: new Map([['public.tag', 'stub']]) })).to.deep.equal(['message']);
    expect(await described({ seeds, maxDepth: 5 })).to.deep.equal([]);
    expect(await described({ seeds, maxObjects: 50 })).to.deep.equal(['message']);
  });

  it('not where what they need may stay at home as a key', async () => {
    expect(await described({ seeds, sharedAsKey: (model) => model === 'public.kind' })).to.deep.equal([]);
    expect(await described({ seeds, sharedAsKey: (model) => model === 'public.tag' })).to.deep.equal(['message']);
    expect(await described({ seeds, boundary: new Map([['public.kind', 'stub']]) })).to.deep.equal([]);
    expect(await described({ seeds, roots: person })).to.deep.equal(['message']);
  });

  it('not where the policy filters or limits what brings them', async () => {
    expect(await described({ seeds, ...policy({ 'public.message.room': { limit: 1 } }) })).to.deep.equal([]);
    expect(await described({ seeds, ...policy({ 'public.message.room': { where: 'id > 1' } }) })).to.deep.equal([]);
    expect(await described({ seeds, ...policy({ 'public.message.author': { limit: 1 } }) })).to.deep.equal([]);
    expect(await described({ seeds, ...policy({ 'public.message.author': { limit: 1, down: 'skip' } }) })).to.deep.equal([
      'message',
    ]);
    expect(await described({ seeds, ...policy({ 'public.message.kind': { up: 'cut' } }) })).to.deep.equal(['message']);
    expect(await described({ seeds, ...policy({ 'public.message.room': { down: 'skip' } }) })).to.deep.equal([]);
  });

  it('not where they go wherever their parent goes', async () => {
    const models = { kind: { parts: ['public.message.kind'] }, tag: {} };
    expect(await described({ seeds, policy: { models } })).to.deep.equal([]);
  });
});
