import { parseArgs } from 'node:util';
import { peakMemory } from '../../children/peak-memory.js';
import { allShapes } from '../all-shapes.js';
import type { Shape, ShapeFormat } from '../shape.js';

/** What the parent tells a measured process: which database, which shape of what size, and what it writes in which form. */
export interface ShapeOptions {
  readonly url: string;
  readonly path: string;
  readonly shape: string;
  readonly scale: number;
  readonly format: ShapeFormat;
}

export function shapeOptions(): Omit<ShapeOptions, 'shape' | 'scale'> & { readonly shape: Shape } {
  const { values } = parseArgs({ options: { options: { type: 'string' } } });
  if (values.options === undefined) throw new TypeError('a measured process needs --options');
  const { shape: name, scale, ...rest } = JSON.parse(values.options) as ShapeOptions;
  const make = allShapes[name];
  if (make === undefined) throw new TypeError(`no shape is named ${name}`);
  return { ...rest, shape: make(scale) };
}

/** What a measured process did, for its parent: the last line of its standard output. */
export interface ShapeReport {
  readonly objects: number;
  readonly links: number;
  readonly bytes: number;
  readonly queries: number;
  /** Kilobytes. */
  readonly maxRss: number;
}

export function reportShape(done: Omit<ShapeReport, 'maxRss'>): void {
  process.stdout.write(`${JSON.stringify({ ...done, maxRss: peakMemory() } satisfies ShapeReport)}\n`);
}
