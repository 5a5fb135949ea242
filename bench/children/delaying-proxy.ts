import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/**
 * Stands between a client and a server, and makes every round trip take longer: whenever the client speaks after the server has
 * spoken, its bytes wait. What streams in one direction is not held up. Prints its port, ends when its standard input does, and
 * then prints how many round trips there were.
 */
const { values } = parseArgs({ options: { url: { type: 'string' }, delay: { type: 'string' } } });
const { hostname, port } = new URL(values.url ?? '');
const delay = Number(values.delay);
const sockets = new Set<Socket>();
let roundTrips = 0;

const proxy = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host: hostname, port: Number(port === '' ? 5432 : port), noDelay: true });
  let lastToSpeak: 'client' | 'server' = 'server';
  const requests = new Transform({
    transform: (bytes: Buffer, _encoding, done) => {
      if (lastToSpeak === 'client') {
        done(null, bytes);
        return;
      }
      lastToSpeak = 'client';
      roundTrips += 1;
      if (delay === 0) done(null, bytes);
      else
        void setTimeout(delay).then(() => {
          done(null, bytes);
        });
    },
  });
  upstream.on('data', () => {
    lastToSpeak = 'server';
  });
  client.pipe(requests).pipe(upstream);
  upstream.pipe(client);
  const end = (): void => {
    client.destroy();
    upstream.destroy();
  };
  for (const socket of [client, upstream]) {
    sockets.add(socket);
    socket.on('error', end).once('close', end);
    socket.once('close', () => sockets.delete(socket));
  }
});
proxy.listen(0, '127.0.0.1', () => process.stdout.write(`${String((proxy.address() as AddressInfo).port)}\n`));
process.stdin.resume().once('end', () => {
  process.stdout.write(`${String(roundTrips)}\n`);
  for (const socket of sockets) socket.destroy();
  proxy.close();
});
