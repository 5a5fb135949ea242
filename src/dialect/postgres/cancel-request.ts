import { connect } from 'node:net';
import type { Client } from './client.js';

const requestLength = 16;
const cancelRequestCode = 80_877_102;
const patience = 2_000;

/**
 * Asks the server to stop what the client's backend does, over a connection of its own; resolves when the server has
 * taken note, or after two seconds. Closing the socket is not enough: a backend that waits or computes does not notice.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export function sendCancelRequest(client: Client): Promise<void> {
  const { host = 'localhost', port = 5432, processID, secretKey } = client;
  if (typeof processID !== 'number' || secretKey === undefined || secretKey === null) return Promise.resolve();
  const secret = Buffer.isBuffer(secretKey) ? secretKey : int32(secretKey);
  const request = Buffer.concat([int32(requestLength - 4 + secret.length), int32(cancelRequestCode), int32(processID), secret]);
  return new Promise((resolve) => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${String(port)}`) : connect(port, host);
    const done = (): void => {
      socket.destroy();
      resolve();
    };
    socket.setTimeout(patience, done);
    socket.once('connect', () => socket.write(request));
    socket.once('error', done);
    socket.once('close', done);
    socket.resume();
  });
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}
