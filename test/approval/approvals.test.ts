import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import type { Approval, ExportOptions, Layout, Policy } from '../../src/index.js';
import { deleteObjects, explainObjects, exportObjects, localFiles, PortolanError, verifyArchive } from '../../src/index.js';
import { asRole } from '../import/as-role.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

/** Firms have people, who write tasks of some kind, and carry badges; what a kind has a license for nothing here reaches. */
const sql = `
  CREATE TABLE firm (id int PRIMARY KEY, name text NOT NULL UNIQUE);
  CREATE TABLE kind (id int PRIMARY KEY, name text UNIQUE);
  CREATE TABLE person (id int PRIMARY KEY, firm int NOT NULL REFERENCES firm, email text UNIQUE, password text, photo text, boss int REFERENCES person);
  CREATE TABLE task (id int PRIMARY KEY, author int NOT NULL REFERENCES person, kind int REFERENCES kind, text text);
  CREATE TABLE badge (id int PRIMARY KEY, name text);
  CREATE TABLE person_badge (person int REFERENCES person, badge int REFERENCES badge, PRIMARY KEY (person, badge));
  CREATE TABLE license (id int PRIMARY KEY, kind int NOT NULL REFERENCES kind);
  INSERT INTO firm VALUES (1, 'one'), (2, 'two'); INSERT INTO kind VALUES (1, 'x');
  INSERT INTO person SELECT n, 1 + n % 2, 'p' || n || '@home', 'HIDDEN', n || '.png' FROM generate_series(1, 20) n;
  INSERT INTO task SELECT n, 1 + n % 20, 1, repeat('text ', 40) FROM generate_series(1, 200) n;
  INSERT INTO badge VALUES (1, 'b'); INSERT INTO person_badge SELECT n, 1 FROM generate_series(1, 20) n; INSERT INTO license VALUES (1, 1); ANALYZE`;

const models = { firm: {}, person: {}, task: {}, kind: {}, badge: {}, license: {} } as const;
/** What of a person leaves. */
const ofPerson = { firm: 'all', person: 'all', task: 'all', kind: 'all', badge: 'all' } as const;

