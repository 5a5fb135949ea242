import { openDemoDatabases } from './demo-databases.js';
import { forgetDemoUrl, writeDemoUrl } from './demo-url.js';
import { narrator } from './narrator.js';

/** Keeps a demo library up until it is interrupted, and tells `ormconfig.ts` where it is. */
narrator.say('Starting a PostgreSQL and filling a library …');
const databases = await openDemoDatabases().catch((error: unknown) => {
  narrator.failure(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
writeDemoUrl(databases.library);
process.on('exit', forgetDemoUrl);

narrator.title('A library to play with');
narrator.say(`  library   ${databases.library}
  branch    ${databases.branch}   (the same tables, no rows)

ormconfig.ts points at the library while this runs. In another terminal, from this folder:

  npx exportobjects demoapp.Book.4 -o book.json
  npx exportobjects demoapp.Book.4 --follow connected --dry-run
  npx portolan explain demoapp.Book.4 --why auth.User.7
  npx importobjects book.json --dry-run
  npx importobjects book.json --url ${databases.branch}

Ctrl-C stops the server and removes it.`);

// Only a signal ends it.
setInterval(() => undefined, 60_000);
