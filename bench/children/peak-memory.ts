import { readFileSync } from 'node:fs';

/**
 * Of this process, in kilobytes. What the system counts of a process (`maxRSS`) begins on Linux with what its parent held when it made it, and so tells
 * of the parent where that is larger; VmHWM tells of the program alone.
 */
export function peakMemory(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s*(\d+)/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}
