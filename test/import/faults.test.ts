import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { policy } from '../../portolan.policy.js';
import { exportObjects, importObjects } from '../../src/index.js';
import type { LibraryMove } from './library-move.js';
import { failureIfAny, libraryMove } from './library-move.js';

interface RawClient {
  query(...parameters: unknown[]): unknown;
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Cuts the connection at the n-th statement that goes over this data source; tells how many there were. */
function cutAt(dataSource: DataSource, place: number): { readonly count: () => number; readonly restore: () => void } {
  const original = dataSource.createQueryRunner.bind(dataSource);
  let count = 0;
  dataSource.createQueryRunner = (mode) => {
    const runner = original(mode);
    const connect = runner.connect.bind(runner) as () => Promise<RawClient>;
    runner.connect = async () => {
      const client = await connect();
      return new Proxy(client, {
        get: (target, name): unknown => {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function') return value;
          if (name !== 'query') return value.bind(target) as unknown;
          return (...parameters: unknown[]) => {
            count += 1;
            if (count === place) target.connection.stream.destroy();
            return target.query(...parameters);
          };
        },
      });
    };
    return runner;
  };
  return {
    count: () => count,
    restore: () => {
      dataSource.createQueryRunner = original;
    },
  };
}

describe('a connection that is cut at the n-th statement', () => {
  let library: LibraryMove;

  before(async () => {
    library = await libraryMove();
  });

  after(() => library.close());

  it('leaves no file of an export, for every n until it ends well', async function () {
    this.timeout(300_000);
    const { from, folder } = library;
    const output = join(folder, 'cut.json');
    for (let place = 1; ; place += 1) {
      const fault = cutAt(from, place);
      const error = await failureIfAny(exportObjects(from, { objects: ['demoapp.Book.4'], output, policy }));
      fault.restore();
      // The last statements only end the transaction: the archive is whole by then.
      if (error === undefined) {
        expect(place).to.be.greaterThan(15);
        break;
      }
      expect(error.code, `statement ${place}`).to.be.oneOf(['CONNECTION_LOST', 'NO_CONNECTION']);
      expect(readdirSync(folder), `statement ${place}`).to.deep.equal([]);
    }
    expect(existsSync(output)).to.equal(true);
  });

  it('leaves no row of an import, for every n until it ends well', async function () {
    this.timeout(300_000);
    const { from, to, target, folder } = library;
    const archive = join(folder, 'book.json');
    await exportObjects(from, { objects: ['demoapp.Book.4'], output: archive, policy, force: true });
    for (let place = 1; ; place += 1) {
      const fault = cutAt(to, place);
      const error = await failureIfAny(importObjects(to, { archive, policy }));
      fault.restore();
      const [rows] = await target.query('SELECT count(*)::int AS count FROM demoapp_book');
      if (error === undefined) {
        expect(place).to.be.greaterThan(30);
        expect(rows?.['count']).to.equal(1);
        break;
      }
      expect(error.code, `statement ${place}`).to.be.oneOf(['CONNECTION_LOST', 'NO_CONNECTION']);
      expect(rows?.['count'], `statement ${place}`).to.equal(0);
    }
  });
});
