import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endedProcess } from '../ended-process.js';
import { allShapes } from './all-shapes.js';
import type { ShapeOptions, ShapeReport } from './children/shape-options.js';
import type { ShapeFormat } from './shape.js';
import { shapePlace } from './shape-place.js';

export interface ShapeSubject {
  readonly serverUrl: string;
  /** Of that server, `name=value`, for another that a shape needs. */
  readonly settings: readonly string[];
  /** Where what is written goes, while it is measured. */
  readonly folder: string;
  /** One of {@link allShapes}. */
  readonly name: string;
  readonly scale: number;
  readonly runs: number;
  /** Told what goes on. */
  readonly log: (text: string) => void;
}

export interface ShapeRun extends ShapeReport {
  /** Of the whole process, from its start to its end. */
  readonly seconds: number;
}

/** Runs of the export in one format, and of plain COPY of the same rows; they took turns. */
export interface ShapeSeries {
  readonly format: ShapeFormat;
  readonly ours: readonly ShapeRun[];
  readonly theirs: readonly ShapeRun[];
}

/** Makes the database of a shape, and measures what leaves of it in each of its formats. */
export async function measuredShape(subject: ShapeSubject): Promise<readonly ShapeSeries[]> {
  const { name, scale, log } = subject;
  const shape = allShapes[name]?.(scale);
  if (shape === undefined) throw new RangeError(`no shape is named ${name}`);
  log(`${name}: generating …`);
  const place = await shapePlace(subject.serverUrl, subject.settings, shape);
  try {
    const all: ShapeSeries[] = [];
    for (const format of shape.profile === undefined ? (['portolan'] as const) : (['portolan', shape.profile] as const)) {
      log(`${name}: measuring (${format}) …`);
      all.push(await measured(subject, { url: place.url, shape: name, scale, format }));
    }
    return all;
  } finally {
    await place.end();
  }
}

async function measured({ folder, name, runs }: ShapeSubject, options: Omit<ShapeOptions, 'path'>): Promise<ShapeSeries> {
  const series = { ours: [] as ShapeRun[], theirs: [] as ShapeRun[] };
  for (let run = 0; run < runs; run += 1) {
    for (const [child, its] of [
      ['copy-shape', series.theirs],
      ['export-shape', series.ours],
    ] as const) {
      const place = mkdtempSync(join(folder, 'shape-'));
      its.push(await measuredRun(child, { ...options, path: join(place, 'out') }));
      rmSync(place, { recursive: true });
    }
  }
  const [first] = series.theirs;
  for (const one of series.ours) {
    if (one.objects !== first?.objects || one.links !== first.links)
      throw new Error(`${name}: ${JSON.stringify(one)} is not what COPY gave: ${JSON.stringify(first)}`);
  }
  return { format: options.format, ...series };
}

async function measuredRun(child: 'copy-shape' | 'export-shape', options: ShapeOptions): Promise<ShapeRun> {
  const script = join(import.meta.dirname, 'children', `${child}.js`);
  const path = child === 'export-shape' && options.format === 'portolan' ? `${options.path}.json` : options.path;
  const { seconds, stdout } = await endedProcess(process.execPath, [script, '--options', JSON.stringify({ ...options, path })]);
  return { ...(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as ShapeReport), seconds };
}
