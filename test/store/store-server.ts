import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** What a client asks of a store, in words that both protocols have in common. */
export type Step =
  | 'look'
  | 'look at bucket'
  | 'list'
  | 'read'
  | 'begin'
  | 'part'
  | 'status'
  | 'put'
  | 'end'
  | 'cancel'
  | 'copy'
  | 'remove'
  | 'other';

export interface Exchange {
  readonly step: Step;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The connection went away before all of the body had come. */
  readonly isCut: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export type Fault =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** The connection goes away when so much of the body has come (or, of an answer to a read, has gone). */
  | { readonly kind: 'cut'; readonly after: number }
  /** It is done, and nobody hears of it. */
  | { readonly kind: 'lose answer' }
  /** A bit falls over on the way. */
  | { readonly kind: 'spoil' }
  /** It takes until this has come about. */
  | { readonly kind: 'wait'; readonly until: Promise<unknown> };

/** A store in this process, over a real socket. */
export interface StoreServer {
  readonly url: string;
  /** What was asked, in order. */
  readonly steps: Step[];
  /** The next `times` of these requests meet the fault. */
  meet(step: Step, fault: Fault, times?: number): void;
  /** Called before each answer. */
  before: ((exchange: Exchange) => Promise<void> | void) | undefined;
  readonly buckets: ReadonlyMap<string, Map<string, StoredObject>>;
  /** Uploads that were begun, and neither ended nor given up. */
  readonly openUploads: () => number;
  close(): Promise<void>;
}

export interface StoredObject {
  readonly bytes: Buffer;
  readonly version: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Names of one answer to a question for objects. */
const namesAtOnce = 3;

/** Some of the objects whose names begin so, from a name on, and the name that is next. */
export function listed(
  objects: ReadonlyMap<string, StoredObject>,
  prefix: string,
  from: string,
): { readonly names: readonly string[]; readonly next: string | undefined } {
  const names = [...objects.keys()].filter((name) => name.startsWith(prefix) && name >= from).sort();
  return { names: names.slice(0, namesAtOnce), next: names[namesAtOnce] };
}

/** How a store's protocol is spoken. */
export interface Protocol {
  stepOf(method: string, url: URL, headers: IncomingHttpHeaders): Step;
  answer(exchange: Exchange): Answer;
  openUploads(): number;
}

export async function startStoreServer(
  buckets: ReadonlyMap<string, Map<string, StoredObject>>,
  protocol: (url: string) => Protocol,
): Promise<StoreServer> {
  const faults: { readonly step: Step; readonly fault: Fault; times: number }[] = [];
  let url = '';
  const speaks: { protocol?: Protocol } = {};
  const server = createServer((request, response) => {
    const { socket } = request;
    void serve(request, response, socket).catch(() => socket.destroy());
  });
  const store = {
    steps: [] as Step[],
    before: undefined as StoreServer['before'],
  };

  async function serve(request: IncomingMessage, response: ServerResponse, socket: Socket): Promise<void> {
    const { method = '', headers } = request;
    const asked = new URL(request.url ?? '', url);
    const step = speaks.protocol!.stepOf(method, asked, headers);
    store.steps.push(step);
    const met = faults.find((one) => one.step === step && one.times > 0);
    if (met !== undefined) met.times -= 1;
    const fault = met?.fault;
    if (fault?.kind === 'wait') await fault.until;
    const cutAfter = fault?.kind === 'cut' ? fault.after : Infinity;
    const { body, isCut } = await bodyOf(request, step === 'read' ? Infinity : cutAfter);
    if (fault?.kind === 'spoil' && body.length > 0) body[body.length >> 1]! ^= 1;
    const exchange = { step, method, url: asked, headers, body, isCut };
    if (fault?.kind === 'answer') {
      reply(response, fault.answer);
      return;
    }
    await store.before?.(exchange);
    const answer = speaks.protocol!.answer(exchange);
    if (isCut || fault?.kind === 'lose answer') {
      socket.destroy();
    } else if (fault?.kind === 'cut') {
      response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body ?? '') });
      response.write(Buffer.from(answer.body ?? '').subarray(0, cutAfter));
      await setTimeout(20);
      socket.destroy();
    } else {
      const bytes = Buffer.from(answer.body ?? '');
      if (fault?.kind === 'spoil' && body.length === 0) bytes[bytes.length >> 1]! ^= 1;
      reply(response, { ...answer, body: bytes });
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  speaks.protocol = protocol(url);
  return Object.assign(store, {
    url,
    buckets,
    meet: (step: Step, fault: Fault, times = 1) => void faults.push({ step, fault, times }),
    openUploads: () => speaks.protocol!.openUploads(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function reply(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

async function bodyOf(request: IncomingMessage, cutAfter: number): Promise<{ body: Buffer; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= cutAfter) return { body: Buffer.concat(chunks).subarray(0, cutAfter), isCut: true };
    }
  } catch {
    return { body: Buffer.concat(chunks), isCut: true };
  }
  return { body: Buffer.concat(chunks), isCut: cutAfter !== Infinity };
}
