import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { childScript } from './measured-process.js';

/** The delaying proxy in a process of its own: it must not wait for what is measured, nor that for it. */
export interface DelayingProxy {
  /** The same database behind the proxy. */
  through(url: string): string;
  /** Ends it. @returns the number of round trips */
  stop(): Promise<number>;
}

export async function startDelayingProxy(serverUrl: string, milliseconds: number): Promise<DelayingProxy> {
  const words = [childScript('delaying-proxy'), '--url', serverUrl, '--delay', String(milliseconds)];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [port] = (await once(lines, 'line')) as [string];
  return {
    through: (url) => {
      const behind = new URL(url);
      behind.hostname = '127.0.0.1';
      behind.port = port;
      return behind.href;
    },
    stop: async () => {
      const told = once(lines, 'line') as Promise<[string]>;
      child.stdin.end();
      const [roundTrips] = await told;
      return Number(roundTrips);
    },
  };
}
