import { Client } from 'pg';
import { createLibrary, seedLibrary } from './seed/seed-library.js';
import { startServer } from './server/embedded-server.js';

/** Two databases on one server: a library with rows, and a branch library with the same tables. */
export interface DemoDatabases {
  readonly library: string;
  readonly branch: string;
  /** Rows of the library by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Drops both, and stops the server where it is ours. */
  close(): Promise<void>;
}

/**
 * Uses the server that PORTOLAN_URL names, else starts one. An interrupt removes the databases before it ends the process.
 *
 * @param fillBranch makes the tables of the branch, and rows where it is to have any
 */
export async function openDemoDatabases(fillBranch: (url: string) => Promise<unknown> = createLibrary): Promise<DemoDatabases> {
  const given = process.env['PORTOLAN_URL'];
  const server = given === undefined ? await startServer() : undefined;
  const serverUrl = given ?? server?.url('postgres') ?? '';
  // On somebody's own server the names must be nobody else's.
  const suffix = given === undefined ? '' : `_portolan_demo_${String(process.pid)}`;
  const names = { library: `library${suffix}`, branch: `branch${suffix}` };
  const url = (name: keyof typeof names): string => {
    const parsed = new URL(serverUrl);
    parsed.pathname = `/${names[name]}`;
    return parsed.href;
  };
  const drop = async (): Promise<void> => {
    for (const name of Object.values(names)) await query(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  // An interrupt can come while it ends by itself: both wait for one end.
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= server === undefined ? drop() : server.stop());
  closeWhenInterrupted(close);
  try {
    await drop();
    for (const name of Object.values(names)) await create(serverUrl, name);
    const rows = await seedLibrary(url('library'));
    await fillBranch(url('branch'));
    return { library: url('library'), branch: url('branch'), rows, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function create(serverUrl: string, name: string): Promise<void> {
  await query(serverUrl, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`).catch((error: unknown) => {
    throw new Error(`The server does not let us create the database ${name}: ${(error as Error).message}`, { cause: error });
  });
}

function closeWhenInterrupted(close: () => Promise<void>): void {
  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      void close().finally(() => process.exit(exit));
    });
  }
}

/** Runs one statement and gives its rows. */
export async function query(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
