import colours from 'picocolors';

/** The demo's voice: everything it says goes to standard output. */
export const narrator = Object.freeze({
  title(text: string): void {
    write(`\n${colours.bold(text)}\n`);
  },

  /** Begins a chapter. */
  chapter(number: number, text: string): void {
    write(`\n${colours.cyan(colours.bold(`${String(number)}. ${text}`))}\n`);
  },

  say(text: string): void {
    write(`${text}\n`);
  },

  /** A command as one would type it. */
  command(text: string): void {
    write(`\n${colours.green('  $')} ${colours.bold(text)}\n`);
  },

  sql(text: string): void {
    write(`${colours.magenta('  library=#')} ${text}\n`);
  },

  /** What a command printed, as it was; a line that is too wide for a screen is cut. */
  output(text: string): void {
    const width = (process.stdout.isTTY ? Math.max(80, process.stdout.columns) : 130) - 5;
    for (const line of text.trimEnd().split('\n')) {
      write(`${colours.dim('  │')} ${line.length > width ? `${line.slice(0, width - 1)}…` : line}\n`);
    }
  },

  success(text: string): void {
    write(`${colours.green('  ✔')} ${text}\n`);
  },

  failure(text: string): void {
    write(`${colours.red('  ✘')} ${text}\n`);
  },
});

// Whoever stops reading (`| head`) does not keep the demo from tidying up.
process.stdout.on('error', () => {
  process.exitCode = 1;
});

function write(text: string): void {
  process.stdout.write(text);
}
