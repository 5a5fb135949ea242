import { RefusedError } from '../errors/portolan-error.js';

/** The longest line of an archive, in bytes: 128 MiB (FORMATS.md). A reader holds no more than one line and its objects. */
export const lineLimit = 128 * 1024 * 1024;

/** How large a part of an archive may become: 8 MiB (FORMATS.md). A writer holds one part. */
export const partLimit = 8 * 1024 * 1024;

/** How many files one list tells of at most (FORMATS.md). A reader holds so many digests. */
export const listLimit = 10_000;

/** What the trailer lists one by one does not fit into its line. */
export function trailerTooLong(limit: number): RefusedError {
  const most = limit < 1 << 20 ? `${String(limit)} bytes` : `${String(limit >> 20)} MiB`;
  return new RefusedError(
    'TRAILER_TOO_LONG',
    `the rows that stay at home, and the references that lead nowhere, take more than the ${most} that an archive has for their list`,
    { hint: "Let shared rows leave whole (without --shared key, or the policy's `stub`), or export fewer objects at once." },
  );
}