describe('an approval', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;

  before(async () => {
    database = await createDatabase({ sql });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
    folder = mkdtempSync(join(tmpdir(), 'portolan-approvals-'));
  });
  after(async () => {
    await dataSource?.destroy();
    await database?.drop();
    rmSync(folder, { recursive: true });
  });

  type More = Partial<ExportOptions> & { readonly policy?: Policy };

  const optionsOf = (approval: Approval | readonly Approval[], more: More = {}): ExportOptions => ({
    objects: ['person.1'],
    output: join(folder, 'out.json'),
    force: true,
    ...more,
    policy: { models, ...more.policy, approval },
  });

  /** The lines of a refusal; none where there is no refusal. */
  async function beyond(approval: Approval | readonly Approval[], more: More = {}): Promise<readonly string[]> {
    rmSync(join(folder, 'out.json'), { force: true });
    try {
      await exportObjects(dataSource, optionsOf(approval, more));
      return [];
    } catch (error) {
      if (!(error instanceof PortolanError) || error.code !== 'APPROVAL_EXCEEDED') throw error;
      expect(error).to.include({ status: 'refused', exitCode: 3 });
      expect(readdirSync(folder)).to.not.include('out.json');
      return error.message.split('\n');
    }
  }

  it('refuses with a line for everything that goes beyond it, before a row of any table is read', async () => {
    const narrow: Approval = {
      ...{ name: 'DPO 17', where: 'site.policy.ts', seeds: ['firm'], follow: ['dependencies'], boundary: ['firm'] },
      ...{ profile: 'zulip', modes: [{ 'public-only': true }], formats: ['zulip'] },
      models: { firm: 'key', person: { only: ['email', 'firm'] }, task: 'all', kind: { except: ['name'] } },
    };
    const asked: More = { includeSecrets: ['*'], files: localFiles(folder) };
    await asRole(database, 'GRANT USAGE ON SCHEMA public TO $role', async (as) => {
      const read: string[] = [];
      const onQuery: ExportOptions['onQuery'] = ({ table }) => read.push(...(table === undefined ? [] : [JSON.stringify(table)]));
      const refused = (await failureOf(exportObjects(as, { ...optionsOf(narrow, asked), onQuery }))) as PortolanError;
      expect(refused.message.split('\n')).to.deep.equal([
        'beyond the approval "DPO 17" (site.policy.ts):',
        '- seeds: person.1 may not be asked for',
        '- follow: the rule owned may not be used',
        '- boundary: firm must be one',
        '- profile: it must be zulip, and is none',
        '- modes: an export without options of a profile is none of them (--public-only)',
        '- formats: portolan may not be written',
        '- files: those that rows name may not leave (--no-files)',
        '- models: public.badge may not leave',
        '- models: public.firm may leave only as an external object (key and natural key)',
        '- models: public.kind.name may not leave',
        '- models: public.person.badge may not leave',
        '- models: public.person.boss may not leave',
        '- models: public.person.password may not leave',
        '- models: public.person.photo may not leave',
        '- secrets: public.person.password is a secret that may not leave',
      ]);
      expect(read).to.deep.equal([]);
      // Who may read nothing is told so where an approval is met.
      expect(await failureOf(exportObjects(as, optionsOf({})))).to.include({ code: 'PERMISSION_DENIED' });
      expect(await failureOf(explainObjects(as, { objects: ['person.1'], policy: { models, approval: narrow } }))).to.include({
        code: 'APPROVAL_EXCEEDED',
      });
    });
  });

  const terms: readonly (readonly [name: string, approval: Approval, within: More, beyond: More])[] = [
    [
      'objects by their key',
      { seeds: ['person.1', 'person.2'] },
      { objects: ['public.Person.2'] },
      { objects: ['person.1', 'person.3'] },
    ],
    [
      'objects by another column',
      { seeds: ['person[email=p1@home]'] },
      { objects: ['Person[email=p1@home]'] },
      { objects: ['person[email=P1@home]'] },
    ],
    [
      'objects as they are written',
      { seeds: ['person.1'] },
      { objects: ['person[id=1]'] },
      { objects: ['person[email=p1@home]'] },
    ],
    ['objects of a model', { seeds: ['firm'] }, { objects: ['firm.2'] }, { objects: ['person.1'] }],
    ['the follow rule', { follow: ['dependencies'] }, { follow: 'dependencies' }, { follow: 'connected' }],
    ['boundaries', { boundary: ['firm'] }, { boundary: ['firm'] }, { boundary: ['kind'] }],
    ['models', { models: { ...ofPerson } }, {}, { policy: { models: { ...models, license: { whole: true } } } }],
    [
      'models by what fits, all of which holds',
      { models: { '*.*': 'all', 'public.*ers*': { except: ['photo'] } } },
      { exclude: ['person.photo'] },
      { exclude: ['person.email'] },
    ],
    ['columns', { models: { ...ofPerson, task: { except: ['text'] } } }, { exclude: ['task.text'] }, {}],
    [
      'columns of external objects',
      { models: { ...ofPerson, firm: { except: ['name'] } } },
      { policy: { models: { ...models, firm: { naturalKey: ['id'] } }, exclude: { firm: 'stub' } } },
      { policy: { models, exclude: { firm: 'stub' } } },
    ],
    ['links', { models: { ...ofPerson, person: { except: ['badge'] } } }, { follow: 'dependencies' }, {}],
    [
      'keys only',
      { models: { firm: 'key', person: 'all' } },
      { follow: 'dependencies', shared: 'key' },
      { follow: 'dependencies', shared: 'full' },
    ],
    [
      'secrets',
      { secrets: ['person.password'] },
      { includeSecrets: ['*'] },
      { includeSecrets: ['*'], policy: { models, secrets: { 'person.email': 'secret' } } },
    ],
    ['no secret where it says nothing', {}, {}, { includeSecrets: ['person.password'] }],
    ['formats', { formats: ['portolan'] }, {}, { layout: { name: 'other', write: () => Promise.resolve() }, output: 'tree' }],
    [
      'a layout that bears the name of our format',
      { formats: ['portolan'] },
      {},
      { layout: { name: 'portolan', write: () => Promise.resolve() }, output: 'tree' },
    ],
    [
      'the profile',
      { profile: 'zulip' },
      { profile: { name: 'zulip', options: {} } },
      { profile: { name: 'other', options: {} } },
    ],
  ];
  for (const [name, approval, within, more] of terms) {
    it(`says of ${name}`, async () => {
      expect(await beyond(approval, within)).to.deep.equal([]);
      expect(await beyond(approval, more)).to.have.length(2);
    });
  }

  const modes: readonly (readonly [modes: NonNullable<Approval['modes']>, within: object[], beyond: object[]])[] = [
    [[{}], [{}], [{ 'public-only': true }]],
    [[{ 'public-only': true }], [{ 'public-only': true }], [{}, { 'public-only': true, parity: true }]],
    [[{ message: 'required', parity: 'allowed' }], [{ message: 3 }, { message: 4, parity: true }], [{}, { parity: true }]],
    [
      [{ message: 3 }, { users: ['a', 'b'] }],
      [{ message: 3 }, { users: ['b', 'a'] }],
      [{ message: 4 }, { users: ['a'] }, {}],
    ],
    [[{ parity: false }], [{}], [{ parity: true }]],
  ];
  for (const [alternatives, within, others] of modes) {
    it(`says of options of a profile: ${JSON.stringify(alternatives)}`, async () => {
      const tried = (options: object): ReturnType<typeof beyond> =>
        beyond({ modes: alternatives }, { profile: { name: 'p', options: options as Record<string, boolean> } });
      for (const options of within) expect(await tried(options), JSON.stringify(options)).to.deep.equal([]);
      for (const options of others) expect(await tried(options), JSON.stringify(options)).to.have.length(2);
    });
  }

  it('wants no more approved than the tables let leave', async () => {
    const narrower: readonly (readonly [Approval['models'], More])[] = [
      [{ firm: 'all', person: 'all' }, { follow: 'dependencies' }],
      [{ firm: 'all', person: 'all', badge: 'all' }, { policy: { models, exclude: { task: 'drop' } } }],
      [{ ...ofPerson, firm: 'key' }, { policy: { models: { ...models, firm: { shared: 'key' } } } }],
      [{ firm: 'all', person: 'all', badge: 'all' }, { roots: ['task'] }],
      [{ firm: 'all', person: 'all', badge: 'all', task: 'all' }, { policy: { models, follow: { 'task.kind': { up: 'cut' } } } }],
      [{ firm: 'all', person: 'all', badge: 'all' }, { policy: { models, follow: { 'task.author': { down: 'skip' } } } }],
      // A firm of another country would not leave, and no task is above the seed.
      [{ ...ofPerson }, { boundary: ['firm'] }],
    ];
    for (const [approved, more] of narrower)
      expect(await beyond({ models: { ...approved } }, more), JSON.stringify(more)).to.deep.equal([]);
  });

  it('asks what an unnarrowed rule reaches, whatever rows there are', async () => {
    expect(
      await beyond({ models: { firm: 'all', person: 'all', badge: 'all', task: 'all' } }, { objects: ['firm.1'] }),
    ).to.include('- models: public.kind may not leave');
    expect(await beyond({ models: { ...ofPerson } }, { follow: 'connected' })).to.include(
      '- models: public.license may not leave',
    );
  });

  it('holds beside others: each is asked, and none makes room', async () => {
    const [one, other] = [
      { name: 'one', seeds: ['person.1'], secrets: ['person.password'], maxObjects: 1000 },
      { name: 'other', seeds: ['person.1', 'person.2'], models: { '*': 'all' } },
    ] as const;
    expect(await beyond([one, other])).to.deep.equal([]);
    expect(await beyond([one, other], { objects: ['person.2'] })).to.deep.equal([
      'beyond the approval "one":',
      '- seeds: person.2 may not be asked for',
    ]);
    expect(await beyond([one, other], { includeSecrets: ['*'] })).to.deep.equal([
      'beyond the approval "other":',
      '- secrets: public.person.password is a secret that may not leave',
    ]);
    expect(await beyond([one, { name: 'third', maxObjects: 3 }, other])).to.have.length(2);
  });

  it('is told what the profile adds when the objects are known', async () => {
    const rowPolicy: ExportOptions['rowPolicy'] = () => Promise.resolve({ models: { license: { whole: true } } });
    expect(await beyond({ models: { ...ofPerson } }, { rowPolicy })).to.deep.equal([
      'beyond the approval:',
      '- models: public.license may not leave',
    ]);
  });

  it('is refused itself where its names mean nothing', async () => {
    for (const [approval, code] of [
      [{ models: { persn: 'all' } }, 'UNKNOWN_MODEL'],
      [{ models: { '*.*': { except: ['fone'] } } }, 'UNKNOWN_COLUMN'],
      [{ secrets: ['person.pasword'] }, 'UNKNOWN_COLUMN'],
      [{ seeds: ['persn.1'] }, 'UNKNOWN_MODEL'],
      [{ boundary: ['persn'] }, 'UNKNOWN_MODEL'],
    ] as const)
      expect(await failureOf(exportObjects(dataSource, optionsOf(approval)))).to.include({ code });
  });

  it('bounds the objects, whatever else does', async () => {
    const within = async (maxObjects: number, more: More = {}): ReturnType<typeof beyond> =>
      beyond({ name: 'small', maxObjects }, more);
    expect(await within(30, { maxObjects: 1_000_000 })).to.deep.equal([]);
    const [title, line] = await within(5, { maxObjects: 1_000_000 });
    expect(title).to.equal('beyond the approval "small":');
    expect(line).to.match(
      /^- maxObjects: the export would take more than 5 objects; public\.task\.author \(down\) brought 10 of public\.task$/u,
    );
    expect(await within(5, { dryRun: true })).to.have.length(2);
    expect(await failureOf(exportObjects(dataSource, optionsOf({ maxObjects: 9 }, { maxObjects: 5 })))).to.include({
      code: 'BUDGET_EXCEEDED',
    });
  });

  const lines: Layout = {
    name: 'lines',
    write: async ({ schema, rows, output }) => {
      for (const model of ['public.firm', 'public.person', 'public.task', 'public.kind', 'public.badge']) {
        const member = await output.create(`${model}.txt`);
        for await (const { row } of rows.all(schema.entities.get(model)!))
          while (row.next()) await member.write(Buffer.alloc(50));
        await member.finish();
      }
    },
  };
  for (const [output, layout] of [
    ['out.json', undefined],
    ['out.jsonl.gz', undefined],
    ['parts', undefined],
    ['parts.tar.gz', undefined],
    ['tree', lines],
    ['tree.tar', lines],
  ] as const) {
    it(`bounds the bytes of ${output}${layout === undefined ? '' : ' of a layout'}: what has one more has no name`, async () => {
      const place = mkdtempSync(join(folder, 'bytes-'));
      const options = { output: join(place, output), layout, reproducible: true, objects: ['firm.1'] } as const;
      const attempt = (maxBytes: number): Promise<unknown> => exportObjects(dataSource, optionsOf({ maxBytes }, options));
      expect(await failureOf(attempt(1))).to.include({ code: 'APPROVAL_EXCEEDED' });
      expect(readdirSync(place)).to.deep.equal([]);
      // As large, whatever number is approved: the header has digests of it.
      await attempt(1_000_000);
      const size = layout === undefined ? (await verifyArchive(options.output)).bytes! : await treeSize(options);
      rmSync(options.output, { recursive: true });
      expect(await failureOf(attempt(size - 1))).to.include({ code: 'APPROVAL_EXCEEDED' });
      expect(readdirSync(place)).to.deep.equal([]);
      await attempt(size);
      expect(readdirSync(place)).to.deep.equal([output]);
    });
  }

  /** 50 bytes for each row. */
  async function treeSize({ objects }: Pick<ExportOptions, 'objects'>): Promise<number> {
    const { total } = await exportObjects(dataSource, optionsOf({}, { objects, dryRun: true }));
    return total * 50;
  }

  it('counts the files among the bytes', async () => {
    const media = join(folder, 'media');
    mkdirSync(media);
    writeFileSync(join(media, '1.png'), Buffer.alloc(5000));
    const place = mkdtempSync(join(folder, 'files-'));
    const more: More = {
      ...{ output: join(place, 'out.tar'), files: localFiles(media), follow: 'dependencies' },
      policy: { models: { ...models, person: { files: [{ path: 'photo' }] } } },
    };
    const attempt = (approval: Approval): Promise<unknown> => exportObjects(dataSource, optionsOf(approval, more));
    expect(await failureOf(attempt({ maxBytes: 1_000_000 }))).to.include({ code: 'APPROVAL_EXCEEDED' });
    expect(await failureOf(attempt({ files: true, maxBytes: 5000 }))).to.include({ code: 'APPROVAL_EXCEEDED' });
    expect(readdirSync(place)).to.deep.equal([]);
    await attempt({ files: true, maxBytes: 10_000 });
    const { trailer } = await verifyArchive(join(place, 'out.tar'));
    expect(trailer.files).to.deep.equal({ count: 1, bytes: 5000 });
  });

  it('that bounds the bytes lets none go where they cannot be taken back', async () => {
    for (const output of [new PassThrough(), '-', '/dev/null']) {
      expect(await beyond({ maxBytes: 1_000_000 }, { output })).to.have.length(2);
    }
    expect(await beyond({ maxBytes: 1_000_000 }, { output: '-', dryRun: true })).to.deep.equal([]);
  });

  it('stands in the header, with what it is told of the profile: no text of its options', async () => {
    const approval = { name: 'DPO 17', secrets: ['*'], where: '/somewhere/policy.ts' };
    const options = { 'public-only': true, message: 3, users: ['a@example.com', 'b@example.com'], salt: 'SALT' };
    const output = join(folder, 'told.json');
    const policy: Policy = { models, boundary: { firm: 'drop' }, highlight: { people: ['person'], work: ['task', 'kind'] } };
    const more: More = { output, includeSecrets: ['*'], profile: { name: 'zulip', options }, policy };
    await exportObjects(dataSource, optionsOf(approval, more));
    const text = readFileSync(output, 'utf8');
    for (const hidden of ['example.com', 'SALT', '/somewhere']) expect(text).to.not.include(hidden);
    const { header } = await verifyArchive(output);
    expect(header.profile).to.deep.equal({
      name: 'zulip',
      options: { 'public-only': true, message: 3, users: { count: 2 }, salt: 'given' },
    });
    expect(header.boundary).to.deep.equal({ 'public.firm': 'drop' });
    expect(header.highlight).to.deep.equal({ people: ['public.person'], work: ['public.task', 'public.kind'] });
    expect(header.secrets).to.deep.equal(['public.person.password']);
    const [told] = header.approvals!;
    expect(told?.name).to.equal('DPO 17');
    // Wherever it is written; and another one has another digest.
    await exportObjects(dataSource, optionsOf({ ...approval, where: 'elsewhere' }, more));
    const again = (await verifyArchive(output)).header;
    expect([again.approvals, again.policy]).to.deep.equal([header.approvals, header.policy]);
    await exportObjects(dataSource, optionsOf({ ...approval, maxObjects: 999 }, more));
    const other = (await verifyArchive(output)).header;
    expect(other.approvals![0]?.sha256).to.not.equal(told?.sha256);
    expect(other.policy).to.not.equal(header.policy);
  });

  it('is not in the header where there is none, nor is a profile', async () => {
    const output = join(folder, 'plain.json');
    await exportObjects(dataSource, { objects: ['person.1'], output, policy: { models } });
    const { header } = await verifyArchive(output);
    expect(header).to.not.have.any.keys('approvals', 'profile', 'boundary', 'highlight', 'secrets');
  });

  it('holds for the archive of a deletion, and not where nothing is kept', async () => {
    const options = { objects: ['person.1'], includeSecrets: ['*'], policy: { models, approval: {} }, dryRun: true } as const;
    expect(await failureOf(deleteObjects(dataSource, { ...options, output: join(folder, 'gone.json') }))).to.include({
      code: 'APPROVAL_EXCEEDED',
    });
    expect(await deleteObjects(dataSource, { ...options, noArchive: true })).to.include({ status: 'planned' });
  });
});
