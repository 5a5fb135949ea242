import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { UsageError } from '../errors/portolan-error.js';

/** Tells how many bytes it has taken. */
type Decompressor = Transform & { readonly bytesWritten: number };

export type Compression = 'none' | 'gzip' | 'brotli' | 'zstd';

/** What a path's extension says of its layout and compression. */
export interface PathLayout {
  readonly layout: 'document' | 'lines';
  readonly compression: Compression;
}

/**
 * `.json` and everything unknown is a document, `.jsonl` is lines; `.gz`, `.br`, `.zst` after either compress.
 *
 * @throws UsageError OUTPUT_LAYOUT for layouts that this version does not write
 */
export function pathLayout(path: string): PathLayout {
  if (/\.(tar|tgz|tar\.gz|zip)$/iu.test(path) || path.endsWith('/')) {
    throw new UsageError('OUTPUT_LAYOUT', `${path}: an archive in parts is not available in this version`, {
      hint: 'Name a .json or .jsonl file; .gz, .br or .zst after it compress.',
    });
  }
  const compression = /\.gz$/iu.test(path) ? 'gzip' : /\.br$/iu.test(path) ? 'brotli' : /\.zst$/iu.test(path) ? 'zstd' : 'none';
  const plain = path.replace(/\.(gz|br|zst)$/iu, '');
  return { layout: /\.jsonl$/iu.test(plain) ? 'lines' : 'document', compression };
}

/** zstd is in Node from 22.15 on. */
interface WithZstd {
  readonly createZstdCompress?: (options?: object) => Transform;
  readonly createZstdDecompress?: (options?: object) => Decompressor;
}

/** @throws UsageError NO_ZSTD */
export function compressor(compression: Compression): Transform | undefined {
  switch (compression) {
    case 'none':
      return undefined;
    case 'gzip':
      return zlib.createGzip({ level: 1, chunkSize: 1 << 17 });
    case 'brotli':
      return zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 }, chunkSize: 1 << 17 });
    case 'zstd':
      return withZstd((zlib as WithZstd).createZstdCompress);
  }
}

/** @throws UsageError NO_ZSTD */
export function decompressor(compression: Compression): Decompressor | undefined {
  switch (compression) {
    case 'none':
      return undefined;
    case 'gzip':
      return zlib.createGunzip({ chunkSize: 1 << 17 });
    case 'brotli':
      return zlib.createBrotliDecompress({ chunkSize: 1 << 17 });
    case 'zstd':
      return withZstd((zlib as WithZstd).createZstdDecompress);
  }
}

function withZstd<T>(create: ((options?: object) => T) | undefined): T {
  if (create !== undefined) return create();
  throw new UsageError('NO_ZSTD', 'this Node has no zstd', { hint: 'Use .gz or .br, or Node 22.15 or later.' });
}
