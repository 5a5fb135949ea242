import { expect } from 'chai';
import { fileError } from '../../src/archive/file-error.js';
import { UsageError } from '../../src/errors/portolan-error.js';

describe('a failure of the file system', () => {
  for (const [code, ours, exitCode] of [
    ['ENOSPC', 'DISK_FULL', 1],
    ['EDQUOT', 'DISK_FULL', 1],
    ['EFBIG', 'DISK_FULL', 1],
    ['EPIPE', 'BROKEN_PIPE', 1],
    ['EACCES', 'FILE_NOT_ALLOWED', 1],
    ['EPERM', 'FILE_NOT_ALLOWED', 1],
    ['EROFS', 'FILE_NOT_ALLOWED', 1],
    ['ENOENT', 'FOLDER_MISSING', 2],
    ['ENOTDIR', 'FOLDER_MISSING', 2],
    ['EISDIR', 'OUTPUT_LAYOUT', 2],
    ['EIO', 'FILE_ERROR', 1],
  ] as const) {
    it(`is told by its own code: ${code}`, () => {
      const cause = Object.assign(new Error(`${code}: it failed`), { code });
      expect(fileError(cause, 'out.json')).to.include({ code: ours, exitCode, cause });
    });
  }

  it('is told once', () => {
    const known = new UsageError('OUTPUT_EXISTS', 'out.json exists');
    expect(fileError(known, 'other.json')).to.equal(known);
  });
});
