import { mkdirSync, rmSync } from 'node:fs';
import type { Laboratory } from './laboratory.js';
import { topEntries } from './top-entries.js';

/** Where the processor's time goes in an export and an import, as Markdown. */
export async function profile(laboratory: Laboratory): Promise<string> {
  const texts: string[] = [];
  for (const part of ['export', 'import'] as const) {
    laboratory.log(`profile of the ${part} …`);
    const folder = laboratory.path(`profiles-${part}`);
    mkdirSync(folder, { recursive: true });
    await laboratory.profiled(part, ['--cpu-prof', '--cpu-prof-dir', folder]);
    const title = `Self time of the ${part} of ${laboratory.size.toLocaleString('en')} objects, by function, under the profiler:`;
    texts.push(`${title}\n\n\`\`\`text\n${topEntries(folder, 15).join('\n')}\n\`\`\``);
    rmSync(folder, { recursive: true });
  }
  return texts.join('\n\n');
}
