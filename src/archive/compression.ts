import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { UsageError } from '../errors/portolan-error.js';

/** Tells how many bytes it has taken. */
type Decompressor = Transform & { readonly bytesWritten: number };

export type Compression = 'none' | 'gzip' | 'brotli' | 'zstd';

/** What a path's extension says of its layout and compression. */
export interface PathLayout {
  readonly layout: 'document' | 'lines' | 'folder' | 'tar';
  readonly compression: Compression;
}

/** `.json` and everything unknown is a document, `.jsonl` is lines, `.tar` and `/` are in parts; `.gz`, `.br`, `.zst` after a file compress. */
export function pathLayout(path: string): PathLayout {
  if (path.endsWith('/')) return { layout: 'folder', compression: 'none' };
  const compression = /\.t?gz$/iu.test(path) ? 'gzip' : /\.br$/iu.test(path) ? 'brotli' : /\.zst$/iu.test(path) ? 'zstd' : 'none';
  const plain = path.replace(/\.tgz$/iu, '.tar').replace(/\.(gz|br|zst)$/iu, '');
  return { layout: /\.tar$/iu.test(plain) ? 'tar' : /\.jsonl$/iu.test(plain) ? 'lines' : 'document', compression };
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
