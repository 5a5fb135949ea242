import { comesBack, comesBackAsKey } from './comes-back.js';

describe('values that TypeORM takes apart', () => {
  it('are arrays of an enum whose labels look like arrays (T-8)', async () => {
    const labels = ['a', 'b,c', 'NULL', '{"', ''];
    await comesBack({
      column: { type: 'enum', enum: labels, array: true },
      texts: ['{a,"b,c"}', '{"b,c",NULL,"NULL","{\\"",""}', '{}', null],
    });
    await comesBackAsKey({ column: { type: 'enum', enum: labels }, texts: ['b,c', 'NULL', '{"'] });
  });

  it('are lists in a text, labels, intervals, points, cubes and stores (T-9)', async () => {
    await comesBack({ column: { type: 'simple-array' }, texts: ['a,b', ',', '', 'a\\,b', ' a , b '], byTypeORM: 'kept' });
    await comesBack({ column: { type: 'ltree' }, texts: ['Top.a_b.c', ''], byTypeORM: 'kept' });
    await comesBack({ column: { type: 'interval' }, texts: ['1 year 2 mons -3 days +04:05:06.789012', '-00:00:00.000001'] });
    await comesBackAsKey({ column: { type: 'interval' }, texts: ['1 mon', '30 days 00:00:00.5'] });
    await comesBack({ column: { type: 'point' }, texts: ['(1.5,-0)', '(Infinity,NaN)'] });
    await comesBack({ column: { type: 'circle' }, texts: ['<(-0,2),0.30000000000000004>'] });
    await comesBack({ column: { type: 'cube' }, texts: ['(1, 2.5),(3, 4)', '(0)'] });
    await comesBack({ column: { type: 'hstore' }, texts: ['"a"=>NULL, "b,c"=>"\\"NULL\\""', ''], byTypeORM: 'kept' });
  });

  it('are bytes (T-11)', async () => {
    const texts = ['\\x', '\\x00ff5c0a0d', `\\x${'e9'.repeat(1000)}`];
    await comesBack({ column: { type: 'bytea' }, texts });
    await comesBackAsKey({ column: { type: 'bytea' }, texts });
  });
});
