import { FailedError } from '../../errors/portolan-error.js';

/** Bytes that a file system takes for one name. */
const longestName = 255;

/** Whether a path made of what a database says stays below a folder, on any system, and means one file only. */
export function isMemberPath(path: string): boolean {
  return path.split('/').every(isName);
}

/** @throws FailedError FILE_ERROR: who writes a member has to look before */
export function memberPath(path: string): string {
  if (isMemberPath(path)) return path;
  throw new FailedError('FILE_ERROR', `${JSON.stringify(path.slice(0, 200))} is no path of a file below a folder`);
}

function isName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || Buffer.byteLength(name) > longestName) return false;
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    if (code < 0x20 || code === 0x5c || code === 0x7f) return false;
  }
  return true;
}
