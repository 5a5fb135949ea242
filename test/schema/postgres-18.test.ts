import { expect } from 'chai';
import type { Chart } from './chart.js';
import { drawChart } from './chart.js';
import { needsServer } from '../support/needs-server.js';

const sql = `
  CREATE TABLE room (id int, at int4range, PRIMARY KEY (id, at WITHOUT OVERLAPS));
  CREATE TABLE booking (id int PRIMARY KEY, room int, at int4range, FOREIGN KEY (room, PERIOD at) REFERENCES room (id, PERIOD at));
  CREATE TABLE guest (id int PRIMARY KEY, code int UNIQUE, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL, booking int,
    CONSTRAINT loose FOREIGN KEY (booking) REFERENCES booking NOT ENFORCED);`;

describe('what PostgreSQL 18 added', () => {
  let chart: Chart | undefined;
  before(async function () {
    await needsServer(this, 18);
    chart = await drawChart({ before: `CREATE EXTENSION btree_gist;${sql}`, policy: { models: { booking: {}, room: {} } } });
  });
  after(() => chart?.close());

  it('columns computed when they are read are generated', () => {
    expect(chart?.column('public.guest', 'twice').generated).to.equal(true);
  });

  it('foreign keys that are not enforced promise nothing', () => {
    expect(chart?.reference('public.guest.booking').constraint).to.deep.equal({
      name: 'loose',
      deferrable: false,
      validated: false,
    });
  });

  it('temporal foreign keys lead to all versions of the parent', () => {
    expect(chart?.entity('public.room').key).to.deep.equal(['id', 'at']);
    const reference = chart?.reference('public.booking.room');
    expect(reference).to.deep.include({ parentColumns: ['id'], direct: false });
  });
});
