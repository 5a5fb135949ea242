import { parseArgs } from 'node:util';
import { allShapes } from '../all-shapes.js';
import type { Shape } from '../shape.js';

/** What the parent tells a measured process: which database, which shape of what size, and the file it writes. */
export function shapeOptions(): { readonly url: string; readonly path: string; readonly shape: Shape } {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { url: text, path: text, shape: text, scale: text } });
  const { url, path, shape: name = '', scale } = values;
  const make = allShapes[name];
  if (url === undefined || path === undefined || make === undefined) {
    throw new TypeError('a measured process needs --url, --path, --shape and --scale');
  }
  return { url, path, shape: make(Number(scale)) };
}

/** What a measured process did, for its parent: the last line of its standard output. */
export interface ShapeReport {
  readonly objects: number;
  readonly links: number;
  readonly queries: number;
  /** Kilobytes. */
  readonly maxRss: number;
}

export function reportShape(done: Omit<ShapeReport, 'maxRss'>): void {
  process.stdout.write(`${JSON.stringify({ ...done, maxRss: process.resourceUsage().maxRSS } satisfies ShapeReport)}\n`);
}
