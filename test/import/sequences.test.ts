import { expect } from 'chai';
import type { ImportResult } from '../../src/index.js';
import { importObjects } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { asRole } from './as-role.js';
import type { Move } from './move.js';
import { move } from './move.js';

const policy = { models: { ticket: {} } };

describe('sequences of the target', () => {
  let ticket: Move;

  afterEach(() => ticket.close());

  async function begin(sequence: string, id: number, target = '', more?: string): Promise<void> {
    const columns = ["id int PRIMARY KEY DEFAULT nextval('number')", ...(more === undefined ? [] : [more])];
    const sql = `CREATE SEQUENCE number ${sequence}; CREATE TABLE ticket (${columns.join(', ')})`;
    ticket = await move({
      sql,
      source: `INSERT INTO ticket (id) VALUES (${String(id)})`,
      target,
      policy,
      objects: [`ticket.${String(id)}`],
    });
  }

  async function next(): Promise<unknown> {
    const [row] = await ticket.target.query("SELECT nextval('number')::int AS next");
    return row?.['next'];
  }

  it('go on after the greatest key that came', async () => {
    await begin('', 41);
    await ticket.import();
    expect(await next()).to.equal(42);
  });

  it('go on after the least key where they run down', async () => {
    await begin('INCREMENT BY -1', -41, 'INSERT INTO ticket VALUES (-7)');
    await ticket.import();
    expect(await next()).to.equal(-42);
  });

  it('stay where they are beyond all keys, and at their end', async () => {
    await begin('', 41, "SELECT setval('number', 50, false)");
    await ticket.import();
    expect(await next()).to.equal(50);
    await ticket.close();
    await begin('MAXVALUE 41', 41);
    await ticket.import();
    expect(await next()).to.equal(1);
  });

  it('that have nothing left, or whose numbers are a part of the values, are told: they can give out what is taken', async () => {
    const told = ({ findings }: ImportResult): unknown =>
      findings.flatMap(({ kind, on, reason, severity }) => (kind === 'sequence-behind' ? [`${severity} ${on}: ${reason}`] : []));
    const after = 'it can give out what is taken';
    await begin('MAXVALUE 41', 41);
    const spent = [
      `warning public.ticket.id: the sequence "public"."number" has nothing left beyond what was imported; ${after}`,
    ];
    expect(told(await ticket.import({ dryRun: true }))).to.deep.equal(spent);
    expect(told(await ticket.import())).to.deep.equal(spent);
    await ticket.close();
    await begin('', 41, '', "code text UNIQUE DEFAULT 'T-' || nextval('number')");
    expect(told(await ticket.import())).to.deep.equal([
      `warning public.ticket.code: the sequence "public"."number" is not moved: its numbers are a part of the values; ${after}`,
    ]);
    await ticket.close();
    await begin('MAXVALUE 41 CYCLE', 41, '', "turn int DEFAULT nextval('number')");
    expect(told(await ticket.import())).to.deep.equal(spent);
  });

  it('feed numeric keys too, whatever else those hold', async () => {
    const sql = `CREATE SEQUENCE number; CREATE TABLE ticket (id numeric PRIMARY KEY DEFAULT nextval('number'))`;
    const source = "INSERT INTO ticket VALUES (41.00), (6.5), ('NaN'), (1e30)";
    ticket = await move({ sql, source, policy, objects: ['ticket.41.00', 'ticket.6.5', 'ticket.NaN', 'ticket[id=1e30]'] });
    expect((await ticket.import()).plan.insert).to.deep.equal({ 'public.ticket': 4 });
    expect(await next()).to.equal(42);
  });

  it('stay where they are in a dry run, where every new row would draw from them too', async () => {
    await begin('', 41, "ALTER TABLE ticket ADD extra int NOT NULL DEFAULT nextval('number')");
    const { plan } = await ticket.import({ dryRun: true });
    expect(plan.insert).to.deep.equal({ 'public.ticket': 1 });
    expect(await next()).to.equal(1);
  });

  /** As a role that may use the sequence, and does not own it. */
  function asGuest(rights = 'ALL'): Promise<ImportResult> {
    const grants = `GRANT SELECT, INSERT ON ticket TO $role; GRANT ${rights} ON SEQUENCE number TO $role`;
    return asRole(ticket.target, grants, (as) => importObjects(as, { archive: ticket.archive, policy }));
  }

  it('that the role does not own are set after the commit, and a finding says so', async () => {
    await begin('', 41);
    const { status, findings } = await asGuest();
    expect(status).to.equal('done');
    expect(findings.flatMap(({ kind, on }) => (kind === 'sequence-not-owned' ? [on] : []))).to.deep.equal(['public.ticket.id']);
    expect(await next()).to.equal(42);
  });

  it('that the role does not own go on after the least key where they run down', async () => {
    await begin('INCREMENT BY -1', -41);
    await asGuest();
    expect(await next()).to.equal(-42);
  });

  it('that the role does not own go on after the greatest key where they were to give just that', async () => {
    await begin('', 41, "SELECT setval('number', 41, false)");
    await asGuest();
    expect(await next()).to.equal(42);
  });

  it('that the role may not set refuse the import: keys that are taken would be given out', async () => {
    await begin('', 41);
    expect(await failureOf(asGuest('SELECT')))
      .to.include({ code: 'PERMISSION_DENIED' })
      .and.have.property('hint')
      .that.contains('GRANT SELECT, UPDATE ON SEQUENCE "public"."number"');
    expect(await ticket.rows('ticket')).to.deep.equal([]);
  });
});
