import Module, { register } from 'node:module';

// Runs whatever is loaded with this on TypeORM 0.3, and the programs that it starts: `typeorm` means the older copy, for import and
// for require, wherever the importing file lies.
const here = import.meta.url;
const older = (specifier) => (/^typeorm(?=\/|$)/.test(specifier) ? `typeorm-0.3${specifier.slice('typeorm'.length)}` : undefined);

const require = Module.createRequire(here);
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const name = older(request);
  return name === undefined ? resolveFilename.call(this, request, ...rest) : require.resolve(name);
};

const hook = `
  const older = ${older.toString()};
  export function resolve(specifier, context, next) {
    const name = older(specifier);
    return name === undefined ? next(specifier, context) : next(name, { ...context, parentURL: ${JSON.stringify(here)} });
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const option = `--import=${here}`;
const options = process.env.NODE_OPTIONS ?? '';
if (!options.includes(option)) process.env.NODE_OPTIONS = `${options} ${option}`.trim();
