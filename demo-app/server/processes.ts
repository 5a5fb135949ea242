import { readFileSync } from 'node:fs';

/** Whether a process of this number runs (a dead one that nobody has waited for does not). */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statusFields(pid)?.[0] !== 'Z';
}

/** What tells two processes with the same number apart: when it started. Empty where the system does not say. */
export function startOf(pid: number): string {
  return statusFields(pid)?.[19] ?? '';
}

/** Whether the command line of a process holds `text`; true where the system does not say. */
export function commandHolds(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes(text);
  } catch {
    return process.platform !== 'linux';
  }
}

/** The fields of Linux's /proc/PID/stat behind the name, which may hold anything. */
function statusFields(pid: number): readonly string[] | undefined {
  try {
    const line = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
