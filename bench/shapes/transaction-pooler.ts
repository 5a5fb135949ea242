import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import pg from 'pg';
import { messageSplitter } from '../message-splitter.js';

/**
 * A pooler in transaction mode, as far as it matters: each transaction of a client goes to the server connection that has been idle for
 * longest, so that nothing outlives a transaction; and of what a client asks for when it connects, only these names are understood.
 */
export interface TransactionPooler {
  readonly url: string;
  /** Transactions by server connection. */
  readonly served: readonly number[];
  close(): Promise<void>;
}

/** Those that PgBouncer keeps in step, and the two by which a client says who it is. */
const understood = new Set([
  'user',
  'database',
  'client_encoding',
  'datestyle',
  'timezone',
  'standard_conforming_strings',
  'application_name',
]);

interface Backend {
  readonly stream: Socket;
  readonly at: number;
  client: Socket | undefined;
}

export async function startPooler(server: string, size: number, patience = 60_000): Promise<TransactionPooler> {
  const served = Array.from({ length: size }, () => 0);
  const clients = await Promise.all(served.map(() => connected(server)));
  const idle: Backend[] = clients.map((client, at) => ({ stream: streamOf(client), at, client: undefined }));
  const backends = [...idle];
  const waiting: ((backend: Backend) => void)[] = [];
  const sockets = new Set<Socket>();

  const release = (backend: Backend): void => {
    backend.client = undefined;
    const next = waiting.shift();
    if (next === undefined) idle.push(backend);
    else next(backend);
  };
  const take = (): Promise<Backend | undefined> => {
    const backend = idle.shift();
    if (backend !== undefined) return Promise.resolve(backend);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(taker), 1);
        resolve(undefined);
      }, patience);
      const taker = (freed: Backend): void => {
        clearTimeout(timer);
        resolve(freed);
      };
      waiting.push(taker);
    });
  };
  for (const backend of backends) {
    const split = messageSplitter(1);
    backend.stream.removeAllListeners('data').on('data', (bytes: Buffer) => {
      const whole: Buffer[] = [];
      for (const message of split(bytes)) {
        whole.push(message);
        // ReadyForQuery outside of a transaction.
        if (message[0] !== letter('Z') || message[5] !== letter('I')) continue;
        backend.client?.write(Buffer.concat(whole.splice(0)));
        release(backend);
      }
      if (whole.length === 0 || backend.client?.write(Buffer.concat(whole)) !== false) return;
      backend.stream.pause();
      backend.client.once('drain', () => backend.stream.resume()).once('close', () => backend.stream.resume());
    });
  }

  const listener = createServer((client) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client)).on('error', () => client.destroy());
    let backend: Backend | undefined;
    let queue = Promise.resolve();
    const split = messageSplitter(0);
    let begun = false;
    client.on('data', (bytes: Buffer) => {
      for (const message of split(bytes)) {
        if (!begun) {
          begun = message.readUInt32BE(4) === 196_608;
          if (begun) greet(client, message);
          else client.end();
          continue;
        }
        queue = queue.then(async () => {
          if (message[0] === letter('X')) {
            client.end();
            return;
          }
          if (backend?.client !== client) {
            backend = await take();
            if (backend === undefined) {
              client.end(errorResponse('08P01', 'query_wait_timeout'));
              return;
            }
            backend.client = client;
            served[backend.at] = (served[backend.at] ?? 0) + 1;
          }
          backend.stream.write(message);
        });
      }
    });
    // A transaction that its client left is rolled back.
    client.once('close', () => {
      if (backend?.client === client) backend.stream.write(typed('Q', Buffer.from('ROLLBACK\0')));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = new URL(server);
  url.hostname = '127.0.0.1';
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.href,
    served,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      for (const { stream } of backends) stream.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** A connection that has been let in; what it says from now on is ours. */
async function connected(server: string): Promise<pg.Client> {
  const client = new pg.Client(server);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function streamOf(client: pg.Client): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}

/** Lets everybody in who asks for nothing that a pooler cannot keep. */
function greet(client: Socket, startup: Buffer): void {
  const words = startup.toString('utf8', 8).split('\0');
  const names = words.filter((_, at) => at % 2 === 0).filter((name) => name !== '');
  const unknown = names.find((name) => !understood.has(name.toLowerCase()));
  if (unknown !== undefined) {
    client.end(errorResponse('08P01', `unsupported startup parameter: ${unknown}`));
    return;
  }
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  client.write(
    Buffer.concat([
      typed('R', number(0)),
      typed('S', Buffer.from('server_version\x0018.0\0')),
      typed('K', Buffer.concat([number(1), number(1)])),
      typed('Z', Buffer.from('I')),
    ]),
  );
}

function errorResponse(code: string, message: string): Buffer {
  return typed('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`));
}

function typed(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function letter(text: string): number {
  return text.charCodeAt(0);
}
