import { expect } from 'chai';
import type { Chart } from '../schema/chart.js';
import { drawChart } from '../schema/chart.js';
import { needsServer } from '../support/needs-server.js';
import { roomsSql } from './rooms.js';
import type { TakeOptions } from './take-from.js';
import { takeFrom } from './take-from.js';

/** What a room and a person lead to at once. */
const firstLevel = [
  'room by id (1)',
  'person by id (1)',
  'member by room (1)',
  'member by person (1) but room (1)',
  'invite by room (1)',
  'keyless by room (1)',
  'message by room (1)',
  'note by room (1)',
  'seat by room (1)',
  'storey by room (1)',
  'visa by room (1)',
  'invite by email through person (1) but room (1)',
  'message by author (1) but room (1)',
  'room by host (1)',
];

describe('a closure', () => {
  let chart: Chart;
  before(async function () {
    await needsServer(this, 14);
    chart = await drawChart({ before: roomsSql, synchronize: false, policy: { models: { kind: {}, tag: {}, slot: {} } } });
  });
  after(() => chart?.close());

  const reads = (options: TakeOptions): Promise<readonly string[]> => takeFrom(chart, options, (taking) => taking.reads);

  it('counts where they lie the rows that it describes, again when what describes them grew, and asks what they need', async () => {
    expect(await reads({ seeds: { room: [1] } })).to.deep.equal([
      'room by id (1)',
      'invite by room (1)',
      'keyless by room (1)',
      'note by room (1)',
      'seat by room (1)',
      'storey by room (1)',
      'person by email (1)',
      'needs of member',
      'count of message by room',
      'needs of message',
      'count of visa by room',
      'count of message by room',
    ]);
  });

  it('says what brought how many rows, on which level, those that were only counted last', async () => {
    await takeFrom(chart, { seeds: { room: [1], person: [1] } }, ({ steps, rows, progress, closure }) => {
      expect(steps).to.deep.equal([
        '0 seed room: 1 room',
        '0 seed person: 1 person',
        '1 down invite.room: 1 invite',
        '1 down seat.room: 1 seat',
        '2 up invite.email: 1 person',
        '3 up message.kind: 1 kind',
        '4 down message.author: 2 message',
        '4 down message.room: 1 message',
      ]);
      expect(rows).to.deep.equal(['invite.1!', 'kind.1', 'person.1!', 'person.2', 'room.1!', 'seat.1!']);
      expect(progress).to.deep.equal([
        'closure: 1 of undefined, room',
        'closure: 2 of undefined, person',
        'closure: 3 of undefined, invite',
        'closure: 4 of undefined, seat',
        'closure: 5 of undefined, person',
        'closure: 8 of undefined, message',
        'closure: 8 of undefined, visa',
        'closure: 9 of undefined, kind',
        'closure: 9 of undefined, message',
      ]);
      expect(closure.links.map(({ name }) => name)).to.deep.equal(['public.room.member']);
    });
  });

  it('leaves out what another reference has brought, and does not read a row that it has or whose key says all', async () => {
    await takeFrom(chart, { seeds: { room: [1], person: [1] }, maxDepth: 9 }, (taking) => {
      expect(taking.reads).to.deep.equal([...firstLevel, 'person by email (1)']);
      expect(taking.steps).to.deep.equal([
        '0 seed room: 1 room',
        '0 seed person: 1 person',
        '1 down invite.room: 1 invite',
        '1 down message.room: 2 message',
        '1 down seat.room: 1 seat',
        '1 down message.author: 1 message',
        '1 across room.member: 1 person',
        '2 up message.kind: 1 kind',
      ]);
      expect(taking.described).to.deep.equal([]);
    });
  });

  it('reads from rows that came to be followed in every direction under connected, each of them once', async () => {
    await takeFrom(chart, { seeds: { room: [1] }, follow: 'connected' }, (taking) => {
      expect(taking.reads).to.deep.equal([
        'room by id (1)',
        'member by room (1)',
        'invite by room (1)',
        'keyless by room (1)',
        'message by room (1)',
        'note by room (1)',
        'seat by room (1)',
        'storey by room (1)',
        'visa by room (1)',
        'person by id (1)',
        'person by id (1)',
        'invite by email through person (2)',
        'message by author (2)',
        'person by email (1)',
        'kind by id (1)',
        'note_kind by kind (1)',
        'message by kind (1) but author (2)',
        // The seeds' own entity is a wall: a room that an invite needs is read, and not gone on from.
        'room by id (1)',
      ]);
      const expanded = ['kind.1+', 'message.1!', 'message.2!', 'message.4+', 'person.1+', 'person.2+'];
      expect(taking.rows).to.deep.equal(['invite.1!', 'invite.2+', ...expanded, 'room.1!', 'room.2', 'seat.1!']);
    });
  });

  it('reads nothing more where a key says all, and goes up only under dependencies', async () => {
    await takeFrom(chart, { seeds: { message: [1, 2] }, follow: 'dependencies' }, (taking) => {
      expect(taking.reads).to.deep.equal(['message by id (2)', 'room by id (1)']);
      expect(taking.rows).to.deep.equal(['kind.1', 'message.1!', 'message.2!', 'person.1', 'person.2', 'room.1']);
      expect(taking.closure.links).to.deep.equal([]);
    });
  });

  it('leaves shared rows at home as keys where a row needs them', async () => {
    const seeds = { person: [1] };
    await takeFrom(chart, { seeds, sharedAsKey: (model) => model === 'public.person' }, ({ rows, closure }) => {
      // Person 2 is met across a link, and needed by an invite and a message.
      expect(rows).to.deep.equal([
        'invite.1!',
        'kind.1',
        'message.1!',
        'message.2!',
        'message.4!',
        'person.1!',
        'room.1!',
        'seat.1!',
      ]);
      expect([...closure.external].map(([model, keys]) => [model, ...keys.sorted()])).to.deep.equal([['public.person', 2]]);
    });
  });

  it('tells the shortest way to a row that it described or listed, and none to others', async () => {
    await takeFrom(chart, { seeds: { room: [1] } }, async ({ why }) => {
      const way = async (table: string, key: number): Promise<readonly string[] | undefined> =>
        (await why(`public.${table}`, key))?.map(
          ({ model, key: own, via, direction }) => `${direction} ${via} ${model}.${String(own)}`,
        );
      const seed = 'seed  public.room.1';
      expect(await way('room', 1)).to.deep.equal([seed]);
      expect(await way('message', 2)).to.deep.equal([seed, 'down public.message.room public.message.2']);
      expect(await way('person', 1)).to.deep.equal([seed, 'up public.room.host public.person.1']);
      expect(await way('person', 2)).to.deep.equal([seed, 'across public.room.member public.person.2']);
      const [first, second, last, ...more] = (await way('kind', 1)) ?? [];
      expect([first, last, ...more]).to.deep.equal([seed, 'up public.message.kind public.kind.1']);
      expect(second).to.match(/^down public\.message\.room public\.message\.[12]$/u);
      expect(await way('message', 3)).to.equal(undefined);
      expect(await way('room', 2)).to.equal(undefined);
    });
  });

  it('brings parts with shared rows, but for roots and what a border guards', async () => {
    const policy = { models: { kind: {}, tag: {}, slot: {}, person: { parts: ['public.invite.email'] } } };
    const rows = (more: Partial<TakeOptions> = {}): Promise<readonly string[]> =>
      takeFrom(chart, { seeds: { message: [2] }, policy, ...more }, (taking) => taking.rows);
    const without = ['kind.1', 'message.2!', 'person.1', 'person.2', 'room.1'];
    expect(await rows()).to.deep.equal([
      'invite.1',
      'invite.2',
      'kind.1',
      'message.2!',
      'person.1',
      'person.2',
      'room.1',
      'room.2',
    ]);
    expect(await rows({ follow: 'dependencies' })).to.deep.equal(without);
    expect(await rows({ roots: new Set(['public.invite']) })).to.deep.equal(without);
    expect(await rows({ boundary: new Map([['public.invite', 'error']]) })).to.deep.equal(without);
    expect(await rows({ exclude: new Map([['public.invite', 'error']]) })).to.deep.equal(without);
  });

  it('asks for a value once, on however many levels it is met, and excepts no row by its own reference', async () => {
    expect(await reads({ seeds: { room: [1], person: [2] }, maxDepth: 9 })).to.deep.equal([
      ...firstLevel,
      'member by room (1) but person (1)',
      'invite by room (1)',
      'keyless by room (1)',
      'message by room (1) but author (1)',
      'note by room (1)',
      'seat by room (1)',
      'storey by room (1)',
      'visa by room (1)',
      'person by email (1)',
      'storey_door by storey (1)',
    ]);
  });

  it('leaves out only by references of one integer', async () => {
    expect(await reads({ seeds: { country: ['x'], room: [2] }, maxDepth: 9 })).to.include.members([
      'visa by country (1)',
      'visa by room (1)',
    ]);
  });

  it('ends as soon as it is interrupted', async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const taken = takeFrom(
      chart,
      {
        seeds: { room: [1] },
        signal: controller.signal,
        onProgress: ({ model }) => {
          seen.push(model);
          if (model === 'public.invite') controller.abort(new Error('enough'));
        },
      },
      () => undefined,
    );
    expect(await taken.catch((error: unknown) => (error as Error).message)).to.equal('enough');
    expect(seen).to.deep.equal(['public.room', 'public.invite']);
  });
});
