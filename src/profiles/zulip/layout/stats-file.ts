import type { ZulipFiles } from './zulip-files.js';

/** `stats.txt`: how many rows each table of each file has, and how many files were copied. Paths are those within the export. */
export async function writeStats(files: ZulipFiles): Promise<void> {
  const blocks = [...files.counts]
    .sort(([a], [b]) => Number(a.includes('/')) - Number(b.includes('/')) || (a < b ? -1 : 1))
    .map(([path, counts]) => {
      const lines = [...counts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, count]) => `${String(count).padStart(5)} ${name}\n`);
      return `${path}\n${lines.join('')}\n`;
    });
  await files.text('stats.txt', blocks.join(''));
}
