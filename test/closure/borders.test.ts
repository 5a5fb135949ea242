import { expect } from 'chai';
import type { DeclaredReference } from '../../src/policy/policy.js';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

/** A visit needs a room, which needs a ward. A note of the visit names a doctor. */
describe('borders of several kinds', () => {
  let source: SmallSource;

  before(async () => {
    source = await smallSource(
      'patient',
      `CREATE TABLE ward (id int PRIMARY KEY);
       CREATE TABLE doctor (id int PRIMARY KEY);
       CREATE TABLE patient (id int PRIMARY KEY);
       CREATE TABLE room (id int PRIMARY KEY, ward int NOT NULL REFERENCES ward);
       CREATE TABLE visit (id int PRIMARY KEY, patient int NOT NULL REFERENCES patient, room int NOT NULL REFERENCES room, doctor int REFERENCES doctor);
       INSERT INTO ward VALUES (1); INSERT INTO doctor VALUES (1); INSERT INTO patient VALUES (1), (2); INSERT INTO room VALUES (1, 1);
       INSERT INTO visit VALUES (1, 1, 1, 1);
       CREATE TABLE bill (id int PRIMARY KEY, patient int NOT NULL REFERENCES patient, kind text NOT NULL, target int NOT NULL);
       INSERT INTO doctor VALUES (2); INSERT INTO bill VALUES (1, 2, 'ward', 1), (2, 2, 'doctor', 1), (3, 2, 'doctor', 2);`,
    );
  });

  after(async () => {
    await source.close();
  });

  it('do not refuse for a row that goes because another is dropped', async () => {
    const { objects } = await source.take({ objects: ['patient.1'], policy: { exclude: { ward: 'drop', doctor: 'error' } } });
    expect(Object.keys(objects)).to.deep.equal(['public.patient.1']);
  });

  it('tell by which of them each row was left out, where rows of one model need both', async () => {
    const reference = (kind: string): DeclaredReference => ({
      from: 'bill.target',
      to: kind,
      when: { column: 'kind', value: kind },
    });
    const { objects, trailer } = await source.take({
      objects: ['patient.1', 'patient.2', 'doctor.2'],
      policy: {
        exclude: { ward: 'drop' },
        boundary: { doctor: 'drop' },
        models: { bill: {} },
        references: [reference('ward'), reference('doctor')],
      },
    });
    expect(Object.keys(objects)).to.deep.equal(['public.bill.3', 'public.doctor.2', 'public.patient.1', 'public.patient.2']);
    expect(trailer.leftOut).to.deep.equal([
      { model: 'public.bill', rule: 'boundary', count: 1 },
      { model: 'public.bill', rule: 'exclude', count: 1 },
      { model: 'public.doctor', rule: 'boundary', count: 1 },
      { model: 'public.room', rule: 'exclude', count: 1 },
      { model: 'public.visit', rule: 'exclude', count: 1 },
      { model: 'public.ward', rule: 'exclude', count: 1 },
    ]);
  });

  it('refuse for a row that stays', async () => {
    const refusal: unknown = await source
      .take({ objects: ['patient.1'], policy: { exclude: { ward: 'stub', doctor: 'error' } } })
      .catch((error: unknown) => error);
    expect(refusal).to.have.property('code', 'EXCLUDED_NEEDED');
  });
});
