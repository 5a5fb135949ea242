import { expect } from 'chai';
import { patiently } from '../../src/store/patience.js';
import { StoreFailure } from '../../src/store/store-failure.js';
import { failureOf } from '../support/failure.js';

const quick = { delays: [1, 1], timeout: 50 };

describe('patience with a store', () => {
  it('ends after the last delay, and with what does not pass at once', async () => {
    for (const [kind, attempts] of [
      ['passing', 3],
      ['denied', 1],
    ] as const) {
      let made = 0;
      const failure = await failureOf(
        patiently(quick, undefined, () => {
          made += 1;
          return Promise.reject(new StoreFailure(kind, 'no'));
        }),
      );
      expect(failure).to.include({ kind });
      expect(made).to.equal(attempts);
    }
  });

  it('gives an attempt up that does not end, and makes the next', async () => {
    const made: number[] = [];
    const answer = await patiently(quick, undefined, async (signal, attempt) => {
      made.push(attempt);
      if (attempt === 1) return 'done';
      return new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(new Error('left'))));
    });
    expect(answer).to.equal('done');
    expect(made).to.deep.equal([0, 1]);
  });
});

describe('what a store says', () => {
  it('is told without what lets others in', () => {
    for (const secret of [
      'request to https://storage.googleapis.com/upload/storage/v1/b/x/o?uploadType=resumable&upload_id=ABC failed',
      'GET https://s3/x?X-Amz-Signature=ABC',
      'header Authorization: Bearer ABC was wrong',
      'proxy http://user:ABC@proxy:3128/ refused',
    ]) {
      const failure = new StoreFailure('other', secret, `Error: ${secret}\n at here`);
      expect(`${failure.message}${String(failure.stack)}`, secret).not.to.contain('ABC');
      expect(failure.message).to.contain('…');
    }
  });
});
