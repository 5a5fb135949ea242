import { expect } from 'chai';
import { projectRoot } from '../../demo-app/project-root.js';
import { seedLibrary } from '../../demo-app/seed/seed-library.js';
import { policy } from '../../portolan.policy.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { run } from '../support/run.js';

describe('ormconfig.ts and portolan.policy.ts', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createDatabase();
    await seedLibrary(database.url);
  });

  after(async () => {
    await database.drop();
  });

  it('are found from the root, as TypeScript, and name the models as the policy says', async function () {
    this.timeout(180_000);
    const options = { cwd: projectRoot(), env: { PORTOLAN_URL: database.url } };
    const { code, stdout, stderr } = await run('exportobjects', ['auth.Permission.4', '--dry-run', '--json'], options);
    expect(code, stderr).to.equal(0);
    const { objects } = JSON.parse(stdout) as { readonly objects: unknown };
    expect(objects).to.deep.equal({ 'auth.permission': 1, 'contenttypes.contenttype': 1 });
  });

  it('load compiled too, and point at PORTOLAN_URL', async () => {
    const before = process.env['PORTOLAN_URL'];
    process.env['PORTOLAN_URL'] = database.url;
    try {
      const { dataSource } = await import('../../ormconfig.js');
      expect(dataSource.options).to.include({ type: 'postgres', url: database.url, synchronize: false });
      expect(policy.models).to.have.property('ContentType');
    } finally {
      if (before === undefined) delete process.env['PORTOLAN_URL'];
      else process.env['PORTOLAN_URL'] = before;
    }
  });
});
