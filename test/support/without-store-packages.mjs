import { register } from 'node:module';

// As where nobody has installed the clients of object stores.
register(
  `data:text/javascript,${encodeURIComponent(`
    export async function resolve(specifier, context, next) {
      if (!/^@(google-cloud|aws-sdk)[/]/u.test(specifier)) return next(specifier, context);
      const error = new Error("Cannot find package '" + specifier + "' imported from " + context.parentURL);
      throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
    }
  `)}`,
);
