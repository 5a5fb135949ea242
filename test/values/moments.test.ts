import { comesBack, comesBackAsKey } from './comes-back.js';

const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu'];

/** Does the same in processes of three time zones: Node takes a new value of TZ at once. */
async function inEveryZone(work: () => Promise<void>): Promise<void> {
  const { TZ } = process.env;
  try {
    for (const zone of zones) {
      process.env['TZ'] = zone;
      await work();
    }
  } finally {
    if (TZ === undefined) delete process.env['TZ'];
    else process.env['TZ'] = TZ;
  }
}

describe('moments', () => {
  it('keep their microseconds, also as keys (T-1)', async () => {
    const texts = ['2024-05-06 07:08:09.123456+00', '2024-05-06 07:08:09.123457+00', '2024-05-06 07:08:09.123+00', null];
    await comesBack({ column: { type: 'timestamp with time zone' }, texts });
    await comesBackAsKey({ column: { type: 'timestamp with time zone' }, texts: texts.slice(0, 2) });
    await comesBack({ column: { type: 'time' }, texts: ['23:59:59.999999', '24:00:00', '00:00:00'] });
  });

  it('without a time zone stand still, whatever the zone of the process (T-2)', () =>
    inEveryZone(async () => {
      // The second and the third do not exist, or exist twice, in New York.
      const texts = ['2024-05-06 00:00:00', '2024-03-10 02:30:00.000001', '2024-11-03 01:30:00'];
      await comesBack({ column: { type: 'timestamp' }, texts });
      await comesBackAsKey({ column: { type: 'timestamp' }, texts });
    }));

  it('that are dates stay that day, whatever the zone of the process (T-3)', () =>
    inEveryZone(async () => {
      const texts = ['2024-05-06', '0001-01-01', '5874897-12-31', '1969-12-31'];
      await comesBack({ column: { type: 'date' }, texts });
      await comesBackAsKey({ column: { type: 'date' }, texts });
    }));

  it('may be infinite or before Christ (T-4)', async () => {
    for (const type of ['timestamp', 'date'] as const) {
      const time = type === 'date' ? '' : ' 00:00:00';
      const texts = ['infinity', '-infinity', `0044-03-15${time} BC`, `4713-01-01${time} BC`];
      await comesBack({ column: { type }, texts });
      await comesBackAsKey({ column: { type }, texts });
    }
  });
});
