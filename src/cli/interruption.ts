/**
 * SIGINT and SIGTERM. Programs load this before everything else, so that a signal is heard from the start: nothing may be
 * imported here. While no command runs there is nothing to roll back, and the process ends at once.
 */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** How long a command may take to roll back and to remove its files, in milliseconds. */
const patience = 5000;

/** Why a command was aborted. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted: nothing was left behind');
    this.exitCode = exitCode;
  }
}

let running: AbortController | undefined;
let sayStuck: (message: string) => void = () => undefined;
let ended = false;

export function listenForSignals(): void {
  for (const [name, exitCode] of Object.entries(exitCodes)) {
    process.on(name, () => {
      onSignal(exitCode);
    });
  }
}

/** From here on a signal aborts this signal. `onStuck` is told what to say, at once, where the command does not end within five seconds. */
export function beginInterruptible(onStuck: (message: string) => void): AbortSignal {
  running = new AbortController();
  sayStuck = onStuck;
  return running.signal;
}

/** The command has done what it does, and said so: a signal changes its exit code no more. */
export function endInterruptible(): void {
  running = undefined;
  ended = true;
}

function onSignal(exitCode: number): void {
  if (ended) process.exit();
  // Whoever sends a second one does not want to wait.
  if (running === undefined || running.signal.aborted) {
    if (running === undefined) process.stderr.write('interrupted: nothing was left behind\n');
    process.exit(exitCode);
  }
  running.abort(new Interruption(exitCode));
  setTimeout(() => {
    sayStuck('interrupted: it does not end; look at the target before you import again');
    process.exit(exitCode);
  }, patience).unref();
}
