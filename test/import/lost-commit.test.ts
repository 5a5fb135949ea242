import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

interface RawClient {
  query(...parameters: unknown[]): Promise<unknown>;
  readonly connection: { readonly stream: { destroy(): void } };
}

type Commit = (client: RawClient, send: () => Promise<unknown>) => Promise<unknown>;

/** Lets a test stand between an import and its COMMIT; `after` runs before any further connection is opened. */
function standBetween(dataSource: DataSource, commit: Commit, after: () => void = () => undefined): () => void {
  const original = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = original(mode);
    const connect = runner.connect.bind(runner) as () => Promise<RawClient>;
    runner.connect = async () =>
      new Proxy(await connect(), {
        get: (client, name): unknown => {
          const value: unknown = Reflect.get(client, name, client);
          if (typeof value !== 'function') return value;
          if (name !== 'query') return value.bind(client) as unknown;
          return (...parameters: unknown[]) => {
            const send = (): Promise<unknown> => client.query(...parameters);
            if ((parameters[0] as { text?: string }).text !== 'COMMIT') return send();
            after();
            return commit(client, send);
          };
        },
      });
    return runner;
  };
  return () => {
    dataSource.createQueryRunner = original;
  };
}

/** The server has committed, and nobody heard it. */
const unheard: Commit = async (client, send) => {
  await send();
  client.connection.stream.destroy();
  return client.query('SELECT 1');
};

/** The server never got it. */
const unsent: Commit = (client, send) => {
  client.connection.stream.destroy();
  return send();
};

describe('a connection that is lost at the commit', () => {
  let book: Move;
  let restore: () => void;

  beforeEach(async () => {
    book = await move({
      sql: 'CREATE TABLE book (id serial PRIMARY KEY)',
      source: 'INSERT INTO book VALUES (4)',
      policy: { models: { book: {} } },
      objects: ['book.4'],
    });
  });

  afterEach(async () => {
    restore();
    await book.close();
  });

  it('is no failure where the server says that it committed', async () => {
    restore = standBetween(book.to, unheard);
    expect((await book.import()).status).to.equal('done');
    expect(await book.rows('book')).to.deep.equal([{ id: 4 }]);
  });

  it('is a failure where the server says that it did not', async () => {
    restore = standBetween(book.to, unsent);
    const idMap = join(book.folder, 'map');
    expect(await failureOf(book.import({ idMap }))).to.include({ code: 'CONNECTION_LOST', exitCode: 1 });
    expect(existsSync(idMap), 'a map of what is not there').to.equal(false);
    expect(await book.rows('book')).to.deep.equal([]);
  });

  it('leaves a question where the server cannot be asked, and the message says so', async () => {
    restore = standBetween(book.to, unheard, () => {
      book.to.createQueryRunner = () => {
        throw new Error('no way there');
      };
    });
    const idMap = join(book.folder, 'map');
    const error = (await failureOf(book.import({ idMap }))) as Error & { hint: string };
    expect(existsSync(idMap), 'a map of what may not be there').to.equal(false);
    expect(error).to.include({ code: 'COMMIT_UNKNOWN', exitCode: 1 });
    expect(error.hint).to.contain('Run the import again');
    restore();
    expect((await book.import()).plan.same).to.deep.equal({ 'public.book': 1 });
  });
});
