import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect } from 'chai';
import { objectPlace } from '../../src/store/object-place.js';
import { ObjectSource } from '../../src/store/object-source.js';
import { failureOf } from '../support/failure.js';
import { storeKinds, useStore } from './store-kinds.js';
import type { Fault, StoredObject } from './store-server.js';

for (const kind of storeKinds) {
  describe(`an object of ${kind.scheme}:// that is read`, function () {
    this.timeout(180_000);
    const server = useStore(kind, 'shelf');
    const place = objectPlace(`${kind.scheme}://shelf/a folder/x?y#z.json`)!;
    const bytes = randomBytes(9_000_000);
    const object = (content: Buffer, version: string): StoredObject => ({ bytes: content, version, headers: {} });

    beforeEach(() => {
      server.buckets.get('shelf')!.set(place.path, object(bytes, '"17"'));
      server.steps.length = 0;
      server.before = undefined;
    });

    async function read(source: ObjectSource, start?: number, end?: number): Promise<Buffer> {
      const chunks: Buffer[] = [];
      for await (const chunk of source.read(start, end) as AsyncIterable<Buffer>) chunks.push(chunk);
      return Buffer.concat(chunks);
    }

    it('is what stands there, as a whole and in part, as often as it is read', async () => {
      const source = await ObjectSource.open(place);
      expect((await source.look()).size).to.equal(bytes.length);
      expect((await read(source)).equals(bytes)).to.equal(true);
      expect((await read(source)).equals(bytes)).to.equal(true);
      for (const [start, end] of [
        [0, 4],
        [4_194_300, 4_194_310],
        [8_999_999, 10_000_000],
        [100, 100],
      ] as const) {
        expect((await read(source, start, end)).equals(bytes.subarray(start, end))).to.equal(true);
      }
      expect((await read(source, 5_000_000)).equals(bytes.subarray(5_000_000))).to.equal(true);
    });

    it('that is small is fetched once, however often it is read', async () => {
      server.buckets.get('shelf')!.set(place.path, object(bytes.subarray(0, 1000), '"18"'));
      const source = await ObjectSource.open(place);
      for (let pass = 0; pass < 3; pass += 1) expect((await read(source)).length).to.equal(1000);
      expect(server.steps.filter((step) => step === 'read')).to.have.length(1);
    });

    it('is fetched a little ahead of whoever reads, not as a whole', async () => {
      const source = await ObjectSource.open(place);
      const stream = source.read();
      await once(stream, 'readable');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(server.steps.filter((step) => step === 'read').length).to.be.at.most(2);
      stream.destroy();
    });

    const busy: Fault = { kind: 'answer', answer: { status: 503, body: 'busy' } };
    for (const [what, fault, times] of [
      ['the connection is cut in the middle', { kind: 'cut', after: 1_000_000 }, 2],
      ['the store is busy', busy, 1],
      ['no answer comes', { kind: 'lose answer' }, 1],
    ] as const) {
      it(`is read on where ${what}`, async () => {
        const source = await ObjectSource.open(place);
        server.meet('read', fault, times);
        expect((await read(source)).equals(bytes)).to.equal(true);
      });
    }

    it('is no mix with what takes its place', async () => {
      const source = await ObjectSource.open(place);
      await source.look();
      let reads = 0;
      server.before = ({ step }) => {
        if (step === 'read' && (reads += 1) === 2) server.buckets.get('shelf')!.set(place.path, object(bytes, '"18"'));
      };
      expect(await failureOf(read(source))).to.include({ code: 'ARCHIVE_CHANGED', exitCode: 3 });
      expect((await source.look()).version).not.to.equal('"17"');
      server.buckets.get('shelf')!.delete(place.path);
      expect(await failureOf(source.look())).to.include({ code: 'ARCHIVE_CHANGED' });
    });

    it('is left when a signal says so', async () => {
      const controller = new AbortController();
      const source = await ObjectSource.open(place, controller.signal);
      await source.look();
      let release = (): void => undefined;
      server.meet('read', { kind: 'wait', until: new Promise<void>((resolve) => (release = resolve)) });
      const reason = new Error('enough');
      setTimeout(() => controller.abort(reason), 100);
      expect(await failureOf(read(source))).to.equal(reason);
      release();
    });

    it('is told to be missing, to be in no bucket, or to be somebody else’s', async () => {
      for (const [url, code] of [
        [`${kind.scheme}://shelf/none.json`, 'ARCHIVE_NOT_FOUND'],
        [`${kind.scheme}://nowhere/x.json`, 'BUCKET_NOT_FOUND'],
      ] as const) {
        const failure = await failureOf((await ObjectSource.open(objectPlace(url)!)).look());
        expect(failure).to.include({ code, exitCode: 2 });
        expect((failure as Error).message).to.contain(url);
      }
      server.meet('look', { kind: 'answer', answer: { status: 403 } });
      expect(await failureOf((await ObjectSource.open(place)).look())).to.include({ code: 'STORE_DENIED', exitCode: 1 });
    });
  });
}

describe('the URL of an object', () => {
  it('is one of a store, a bucket and a name', () => {
    expect(objectPlace('gs://b.c_d-1/x/y z.json')).to.include({ store: 'gs', bucket: 'b.c_d-1', path: 'x/y z.json' });
    expect(objectPlace('S3://b/x')).to.include({ store: 's3', url: 's3://b/x' });
    for (const name of ['x.json', './gs:/b', '-', 'C:\\x', '']) expect(objectPlace(name)).to.equal(undefined);
    for (const url of [
      'gs://',
      'gs://b',
      'gs://b/',
      'gs://b/x/',
      'gs:///x',
      'az://b/x',
      'https://b/x',
      'gs://u:p@b/x',
      'gs://b//x',
    ])
      expect(() => objectPlace(url), url)
        .to.throw()
        .with.property('code', 'OBJECT_URL');
  });
});
