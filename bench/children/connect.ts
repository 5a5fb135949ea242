import dataSource from '../data-source.js';

/** What every program must do that uses the data source: load it, connect, end. */
await dataSource.initialize();
await dataSource.destroy();
