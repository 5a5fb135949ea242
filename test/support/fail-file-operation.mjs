import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * For `node --import`: the n-th operation on files that Portolan itself asks for fails (PORTOLAN_FAULT_AT), with the error that
 * such an operation can have; which one it was is written to PORTOLAN_FAULT_LOG. Loading modules does not count.
 */
const place = Number(process.env.PORTOLAN_FAULT_AT);
const log = process.env.PORTOLAN_FAULT_LOG;
const { appendFileSync } = fs;
let count = 0;

/** An operation of ours: asked for from our code, or by a stream, which has no caller by then. */
function isOurs() {
  const callers = new Error().stack.split('\n').slice(1);
  const outside = callers.find((line) => !line.includes('node:internal') && !line.includes(import.meta.url));
  return outside === undefined ? callers.some((line) => line.includes('streams')) : outside.includes('/dist/portolan/');
}

function failure(name, path) {
  if (!isOurs()) return undefined;
  count += 1;
  if (count !== place) return undefined;
  const code = ['write', 'sync', 'writeFile', 'writeFileSync'].includes(name) ? 'ENOSPC' : 'EIO';
  appendFileSync(log, `${name} ${path}\n`);
  return Object.assign(new Error(`${code}: injected, ${name}`), { code, syscall: name });
}

/** close has done its work when it fails: the descriptor is gone. */
const doneAnyway = new Set(['close', 'closeSync']);

function wrapPromises(object, names, pathOf) {
  for (const name of names) {
    const original = object[name];
    object[name] = async function (...parameters) {
      const error = failure(name, pathOf(parameters));
      if (error === undefined || doneAnyway.has(name)) {
        const result = await original.apply(this, parameters);
        if (error === undefined) return name === 'open' ? wrapHandle(result, parameters[0]) : result;
      }
      throw error;
    };
  }
}

function wrapHandle(handle, path) {
  wrapPromises(
    handle,
    ['read', 'write', 'writeFile', 'readFile', 'sync', 'datasync', 'stat', 'truncate', 'chmod', 'close'],
    () => path,
  );
  return handle;
}

for (const name of ['writeFileSync', 'readFileSync', 'chmodSync', 'rmSync', 'statSync', 'renameSync', 'unlinkSync', 'openSync']) {
  const original = fs[name];
  fs[name] = function (...parameters) {
    const error = failure(name, parameters[0]);
    if (error !== undefined) throw error;
    return original.apply(this, parameters);
  };
}
for (const name of ['open', 'read', 'write', 'close']) {
  const original = fs[name];
  fs[name] = function (...parameters) {
    const error = failure(name, parameters[0]);
    if (error === undefined) return original.apply(this, parameters);
    const callback = parameters.pop();
    if (doneAnyway.has(name)) return original.call(this, ...parameters, () => callback(error));
    process.nextTick(callback, error);
  };
}
wrapPromises(
  fs.promises,
  ['open', 'link', 'rename', 'rm', 'unlink', 'stat', 'readFile', 'writeFile', 'mkdir', 'chmod', 'readdir'],
  ([path]) => path,
);
syncBuiltinESMExports();
