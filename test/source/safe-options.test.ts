import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { makeSafe } from '../../src/source/safe-options.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

describe('the connection string of --url', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  async function under(url: string): Promise<DataSource> {
    const dataSource = new DataSource({ type: 'postgres', host: '192.0.2.1', ssl: { ca: 'own' }, entities: [] });
    await makeSafe(dataSource, url);
    return dataSource;
  }

  for (const [mode, ssl] of [
    ['', { ca: 'own' }],
    ['?sslmode=disable', false],
    ['?sslmode=allow', { rejectUnauthorized: false }],
    ['?sslmode=prefer', { rejectUnauthorized: false }],
    ['?sslmode=require', { rejectUnauthorized: false }],
    ['?sslmode=verify-ca', true],
    ['?sslmode=verify-full', true],
  ] as const) {
    it(`says how it is encrypted, else the data source does: ${mode === '' ? 'nothing' : mode}`, async () => {
      expect((await under(`postgres://u@h/d${mode}`)).options).to.deep.include({ ssl });
    });
  }

  it('is refused where it cannot mean anything', async () => {
    for (const url of [
      'postgres://h/d?sslmode=maybe',
      'postgres://u:p%zz@h/d',
      'mysql://h/d',
      'h',
      'postgres://h:99999/d',
      '',
      'postgres:sekret@h:5432/d',
    ])
      expect(await failureOf(under(url)), url).to.include({ code: 'INVALID_URL', exitCode: 2 });
    for (const nothing of ['', ' ']) expect(await failureOf(under(nothing))).to.include({ message: '--url is empty' });
  });

  it('takes characters that a URL escapes, a host as a parameter, and leaves the rest to the environment', async () => {
    const { options } = await under('postgresql://us%40er:p%2Fw%25@/my%20base?host=%2Fvar%2Frun');
    expect(options).to.include({ host: '/var/run', username: 'us@er', password: 'p/w%', database: 'my base', port: 5432 });
    process.env['PGPORT'] = '6543';
    try {
      expect((await under('postgres://h')).options).to.include({ port: 6543 });
    } finally {
      delete process.env['PGPORT'];
    }
  });

  it('sets up the session, too', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c search_path=elsewhere');
    url.searchParams.set('sslmode', 'disable');
    const dataSource = await (await under(url.href)).initialize();
    try {
      expect(await dataSource.query('SHOW search_path')).to.deep.equal([{ search_path: 'elsewhere' }]);
    } finally {
      await dataSource.destroy();
    }
  });
});
