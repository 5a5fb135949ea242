import { parseArgs } from 'node:util';

/** What the parent tells a measured process: which database, and the file or folder it writes or reads. */
export function childOptions(): { readonly url: string; readonly path: string } {
  const { values } = parseArgs({ options: { url: { type: 'string' }, path: { type: 'string' } } });
  if (values.url === undefined || values.path === undefined) throw new TypeError('a measured process needs --url and --path');
  return { url: values.url, path: values.path };
}

/** What a measured process did, for its parent: the last line of its standard output. */
export interface ChildReport {
  readonly objects: number;
  readonly links: number;
  readonly bytes: number;
  readonly queries: number;
  /** Kilobytes. */
  readonly maxRss: number;
}

export function report(done: Omit<ChildReport, 'maxRss'>): void {
  process.stdout.write(`${JSON.stringify({ ...done, maxRss: process.resourceUsage().maxRSS } satisfies ChildReport)}\n`);
}
