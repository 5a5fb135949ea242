import { comesBack } from './comes-back.js';

describe('json', () => {
  it('keeps digits, spaces, the order of members, and members that stand twice (T-6)', async () => {
    await comesBack({
      column: { type: 'json' },
      texts: ['{"b":1,  "a":12345678901234567890.123,"b":3}', '[1.0, 1e400]', ' "\\u0041" '],
    });
    await comesBack({ column: { type: 'jsonb' }, texts: ['{"a": 12345678901234567890.123, "bb": 1.10}', '9007199254740993'] });
  });

  it('null is not NULL (T-7)', async () => {
    for (const type of ['json', 'jsonb'] as const) await comesBack({ column: { type }, texts: ['null', null, '"null"', '""'] });
  });
});
