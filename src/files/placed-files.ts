import type { FileSource, FileState, FoundFile } from './file-source.js';

/**
 * Files of which each place has a source of its own: with `{ covers: objectFiles('s3://covers') }` the path `covers/4.png` is the object `4.png`
 * of that bucket. What is in no place that is named is in the place `''`, where there is one.
 *
 * @example
 * const files = placedFiles({ '': localFiles('media'), covers: objectFiles('s3://covers') });
 */
export function placedFiles(places: Readonly<Record<string, FileSource>>): FileSource {
  return new PlacedFiles(places);
}

interface Place {
  readonly source: FileSource;
  /** Of the paths that are looked for here: empty, or with a slash at its end. */
  readonly folder: string;
}

class PlacedFiles implements FileSource {
  readonly name: string;
  /** The longest first. */
  readonly #places: readonly Place[];

  constructor(places: Readonly<Record<string, FileSource>>) {
    this.name = Object.entries(places)
      .map(([name, source]) => (name === '' ? source.name : `${name}=${source.name}`))
      .join(', ');
    this.#places = Object.entries(places)
      .map(([name, source]) => ({ source, folder: name === '' ? '' : `${name}/` }))
      .sort((a, b) => b.folder.length - a.folder.length);
  }

  async check(signal?: AbortSignal): Promise<void> {
    for (const { source } of this.#places) await source.check?.(signal);
  }

  stat(path: string, signal?: AbortSignal): Promise<FileState> {
    const place = this.#of(path);
    if (place === undefined) return Promise.resolve({ kind: 'nowhere' });
    return place.source.stat(path.slice(place.folder.length), signal);
  }

  open(path: string, found: FoundFile, signal?: AbortSignal): AsyncIterable<Buffer> {
    const place = this.#of(path);
    if (place === undefined) throw new TypeError('a file that was not found');
    return place.source.open(path.slice(place.folder.length), found, signal);
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<string> {
    for (const place of this.#places) {
      const { source, folder } = place;
      if (!prefix.startsWith(folder) && !folder.startsWith(prefix)) continue;
      for await (const path of source.list(prefix.slice(folder.length), signal)) {
        const full = `${folder}${path}`;
        if (this.#of(full) === place) yield full;
      }
    }
  }

  #of(path: string): Place | undefined {
    return this.#places.find(({ folder }) => path.startsWith(folder));
  }
}
