import { expect } from 'chai';
import pg from 'pg';
import { comesBack, comesBackAsKey } from './comes-back.js';

describe('numbers', () => {
  const parsers = (): unknown[] => Object.values(pg.types.builtins).map((oid) => pg.types.getTypeParser(oid) as unknown);

  afterEach(() => {
    pg.defaults.parseInt8 = false;
  });

  it('of eight bytes keep every digit, and the parsers that the application shares with us stay its own (T-5)', async () => {
    const texts = ['9007199254740993', '-9223372036854775808', '9223372036854775807', '0', '9007199254740991'];
    const archived = [...texts.slice(0, 3), 0, 9007199254740991];
    for (const parseInt8 of [false, true]) {
      pg.defaults.parseInt8 = parseInt8;
      const before = parsers();
      const dataSource = { parseInt8 };
      await comesBack({ column: { type: 'bigint' }, texts, archived, dataSource, byTypeORM: parseInt8 ? 'lost' : 'kept' });
      await comesBackAsKey({ column: { type: 'bigint' }, texts, dataSource });
      expect(parsers()).to.deep.equal(before);
    }
  });

  it('and ranges are written alike, whatever the connection has set (T-10)', async () => {
    await comesBack({
      column: { type: 'double precision' },
      texts: ['0.1', '0.30000000000000004', '1e+21', '5e-324', '-0', 'NaN', '-Infinity'],
      archived: [0.1, 0.30000000000000004, 1e21, 5e-324, '-0', 'NaN', '-Infinity'],
      byTypeORM: 'lost if set',
    });
    await comesBack({
      column: { type: 'real' },
      texts: ['0.1', '3.4028235e+38'],
      archived: [0.1, 3.4028235e38],
      byTypeORM: 'lost if set',
    });
    await comesBack({
      column: { type: 'numeric' },
      texts: ['1.10', '12345678901234567890.123', '1e-30'],
      archived: ['1.10', '12345678901234567890.123', `0.${'0'.repeat(29)}1`],
      byTypeORM: 'kept',
    });
    await comesBack({
      column: { type: 'tstzrange' },
      texts: ['["2024-05-06 07:08:09.123456+00","2024-05-06 07:08:09.123457+00")', 'empty', '(,)'],
      byTypeORM: 'lost if set',
    });
    await comesBack({ column: { type: 'money' }, texts: ['$1,234.56', '-$92,233,720,368,547,758.08'], byTypeORM: 'kept' });
  });
});
