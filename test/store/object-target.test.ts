import { createHash, randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { checkObject } from '../../src/store/check-object.js';
import { objectPlace } from '../../src/store/object-place.js';
import { ObjectTarget } from '../../src/store/object-target.js';
import { failureOf } from '../support/failure.js';
import { storeKinds, useStore } from './store-kinds.js';
import type { Fault, Step } from './store-server.js';

const kibibyte = 1024;
/** Small parts make quick tests. */
const partBytes = 512 * kibibyte;
const nothing = { kind: 'nothing' } as const;

for (const kind of storeKinds) {
  describe(`an object of ${kind.scheme}:// that is written`, function () {
    this.timeout(180_000);
    const server = useStore(kind, 'shelf');
    const bytes = randomBytes(2 * partBytes + 300 * kibibyte);
    let number = 0;

    const nextPlace = (): NonNullable<ReturnType<typeof objectPlace>> =>
      objectPlace(`${kind.scheme}://shelf/folder/näme ${String((number += 1))}.json`)!;

    async function write(
      place = nextPlace(),
      all = bytes,
      condition: Parameters<typeof ObjectTarget.open>[1] = nothing,
    ): Promise<string> {
      const target = await ObjectTarget.open(place, condition, { partBytes });
      try {
        for (let at = 0; at < all.length; at += 70_001) await target.write(all.subarray(at, at + 70_001));
        expect(await target.finish()).to.equal(all.length);
      } catch (error) {
        await target.abort();
        throw error;
      }
      return place.path;
    }

    const digest = (path: string): string | undefined => {
      const stored = server.buckets.get('shelf')?.get(path);
      return stored && createHash('md5').update(stored.bytes).digest('hex');
    };
    const whole = createHash('md5').update(bytes).digest('hex');

    afterEach('leaves no upload open', () => {
      expect(server.openUploads()).to.equal(0);
      server.before = undefined;
      server.steps.length = 0;
    });

    it('arrives as it is, in parts of some megabytes', async () => {
      const many = Buffer.concat(Array.from({ length: 14 }, () => bytes));
      const target = await ObjectTarget.open(objectPlace(`${kind.scheme}://shelf/large`)!, nothing);
      for (let at = 0; at < many.length; at += 250_000) await target.write(many.subarray(at, at + 250_000));
      await target.finish();
      expect(server.buckets.get('shelf')?.get('large')?.bytes.equals(many)).to.equal(true);
      expect(server.steps.filter((step) => step === 'part').length).to.be.within(2, 3);
    });

    for (const size of [0, 1, partBytes, partBytes + 1, 2 * partBytes]) {
      it(`arrives as it is where it has ${String(size)} bytes`, async () => {
        const path = await write(nextPlace(), bytes.subarray(0, size));
        expect(server.buckets.get('shelf')?.get(path)?.bytes.equals(bytes.subarray(0, size))).to.equal(true);
      });
    }

    const busy: Fault = { kind: 'answer', answer: { status: 503, body: 'busy' } };
    const last: Step = 'end';
    for (const [what, step, fault, times] of [
      ['the connection is cut in the middle of a part', 'part', { kind: 'cut', after: 400_000 }, 1],
      ['it is cut twice at the same part', 'part', { kind: 'cut', after: 100_000 }, 2],
      ['the answer to a part is lost', 'part', { kind: 'lose answer' }, 1],
      ['the store is busy when it begins', 'begin', busy, 1],
      ['the store is busy at a part', 'part', busy, 2],
      ['the store is busy at the end', last, busy, 1],
      ['the connection is cut at the end', last, { kind: 'cut', after: 100 }, 1],
      ['the answer to the end is lost', last, { kind: 'lose answer' }, 1],
    ] as const) {
      it(`arrives as it is where ${what}`, async () => {
        server.meet(step, fault, times);
        expect(digest(await write())).to.equal(whole);
      });
    }

    for (const [part, step] of [
      ['first', 'part'],
      ['last', kind.scheme === 'gs' ? 'end' : 'part'],
    ] as const) {
      it(`is never there otherwise than it is, where a bit falls over in its ${part} part`, async () => {
        const place = nextPlace();
        let isSpoilt = part === 'first';
        if (isSpoilt) server.meet(step, { kind: 'spoil' });
        server.before = ({ body, step: met }) => {
          if (isSpoilt || met !== step || body.length === 0 || body.length >= partBytes) return;
          isSpoilt = true;
          body[9]! ^= 1;
        };
        // Each part of S3 has its checksum, and is sent again; Cloud Storage checks the whole.
        if (kind.scheme === 's3') {
          await write(place);
          expect(digest(place.path)).to.equal(whole);
        } else {
          expect(await failureOf(write(place))).to.include({ code: 'STORE_CHECKSUM', exitCode: 1 });
          expect(digest(place.path)).to.equal(undefined);
        }
        expect(isSpoilt).to.equal(true);
      });
    }

    it('replaces nothing that somebody else has put there meanwhile', async () => {
      for (const size of [10, bytes.length]) {
        const place = nextPlace();
        const theirs = { bytes: Buffer.from('theirs'), version: '"7"', headers: {} };
        server.before = ({ step }) => {
          if (step === 'end' || step === 'put') server.buckets.get('shelf')!.set(place.path, theirs);
        };
        expect(await failureOf(write(place, bytes.subarray(0, size)))).to.include({ code: 'OUTPUT_EXISTS', exitCode: 2 });
        expect(server.buckets.get('shelf')?.get(place.path)).to.equal(theirs);
      }
    });

    it('replaces what is there when it is asked to, or only the version that it is to replace', async () => {
      const place = nextPlace();
      await write(place, Buffer.from('one'));
      await write(place, Buffer.from('two'), { kind: 'anything' });
      const { version } = server.buckets.get('shelf')!.get(place.path)!;
      await write(place, bytes, { kind: 'version', version });
      expect(digest(place.path)).to.equal(whole);
      const failure = await failureOf(write(place, Buffer.from('four'), { kind: 'version', version }));
      expect(failure).to.include({ code: 'ARCHIVE_CHANGED', exitCode: 3 });
      expect(digest(place.path)).to.equal(whole);
    });

    it('takes no more than two parts before the store has taken one', async () => {
      let release = (): void => undefined;
      server.meet('part', { kind: 'wait', until: new Promise<void>((resolve) => (release = resolve)) });
      const target = await ObjectTarget.open(nextPlace(), nothing, { partBytes });
      let taken = 0;
      const writing = (async () => {
        for (let at = 0; at < bytes.length; at += 64 * kibibyte) {
          await target.write(bytes.subarray(at, at + 64 * kibibyte));
          taken += 1;
        }
      })();
      await setTimeout(300);
      expect(taken).to.be.within(8, 16);
      release();
      await writing;
      await target.abort();
      expect(taken).to.equal(Math.ceil(bytes.length / (64 * kibibyte)));
    });

    it('is given up at once when a signal says so, however slow the store is', async () => {
      const place = nextPlace();
      const controller = new AbortController();
      let release = (): void => undefined;
      server.meet('part', { kind: 'wait', until: new Promise<void>((resolve) => (release = resolve)) });
      const target = await ObjectTarget.open(place, nothing, { partBytes, signal: controller.signal });
      const writing = target.write(bytes);
      const reason = new Error('enough');
      void setTimeout(100).then(() => controller.abort(reason));
      expect(await failureOf(writing)).to.equal(reason);
      await target.abort();
      release();
      expect(digest(place.path)).to.equal(undefined);
    });

    it('is asked for before anything is written: bucket, right, and whether it is there', async () => {
      const place = nextPlace();
      await checkObject(place, nothing, undefined);
      expect(server.buckets.get('shelf')?.has(place.path)).to.equal(false);
      const elsewhere = objectPlace(`${kind.scheme}://nowhere/x.json`)!;
      expect(await failureOf(checkObject(elsewhere, nothing, undefined))).to.include({ code: 'BUCKET_NOT_FOUND', exitCode: 2 });
      expect(await failureOf(checkObject(elsewhere, { kind: 'anything' }, undefined))).to.include({ code: 'BUCKET_NOT_FOUND' });
      await write(place, Buffer.from('one'));
      expect(await failureOf(checkObject(place, nothing, undefined))).to.include({ code: 'OUTPUT_EXISTS' });
      await checkObject(place, { kind: 'anything' }, undefined);
    });

    it('needs the right to write and no other', async () => {
      const denied: Fault = { kind: 'answer', answer: { status: 403 } };
      server.meet('look', denied);
      await checkObject(nextPlace(), nothing, undefined);
      server.meet('begin', denied);
      expect(await failureOf(checkObject(nextPlace(), nothing, undefined))).to.include({ code: 'STORE_DENIED', exitCode: 1 });
      server.meet('begin', { kind: 'answer', answer: { status: 401 } });
      expect(await failureOf(checkObject(nextPlace(), nothing, undefined))).to.include({
        code: 'STORE_CREDENTIALS',
        exitCode: 1,
      });
      server.meet('begin', busy, 100);
      expect(await failureOf(checkObject(nextPlace(), nothing, undefined))).to.include({ code: 'STORE_FAILED', exitCode: 1 });
    });
  });
}
