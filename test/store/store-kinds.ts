import { startGsServer } from './gs-server.js';
import { startS3Server } from './s3-server.js';
import type { StoreServer } from './store-server.js';

/** A kind of object store, and how a client in this process or in another finds the one that a test has started. */
export interface StoreKind {
  readonly scheme: 'gs' | 's3';
  start(...buckets: readonly string[]): Promise<StoreServer>;
  environment(url: string): Readonly<Record<string, string>>;
}

export const secretKey = 'a-secret-that-nobody-may-read';

export const storeKinds: readonly StoreKind[] = [
  { scheme: 'gs', start: startGsServer, environment: (url) => ({ STORAGE_EMULATOR_HOST: url }) },
  {
    scheme: 's3',
    start: startS3Server,
    environment: (url) => ({
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: secretKey,
    }),
  },
];

/** A server for the tests of a suite, which this process's own clients find, too. */
export function useStore(kind: StoreKind, ...buckets: readonly string[]): StoreServer {
  let server: StoreServer | undefined;
  const before_ = new Map<string, string | undefined>();
  before(async () => {
    server = await kind.start(...buckets);
    for (const [name, value] of Object.entries(kind.environment(server.url))) {
      before_.set(name, process.env[name]);
      process.env[name] = value;
    }
  });
  after(async () => {
    for (const [name, value] of before_) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    await server?.close();
  });
  return new Proxy({} as StoreServer, {
    get: (_, name) => Reflect.get(server!, name) as unknown,
    set: (_, name, value) => Reflect.set(server!, name, value),
  });
}
