import { expect } from 'chai';
import fc from 'fast-check';
import { CopyOutQuery } from '../../src/dialect/postgres/copy-out-query.js';

type Listener = (chunk: Buffer) => void;

/** What the query sees of a socket; `receive` is the server's side. */
class Wire {
  readonly #listeners: Listener[] = [];
  readonly forwarded: Buffer[] = [];
  readonly sent: Buffer[] = [];
  corked = 0;
  paused = false;

  constructor() {
    this.on('data', (chunk) => this.forwarded.push(Buffer.from(chunk)));
  }

  listeners(): readonly unknown[] {
    return [...this.#listeners];
  }

  on(_: 'data', listener: Listener): void {
    this.#listeners.push(listener);
  }

  off(_: 'data', listener: Listener): void {
    this.#listeners.splice(this.#listeners.indexOf(listener), 1);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  write(bytes: Buffer, done?: () => void): void {
    this.sent.push(Buffer.from(bytes));
    if (done !== undefined) setImmediate(done);
  }

  cork(): void {
    this.corked += 1;
  }

  uncork(): void {
    this.corked -= 1;
  }

  destroy(): void {
    this.paused = true;
  }

  receive(chunk: Buffer): void {
    for (const listener of [...this.#listeners]) listener(chunk);
  }
}

function message(type: string, payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(payload.length + 4, 1);
  return Buffer.concat([head, payload]);
}

function submitted(): { readonly wire: Wire; readonly query: CopyOutQuery } {
  const wire = new Wire();
  const query = new CopyOutQuery('COPY t TO STDOUT');
  query.submit({ stream: wire, query: () => undefined });
  return { wire, query };
}

async function rest(query: CopyOutQuery): Promise<string> {
  let all = '';
  for (let chunk = await query.next(); chunk !== undefined; chunk = await query.next()) all += chunk.toString('latin1');
  return all;
}

const begin = message('H', Buffer.from([0, 0, 1, 0, 0]));
const notice = message('N', Buffer.from('SNOTICE\0Mwell\0\0', 'latin1'));
const end = Buffer.concat([message('c', Buffer.alloc(0)), message('C', Buffer.from('COPY 2\0')), message('Z', Buffer.from('I'))]);

describe('CopyOutQuery', () => {
  it('gives the rows wherever the chunks are cut, and hands everything else to the driver', async () => {
    const rows = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(rows, cuts, fc.nat(8), async (payloads, lengths, noticeAt) => {
        const data = payloads.map((payload) => message('d', Buffer.from(payload)));
        const stream = Buffer.concat([begin, ...data.slice(0, noticeAt), notice, ...data.slice(noticeAt), end]);
        const { wire, query } = submitted();
        for (let at = 0, cut = 0; at < stream.length; cut += 1) {
          const length = lengths[cut % lengths.length] ?? 1;
          wire.receive(Buffer.from(stream.subarray(at, at + length)));
          at += length;
        }
        query.handleReadyForQuery();
        expect(await rest(query)).to.equal(Buffer.concat(payloads).toString('latin1'));
        expect(Buffer.concat(wire.forwarded).toString('latin1')).to.equal(Buffer.concat([notice, end]).toString('latin1'));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the rows that came before an error, then the error', async () => {
    const { wire, query } = submitted();
    const error = message('E', Buffer.from('SERROR\0Mgone\0\0', 'latin1'));
    wire.receive(Buffer.concat([begin, message('d', Buffer.from('1\n')), error]));
    query.handleError(new Error('gone'));
    expect(String(await query.next())).to.equal('1\n');
    const failure = await query.next().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(failure).to.be.instanceOf(Error).and.have.property('message', 'gone');
    expect(Buffer.concat(wire.forwarded).equals(error)).to.equal(true);
  });

  it('makes the server wait while rows are not fetched (T-38)', async () => {
    const { wire, query } = submitted();
    wire.receive(begin);
    wire.receive(message('d', Buffer.alloc(2 * 1024 * 1024)));
    expect(wire.paused).to.equal(true);
    await query.next();
    expect(wire.paused).to.equal(false);
  });

  it('sends a statement that comes in pieces as one message, a piece when the last has gone', async () => {
    const wire = new Wire();
    const piece = Buffer.alloc(4);
    const pieces = function* (): Generator<Buffer> {
      for (const text of ['COPY', ' (é', ') T', 'O ']) yield piece.subarray(0, piece.write(text));
    };
    const query = new CopyOutQuery({ shown: '', length: 12, pieces });
    query.submit({ stream: wire, query: () => expect.fail('the driver is not to send it') });
    while (wire.sent.at(-1)?.length !== 1) await new Promise((resolve) => setImmediate(resolve));
    expect(Buffer.concat(wire.sent).toString('latin1')).to.equal(
      `Q\0\0\0\x11${Buffer.from('COPY (é) TO ').toString('latin1')}\0`,
    );
    expect(wire.corked).to.equal(0);
  });
});
