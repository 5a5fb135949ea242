import { isStorableText } from '../values/storable-text.js';

/** Bytes that a file system takes for one name, and for a path. */
const longestName = 255;
const longestPath = 4096;

/**
 * Whether a path, however it was made, names a file below a folder on every system: names between single slashes, none of them `.` or
 * `..`, without backslashes, NULs and other control characters.
 */
export function isFileName(path: string): boolean {
  return isStorableText(path) && Buffer.byteLength(path) <= longestPath && path.split('/').every(isName);
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && Buffer.byteLength(name) <= longestName && !/[\p{Cc}\\]/u.test(name);
}
