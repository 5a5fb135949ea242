import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';

const module = pathToFileURL(join(import.meta.dirname, '..', '..', 'src', 'source', 'load-driver.js')).href;

describe('the driver that a command loads', () => {
  it('has Node load no fetch, and leaves no navigator behind that Node does not have', () => {
    const script = `
      const before = 'navigator' in globalThis;
      const { loadDriver } = await import(${JSON.stringify(module)});
      loadDriver();
      const { default: pg } = await import('pg');
      const fetches = process.moduleLoadList.filter((name) => name.includes('undici'));
      console.log(JSON.stringify([typeof pg.Client, fetches, ('navigator' in globalThis) === before]));`;
    const words = ['--input-type=module', '-e', script];
    expect(JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }))).to.deep.equal(['function', [], true]);
  });
});
