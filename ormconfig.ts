import { libraryDataSource } from './demo-app/library-data-source.js';
import { readDemoUrl } from './demo-app/demo-url.js';

/**
 * The data source that the commands use when they are run from here: `PORTOLAN_URL`, else the database that
 * `npm run demo:db` keeps up, else a library database on this machine.
 */
export const dataSource = libraryDataSource(
  process.env['PORTOLAN_URL'] ?? readDemoUrl() ?? 'postgresql://postgres@127.0.0.1:5432/library',
);
