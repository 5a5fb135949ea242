import { comesBack, comesBackAsKey } from './comes-back.js';

/** Where the process runs that exports, and the one that imports. */
const journeys = [
  ['America/New_York', 'UTC'],
  ['UTC', 'Asia/Kathmandu'],
  ['Asia/Kathmandu', 'America/New_York'],
] as const;

describe('moments', () => {
  it('keep their microseconds, also as keys (T-1)', async () => {
    const texts = ['2024-05-06 07:08:09.123456+00', '2024-05-06 07:08:09.123457+00', '2024-05-06 07:08:09.123+00', null];
    await comesBack({ column: { type: 'timestamp with time zone' }, texts });
    await comesBackAsKey({ column: { type: 'timestamp with time zone' }, texts: texts.slice(0, 2) });
    await comesBack({ column: { type: 'time' }, texts: ['23:59:59.999999', '24:00:00', '00:00:00'], byTypeORM: 'kept' });
  });

  it('without a time zone stand still, whatever the zone of the process (T-2)', async () => {
    // The second and the third do not exist, or exist twice, in New York.
    const texts = ['2024-05-06 00:00:00', '2024-03-10 02:30:00', '2024-11-03 01:30:00'];
    for (const zones of journeys) {
      await comesBack({ column: { type: 'timestamp' }, texts, zones });
      await comesBackAsKey({ column: { type: 'timestamp' }, texts, zones });
    }
  });

  it('that are dates stay that day, whatever the zone of the process (T-3)', async () => {
    const texts = ['2024-05-06', '0001-01-01', '5874897-12-31', '1969-12-31'];
    for (const zones of journeys) {
      await comesBack({ column: { type: 'date' }, texts, zones });
      await comesBackAsKey({ column: { type: 'date' }, texts, zones });
    }
  });

  it('may be infinite or before Christ (T-4)', async () => {
    for (const type of ['timestamp', 'date'] as const) {
      const time = type === 'date' ? '' : ' 00:00:00';
      const texts = ['infinity', '-infinity', `0044-03-15${time} BC`, `4713-01-01${time} BC`];
      await comesBack({ column: { type }, texts });
      await comesBackAsKey({ column: { type }, texts });
    }
  });
});
