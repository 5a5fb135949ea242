import { UsageError } from '../errors/portolan-error.js';
import type { StoreName } from './object-place.js';
import type { ObjectStore } from './object-store.js';

/** The packages that speak to the stores: optional peers, loaded when a store is asked for. */
const packages: Readonly<Record<StoreName, { readonly name: string; readonly version: string }>> = Object.freeze({
  gs: { name: '@google-cloud/storage', version: '7' },
  s3: { name: '@aws-sdk/client-s3', version: '3' },
});

/** Credentials and endpoint are found by the client's own rules. @throws UsageError NO_STORE_PACKAGE */
export async function openStore(store: StoreName): Promise<ObjectStore> {
  try {
    switch (store) {
      case 'gs':
        return (await import('./google/google-store.js')).createGoogleStore();
      case 's3':
        return (await import('./s3/s3-store.js')).createS3Store();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const { name, version } = packages[store];
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw error;
    throw new UsageError('NO_STORE_PACKAGE', `${store}:// needs the package ${name}, which is not installed`, {
      cause: error,
      hint: `Install it beside portolan: npm install ${name}@${version}`,
    });
  }
}
