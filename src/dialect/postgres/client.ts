import type { TextRow } from '../session.js';

/** What is used of a `pg` client. Declared here so that the driver is never imported: the application brings it. */
export interface Client {
  query(config: {
    text: string;
    values: readonly (string | null)[];
    rowMode: 'array';
    types: { getTypeParser: () => (text: string) => string };
    query_timeout?: number;
  }): Promise<{ readonly rows: readonly TextRow[]; readonly rowCount: number | null }>;
  query<Stream extends object>(stream: Stream): Stream;
  on(event: 'error' | 'end', listener: (error?: Error) => void): void;
  off(event: 'error' | 'end', listener: (error?: Error) => void): void;
  readonly host?: string;
  readonly port?: number;
  /** What a cancel request must show; null before the connection stands, absent with the native driver. */
  readonly processID?: number | null;
  readonly secretKey?: number | Buffer | null;
  readonly connection?: { readonly stream?: { destroy(): void } };
  readonly connectionParameters?: { readonly query_timeout?: number | false };
}

/** Every value as the server wrote it: the parsers of the driver lose microseconds, digits and key order. */
export const rawText = Object.freeze({ getTypeParser: () => (text: string) => text });

/** The longest time that a timer takes, in milliseconds. */
const never = 2 ** 31 - 1;

/** The application's client-side time-out is meant for its own short queries: undefined where there is none to override. */
export function queryTimeout(client: Client): { readonly query_timeout: number } | undefined {
  const own = client.connectionParameters?.query_timeout;
  return own === undefined || own === false || own === 0 ? undefined : { query_timeout: never };
}

/** How long a closed socket may take to tell the pool, in milliseconds. */
export const farewell = 1_000;

/** Closes a connection of no more use; its pool must have heard of it before it gets it back, or it would hand it to the next. */
export async function cutConnection(client: Client): Promise<void> {
  const ignore = (): void => undefined;
  client.on('error', ignore);
  await new Promise<void>((resolve) => {
    const done = (): void => {
      resolve();
    };
    client.on('end', done);
    setTimeout(done, farewell).unref();
    client.connection?.stream?.destroy();
  });
}
