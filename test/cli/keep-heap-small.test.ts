import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const mebibyte = 1024 * 1024;

/** The size of the young generation of a process through which garbage streams that lives a while. */
function youngGenerationAfter(first: string): number {
  const script = `${first}
    let kept = [];
    for (let round = 0; round < 200; round += 1) {
      kept = Array.from({ length: 30_000 }, (_, at) => ({ round, at, text: String(at) }));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const { getHeapSpaceStatistics } = await import('node:v8');
    console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size, kept.length);`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  return Number(said.split(' ')[0]);
}

describe('the heap of a command', () => {
  it('has a young generation that stays small, which it does not by itself', () => {
    const module = pathToFileURL(join(import.meta.dirname, '../../src/cli/keep-heap-small.js')).href;
    const kept = youngGenerationAfter(`(await import('${module}')).keepHeapSmall();`);
    expect(kept).to.be.at.most(16 * mebibyte);
    expect(youngGenerationAfter('')).to.be.greaterThan(kept);
  });
});
