import { createRequire } from 'node:module';

/** `portolan 1.2.3`, from package.json. */
export function toolVersion(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return `portolan ${version}`;
}
