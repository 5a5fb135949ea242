import type { FileVisitor } from '../archive/archive-content.js';
import type { ArchiveHeader, ArchiveObject, ArchiveTrailer } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { renamedKey } from './convert-objects.js';
import type { Conversion } from './conversion.js';

/** A converted archive under the name of the one that it was made of, with the files of that. */
export class ConvertedReader implements ArchiveReader {
  readonly #original: ArchiveReader;
  readonly #converted: ArchiveReader;
  readonly #conversions: readonly Conversion[];
  readonly trailer: ArchiveTrailer;

  /** @param trailer as it was written */
  constructor(original: ArchiveReader, converted: ArchiveReader, trailer: ArchiveTrailer, conversions: readonly Conversion[]) {
    this.#original = original;
    this.#converted = converted;
    this.#conversions = conversions;
    const { files } = original.trailer ?? {};
    this.trailer = files === undefined ? trailer : { ...trailer, files };
  }

  get path(): string {
    return this.#original.path;
  }

  get header(): ArchiveHeader {
    return this.#converted.header;
  }

  get position(): ArchiveReader['position'] {
    return this.#converted.position;
  }

  objects(only?: ReadonlySet<string>): AsyncGenerator<readonly ArchiveObject[]> {
    return this.#converted.objects(only);
  }

  encoded(only?: ReadonlySet<string>): AsyncGenerator<readonly ArchiveObject[]> {
    return this.#converted.encoded(only);
  }

  /** A file whose object stays out is told of by the name that the object had. */
  async files(visitor: FileVisitor): Promise<void> {
    await this.#original.files({
      file: (name, bytes) => visitor.file(name, bytes),
      record: (record) => {
        let { model, pk } = record;
        for (const { models } of this.#conversions) {
          const conversion = models.get(model);
          if (conversion?.to === undefined) continue;
          ({ model, pk } = { model: conversion.to, pk: renamedKey(pk, conversion.members) });
        }
        return visitor.record({ ...record, model, pk });
      },
    });
  }
}
