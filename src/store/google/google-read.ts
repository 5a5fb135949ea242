import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { File } from '@google-cloud/storage';
import { StoreFailure } from '../store-failure.js';
import { googleFailure } from './google-failure.js';

/** What the client's HTTP library hands out with an answer, as far as it is looked at. */
interface Answer {
  readonly statusCode: number;
  readonly request?: {
    readonly agent?: { readonly sockets?: Readonly<Record<string, readonly Socket[] | undefined>>; destroy?(): void };
  };
}

/** Nothing comes for so long: the connection is lost, and the client has not noticed. Milliseconds. */
const stall = 20_000;

/** So long after the connection is gone what was on its way has arrived. */
const settled = 250;

/**
 * The bytes from `start` to before `end` of that generation. The client's own reader of objects waits for ever where a connection is cut
 * in the middle of an answer, and so does what it is made of (node-fetch 2): here the socket is watched, and how long nothing comes.
 */
export function readGoogleRange(
  file: File,
  generation: string,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let sockets: readonly Socket[] = [];
    let answer: Answer | undefined;
    let isLeft = false;
    const stream = file.requestStream({
      uri: '',
      qs: { alt: 'media', generation },
      // What is stored compressed comes as it is.
      headers: { Range: `bytes=${String(start)}-${String(end - 1)}`, 'Accept-Encoding': 'gzip', 'Cache-Control': 'no-store' },
    }) as unknown as Readable;
    const fail = (error: unknown): void => {
      leave();
      hangUp(answer);
      reject(googleFailure(error));
    };
    const onSilence = (): void => {
      fail(new StoreFailure('passing', 'the connection was lost in the middle of an answer'));
    };
    let timer = setTimeout(onSilence, stall * 3);
    const wait = (milliseconds: number): void => {
      clearTimeout(timer);
      timer = setTimeout(onSilence, milliseconds);
    };
    const onClose = (): void => {
      wait(settled);
    };
    const onAbort = (): void => {
      fail(signal.reason);
    };
    const leave = (): void => {
      isLeft = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      for (const socket of sockets) socket.off('close', onClose);
      stream.on('error', () => undefined).destroy();
    };
    signal.addEventListener('abort', onAbort);
    stream.on('error', fail);
    stream.on('response', (given: Answer) => {
      answer = given;
      if (isLeft) {
        hangUp(answer);
        return;
      }
      status = answer.statusCode;
      sockets = Object.values(answer.request?.agent?.sockets ?? {}).flatMap((all) => all ?? []);
      for (const socket of sockets) socket.once('close', onClose);
      wait(stall);
    });
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      wait(stall);
    });
    stream.on('end', () => {
      leave();
      const bytes = Buffer.concat(chunks);
      if (status >= 200 && status < 300) resolve(bytes);
      else reject(googleFailure({ code: status, message: messageOf(bytes) }));
    });
  });
}

/** An answer that nobody reads would keep its connection, and this process, for ever. Others on the same agent are tried again. */
function hangUp(answer: Answer | undefined): void {
  answer?.request?.agent?.destroy?.();
}

/** What the store says in its JSON, or as a text. */
function messageOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: string } };
    return error?.message ?? text;
  } catch {
    return text;
  }
}
