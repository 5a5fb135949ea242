/** What a store says of an object to whoever asks; compressed ones are never unpacked on the way. */
export function contentType(path: string): string {
  if (/\.gz$/iu.test(path)) return 'application/gzip';
  if (/\.(br|zst|tar)$/iu.test(path)) return 'application/octet-stream';
  return /\.jsonl$/iu.test(path) ? 'application/x-ndjson' : 'application/json';
}
