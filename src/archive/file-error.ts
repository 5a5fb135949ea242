import { FailedError, PortolanError, UsageError } from '../errors/portolan-error.js';

/** A failure of the file system as one of ours. */
export function fileError(cause: unknown, path: string): PortolanError {
  if (cause instanceof PortolanError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new FailedError('DISK_FULL', `${path}: no space left`, {
        cause,
        hint: 'Nothing that looks finished was left behind.',
      });
    case 'EFBIG':
      return new FailedError('DISK_FULL', `${path}: no file may grow that large here`, {
        cause,
        hint: 'Raise the limit (ulimit -f), or write elsewhere.',
      });
    case 'EPIPE':
      return new FailedError('BROKEN_PIPE', 'the reader of the output went away', { cause });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new FailedError('FILE_NOT_ALLOWED', `${path}: not allowed (${code})`, { cause });
    case 'ENOENT':
    case 'ENOTDIR':
      return new UsageError('FOLDER_MISSING', `${path}: there is no such folder`, { cause, hint: 'Make the folder first.' });
    case 'EISDIR':
      return new UsageError('OUTPUT_LAYOUT', `${path} is a folder`, { cause, hint: 'Name a file.' });
    default:
      return new FailedError('FILE_ERROR', `${path}: ${message}`, { cause });
  }
}
