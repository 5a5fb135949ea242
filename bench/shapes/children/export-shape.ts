import { exportObjects } from '../../../src/export/export-objects.js';
import { shapeDataSource, shapePolicy } from '../shape-database.js';
import { reportShape, shapeOptions } from './shape-options.js';

const { url, path, shape } = shapeOptions();
const dataSource = await shapeDataSource(url);
const { object, follow } = shape;
const result = await exportObjects(dataSource, {
  objects: [object],
  follow,
  policy: shapePolicy(shape),
  output: path,
  force: true,
  onProgress: () => undefined,
});
await dataSource.destroy();
const links = Object.values(result.links).reduce((total, count) => total + count, 0);
reportShape({ objects: result.total, links, queries: result.statistics.queries });
