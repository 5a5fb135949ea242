import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { messageSplitter } from '../../bench/message-splitter.js';

/** What happens to a statement on its way to the server. */
export type Fault =
  /** The server ends the connection (pg_terminate_backend), before the statement arrives or while it runs. */
  | { readonly kind: 'terminate'; readonly when: 'before' | 'after'; readonly end: (pid: number) => Promise<unknown> }
  /** The server does it, and its answer never arrives; `alone`: nor does anybody reach the server afterwards. */
  | { readonly kind: 'lose answer'; readonly alone: boolean; readonly meanwhile?: () => Promise<unknown> };

/** Stands between a client and a PostgreSQL server and harms one statement. */
export interface FaultyProxy {
  readonly url: string;
  /** Harms the first statement that fits from now on. */
  arm(fault: Fault, fits: (statement: string, place: number) => boolean): void;
  /** Whether a statement was harmed since then; when the harm is done, and known to the client, everything goes through again. */
  disarm(): Promise<boolean>;
  close(): Promise<void>;
}

export async function startFaultyProxy(server: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  let fault: Fault | undefined;
  let fits: (statement: string, place: number) => boolean = () => false;
  let place = 0;
  let isDone = false;
  let isCutOff = false;
  let harming: Promise<void> = Promise.resolve();

  const proxy = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket)).on('error', end);
      socket.once('close', end);
    }
    if (isCutOff) {
      end();
      return;
    }
    let pid = 0;
    let isDeaf = false;
    let meanwhile = (): Promise<unknown> => Promise.resolve();
    upstream.on('data', (bytes: Buffer) => {
      pid ||= processId(bytes);
      if (!isDeaf) client.write(bytes);
      else void meanwhile().then(end);
    });

    const harm = async (message: Buffer, { kind, ...how }: Fault): Promise<void> => {
      isDone = true;
      if (kind === 'lose answer') {
        isDeaf = true;
        isCutOff = 'alone' in how && how.alone;
        if ('meanwhile' in how && how.meanwhile !== undefined) meanwhile = how.meanwhile;
        upstream.write(message);
        return;
      }
      if (!('end' in how)) return;
      if (how.when === 'before') await how.end(pid);
      if (!upstream.destroyed) upstream.write(message);
      if (how.when === 'after') await how.end(pid);
      if (!client.destroyed) await new Promise((resolve) => client.once('close', resolve));
    };
    let queue = Promise.resolve();
    const messages = messageSplitter(0);
    client.on('data', (bytes: Buffer) => {
      for (const message of messages(bytes)) {
        queue = queue.then(async () => {
          const statement = statementOf(message);
          if (statement !== undefined && fault !== undefined && !isDone && fits(statement, (place += 1))) {
            harming = harm(message, fault);
            await harming;
          } else if (!upstream.destroyed) upstream.write(message);
        });
      }
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(server);
  url.hostname = '127.0.0.1';
  url.port = String((proxy.address() as AddressInfo).port);
  return {
    url: url.href,
    arm: (next, which) => {
      [fault, fits, place, isDone] = [next, which, 0, false];
    },
    disarm: async () => {
      fault = undefined;
      isCutOff = false;
      await harming;
      // Its pool is in this process, and hears of it within some turns.
      await setTimeout(20);
      return isDone;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

/** The SQL of Query and of Parse (after the name of the prepared statement). */
function statementOf(message: Buffer): string | undefined {
  const [type] = message.toString('latin1', 0, 1);
  if (type === 'Q') return message.toString('utf8', 5, message.length - 1);
  if (type === 'P') return message.toString('utf8', message.indexOf(0, 5) + 1).split('\0')[0];
  return undefined;
}

/** Of BackendKeyData, which comes once, with what ends the start of a connection. */
function processId(bytes: Buffer): number {
  for (let at = 0; at + 9 <= bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
    if (bytes[at] === 'K'.charCodeAt(0)) return bytes.readUInt32BE(at + 5);
  }
  return 0;
}
