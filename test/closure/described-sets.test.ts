import { expect } from 'chai';
import type { Chart } from '../schema/chart.js';
import { drawChart } from '../schema/chart.js';
import { needsServer } from '../support/needs-server.js';
import { roomsSql } from './rooms.js';
import type { TakeOptions } from './take-from.js';
import { takeFrom } from './take-from.js';

const seeds = { room: [1] };
const person = new Set(['public.person']);

describe('a set of rows is described by what they hold', () => {
  let chart: Chart;
  before(async function () {
    // Before 14, arrays of keys are not looked up by hash: no set is described.
    await needsServer(this, 14);
    const models = { kind: {}, tag: {}, slot: {} };
    chart = await drawChart({ before: roomsSql, synchronize: false, policy: { models, joinTables: [] } });
  });
  after(() => chart?.close());

  const described = (options: TakeOptions): Promise<readonly string[]> => takeFrom(chart, options, (taking) => taking.described);
  const policy = (follow: object, more: object = {}): Pick<TakeOptions, 'policy'> => ({
    policy: { models: { kind: {}, tag: {}, slot: {} }, follow: follow as never, ...more },
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

  it('where a row of them may be dropped, but not where depth counts', async () => {
    expect(await described({ seeds, exclude: new Map([['public.tag', 'drop']]) })).to.deep.equal(['message']);
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

  it('not where something leads on from them: rows below them, links, nor where what brings them is more than a column', async () => {
    expect(await described({ seeds: { person: [1] } })).to.deep.equal(['message']);
    expect(await described({ seeds: { room: [2] } })).to.deep.equal(['message', 'storey_door', 'visa']);
    const bookings = await takeFrom(chart, { seeds: { slot: ['1\0' + '2'] } }, ({ rows }) => rows);
    expect(bookings).to.deep.equal(['booking.1!', 'slot.1\0' + '2!']);
    const references = [{ from: 'rated.target', to: 'kind.id', when: { column: 'what', value: 'x' } }];
    const cut = policy({ 'public.rated.target[what=x]': { up: 'cut' } }, { references });
    expect(await takeFrom(chart, { seeds: { kind: [1] }, ...cut }, ({ rows }) => rows)).to.include('rated.1!');
    expect(await described({ seeds: { kind: [1] }, ...cut })).to.deep.equal(['message']);
  });

  it('without a step of a reference that brings only what another has brought', async () => {
    await takeFrom(chart, { seeds: { room: [2], person: [3] } }, ({ closure }) => {
      const { steps, count } = closure.described.get('public.message') ?? {};
      expect(count).to.equal(1);
      expect(steps?.map(({ via }) => via)).to.deep.equal(['public.message.author']);
    });
  });
});
