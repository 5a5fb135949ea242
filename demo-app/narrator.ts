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
  output(text: string, { width = 150, lines = 40 }: { readonly width?: number; readonly lines?: number } = {}): void {
    const all = text.trimEnd().split('\n');
    for (const line of all.slice(0, lines)) write(`${colours.dim('  │')} ${line.length > width ? `${line.slice(0, width - 1)}…` : line}\n`);
    if (all.length > lines) write(`${colours.dim(`  │ … ${String(all.length - lines)} more lines`)}\n`);
  },

  success(text: string): void {
    write(`${colours.green('  ✔')} ${text}\n`);
  },

  failure(text: string): void {
    write(`${colours.red('  ✘')} ${text}\n`);
  },
});

function write(text: string): void {
  process.stdout.write(text);
}
