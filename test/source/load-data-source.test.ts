import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { project } from './project.js';

interface Answer {
  readonly columns?: readonly (readonly [string, readonly string[]])[];
  readonly policy?: unknown;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly exitCode?: number;
}

describe("the data source of somebody else's project", function () {
  this.timeout(180_000);

  let database: TestDatabase;

  before(async () => {
    database = await createDatabase({ sql: 'CREATE TABLE treasure (id int); INSERT INTO treasure VALUES (1)' });
  });

  after(() => database.drop());

  /** Loads it in a process of its own, and gives what the process printed. */
  async function load(
    files: Readonly<Record<string, string>>,
    options: { file?: string; url?: string; exportName?: string; folder?: string } = {},
  ): Promise<Answer> {
    const { folder, remove } = project(files);
    try {
      const { file = '', url = '', exportName = '' } = options;
      const child = spawn(process.execPath, [join(import.meta.dirname, 'probe.js'), file, url, exportName], {
        cwd: join(folder, options.folder ?? '.'),
        env: { ...process.env, TARGET_URL: database.url },
      });
      let output = '';
      let errors = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      await new Promise((resolve) => child.once('close', resolve));
      if (output === '') throw new Error(errors);
      return JSON.parse(output) as Answer;
    } finally {
      remove();
    }
  }

  const shelf = (extension: string): string => `
    import { Column, Entity, OneToMany, PrimaryGeneratedColumn } from 'typeorm';
    import { Book } from './book${extension}';
    @Entity() export class Shelf {
      @PrimaryGeneratedColumn() id!: number;
      @Column() label!: string;
      @Column() built!: Date;
      @OneToMany(() => Book, (book) => book.shelf) books!: Book[];
    }`;
  const book = (extension: string): string => `
    import { Column, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
    import { Shelf } from './shelf${extension}';
    export enum Mood { glad = 'glad' }
    @Entity() export class Book {
      @PrimaryColumn() isbn!: string;
      @Column({ nullable: true }) pages?: number;
      @ManyToOne(() => Shelf) shelf!: Relation<Shelf>;
    }`;
  const config = (extension: string, rest = ''): string => `
    import { DataSource } from 'typeorm';
    import { Shelf } from './entities/shelf${extension}';
    import { Book } from './entities/book${extension}';
    export const dataSource = new DataSource({ type: 'postgres', url: process.env.TARGET_URL, entities: [Shelf, Book], ${rest} });`;
  const expected = [
    ['Book', ['isbn:String', 'pages:Number', 'shelf:Number']],
    ['Shelf', ['id:Number', 'label:String', 'built:Date']],
  ];
  const typescript = (extension: string, rest?: string): Record<string, string> => ({
    'ormconfig.ts': config(extension, rest),
    'entities/shelf.ts': shelf(extension),
    'entities/book.ts': book(extension),
  });

  it('is TypeScript in a CommonJS project, imports without extension or with .js', async () => {
    for (const extension of ['', '.js']) {
      const files = {
        ...typescript(extension),
        'package.json': '{}',
        'portolan.policy.ts': 'export default { maxDepth: 3 as number }',
      };
      expect(await load(files)).to.deep.include({ columns: expected, policy: { maxDepth: 3 } });
    }
  });

  it('is TypeScript in an ESM project, imports without extension or with .js', async () => {
    for (const extension of ['', '.js']) {
      const files = { ...typescript(extension), 'package.json': '{"type":"module"}', 'portolan.policy.json': '{"maxDepth":3}' };
      expect(await load(files)).to.deep.include({ columns: expected, policy: { maxDepth: 3 } });
    }
  });

  it('has entities that import each other, without Relation<…>', async () => {
    const one = (name: string, other: string, extension: string): string => `
      import { Entity, ManyToOne, OneToMany, PrimaryColumn } from 'typeorm';
      import { ${other} } from './${other.toLowerCase()}${extension}';
      @Entity() export class ${name} {
        @PrimaryColumn() id!: number;
        @ManyToOne(() => ${other}) other!: ${other};
        @ManyToOne(() => Later) later!: Later;
        @OneToMany(() => ${other}, (o) => o.other) others!: ${other}[];
      }
      @Entity() export class Later${name} { @PrimaryColumn() id!: number; }
      const Later = Later${name}; type Later = Later${name};`;
    for (const [type, extension] of [
      ['commonjs', ''],
      ['module', '.js'],
    ] as const) {
      const files = {
        'package.json': `{"type":"${type}"}`,
        'shelf.ts': one('Shelf', 'Book', extension),
        'book.ts': one('Book', 'Shelf', extension),
        'ormconfig.ts': `import { DataSource } from 'typeorm'; import * as shelf from './shelf${extension}'; import * as book from './book${extension}';
          export default new DataSource({ type: 'postgres', url: process.env.TARGET_URL, entities: [...Object.values(shelf), ...Object.values(book)] });`,
      };
      expect((await load(files)).columns, type).to.deep.include.members([
        ['Shelf', ['id:Number', 'other:Number', 'later:Number']],
      ]);
    }
  });

  it('has a policy beside it that imports us, installed there or not', async () => {
    const policy = `import { definePolicy } from 'portolan'; export const policy = definePolicy({ maxDepth: 3 });`;
    for (const type of ['commonjs', 'module']) {
      const files = { ...typescript(''), 'package.json': `{"type":"${type}"}`, 'portolan.policy.ts': policy };
      expect(await load(files), type).to.deep.include({ policy: { maxDepth: 3 } });
    }
  });

  it('is found in a folder above, and finds paths of tsconfig.json', async () => {
    const files = {
      ...typescript(''),
      'ormconfig.ts': config('').replaceAll('./entities/', '@app/'),
      'tsconfig.json': '{ /* the app */ "compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["entities/*"], }, }, }',
      'deep/down/readme.md': '',
    };
    for (const type of ['commonjs', 'module']) {
      expect((await load({ ...files, 'package.json': `{"type":"${type}"}` }, { folder: 'deep/down' })).columns).to.deep.equal(
        expected,
      );
    }
  });

  it('is JavaScript of either kind, a promise, the module itself, or one instance under two names', async () => {
    const create = `new DataSource({ type: 'postgres', url: process.env.TARGET_URL, entities: [] })`;
    for (const [name, text] of [
      ['ormconfig.mjs', `import { DataSource } from 'typeorm'; export default ${create};`],
      ['ormconfig.mjs', `import { DataSource } from 'typeorm'; export const a = Promise.resolve(${create});`],
      ['ormconfig.mjs', `import { DataSource } from 'typeorm'; export const a = await ${create}.initialize(); export default a;`],
      ['ormconfig.cjs', `const { DataSource } = require('typeorm'); module.exports = ${create};`],
      ['ormconfig.js', `const { DataSource } = require('typeorm'); exports.a = exports.b = ${create};`],
      ['ormconfig.cts', `import { DataSource } from 'typeorm'; export default ${create};`],
      ['ormconfig.mts', `import { DataSource } from 'typeorm'; export default ${create};`],
    ] as const) {
      expect(await load({ [name]: text, 'package.json': '{}' }), text).to.have.property('columns');
    }
  });

  it('is chosen by name where there are several', async () => {
    const text = `import { DataSource } from 'typeorm';
      const make = (type) => new DataSource({ type, url: process.env.TARGET_URL, entities: [] });
      export const main = make('postgres'), other = make('postgres');`;
    const several = await load({ 'ormconfig.mjs': text });
    expect(several).to.include({ code: 'DATA_SOURCE_AMBIGUOUS', exitCode: 2 });
    expect(several.message).to.contain('main, other');
    expect(await load({ 'ormconfig.mjs': text }, { exportName: 'other' })).to.have.property('columns');
    expect((await load({ 'ormconfig.mjs': text }, { exportName: 'othr' })).hint).to.contain('other');
  });

  it('is told once where one instance has several names, by the one that says most', async () => {
    const text = `import { DataSource } from 'typeorm';
      const make = () => new DataSource({ type: 'postgres', url: process.env.TARGET_URL, entities: [] });
      export const main = make(), other = make(); export default main;`;
    const several = await load({ 'ormconfig.mjs': text });
    expect(several).to.include({ code: 'DATA_SOURCE_AMBIGUOUS', hint: 'Choose one: --export-name main' });
    expect(several.message).to.match(/ exports 2 data sources: main \(also default\), other$/u);
  });

  it('says what it looked for and where', async () => {
    const none = await load({});
    expect(none).to.include({ code: 'NO_DATA_SOURCE', exitCode: 2 });
    expect(none.message).to.contain('ormconfig.{ts,mts,cts,js,mjs,cjs}').and.to.contain('portolan-project-');
    expect(await load({}, { file: 'absent.ts' })).to.include({ code: 'NO_DATA_SOURCE' });
    expect(await load({ 'ormconfig.mjs': 'export const nothing = 1' })).to.include({ code: 'NO_DATA_SOURCE' });
  });

  it('says which file is broken, and why', async () => {
    for (const [text, word] of [
      ["throw new Error('no treasure here')", 'no treasure here'],
      ["import './absent'", 'absent'],
      ['export const = 1', 'xpect'],
      ["export default Promise.reject(new Error('vault is shut'))", 'vault is shut'],
    ] as const) {
      for (const type of ['commonjs', 'module']) {
        const broken = await load({ 'ormconfig.ts': text, 'package.json': `{"type":"${type}"}` });
        expect(broken, text).to.include({ code: 'DATA_SOURCE_BROKEN', exitCode: 1 });
        expect(broken.message).to.contain('ormconfig.ts').and.to.contain(word);
      }
    }
  });

  it('does nothing to the database and prints nothing, whatever its options say (T-34, T-35, T-36)', async () => {
    const rest = `synchronize: true, dropSchema: true, migrationsRun: true, migrations: ['./absent/*.ts'], logging: true, logger: 'simple-console',
      uuidExtension: 'uuid-ossp', subscribers: ['./absent/*.ts'], cache: true, parseInt8: true, extra: { max: 1 },`;
    const answer = await load({ ...typescript('', rest), 'package.json': '{}' });
    expect(answer).to.deep.include({ columns: expected, max: 6 });
    const tables = await database.query(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'",
    );
    expect(tables).to.deep.equal([{ relname: 'treasure' }]);
  });

  it('goes where --url says, and keeps its entities', async () => {
    const rest = `replication: { master: { url: 'postgres://nobody:secret@192.0.2.1/absent' }, slaves: [] }, extra: { host: '192.0.2.1' },`;
    expect(await load({ ...typescript('', rest), 'package.json': '{}' }, { url: database.url })).to.deep.include({
      columns: expected,
    });
    expect(await load({ ...typescript(''), 'package.json': '{}' }, { url: 'mysql://localhost/x' })).to.include({
      code: 'INVALID_URL',
      exitCode: 2,
    });
  });

  it('names the place where no connection could be had, never the password', async () => {
    const url = new URL(database.url);
    const places: readonly (readonly [string, string])[] = [
      [`postgres://someone:hunter2@127.0.0.1:1/x`, 'nobody listens'],
      [`postgres://someone:hunter2@host.invalid/x`, 'host'],
      [Object.assign(new URL(url), { pathname: '/absent_database' }).href, 'does not exist'],
      [Object.assign(new URL(url), { password: 'hunter2' }).href, 'password'],
    ];
    for (const [place, word] of places) {
      const refused = await load({ ...typescript(''), 'package.json': '{}' }, { url: place });
      if (word === 'password' && refused.code === undefined) continue; // a server that trusts everybody
      expect(refused).to.include({ code: 'NO_CONNECTION', exitCode: 1 });
      expect(refused.message).to.contain(word).and.to.contain(new URL(place).hostname);
      expect(JSON.stringify(refused)).not.to.contain('hunter2');
    }
  });

  it('says what TypeORM has against it, and which databases are supported', async () => {
    const lost = typescript('')['ormconfig.ts']?.replace('[Shelf, Book]', '[Shelf]') ?? '';
    const broken = await load({ ...typescript(''), 'ormconfig.ts': lost, 'package.json': '{}' });
    expect(broken).to.include({ code: 'DATA_SOURCE_BROKEN', exitCode: 1 });
    expect(broken.message).to.contain('Shelf#books');
  });
});
