import '../../children/as-a-command.js';
import { exportObjects } from '../../../src/export/export-objects.js';
import { zulip } from '../../../src/profiles/zulip/zulip.js';
import { openShape } from '../shape-database.js';
import { reportShape, shapeOptions } from './shape-options.js';

const { url, path, shape, format } = shapeOptions();
const { object, follow } = shape;
const { dataSource, ...opened } = await openShape(url, shape);
const result = await exportObjects(dataSource, {
  objects: [object],
  follow,
  ...opened,
  output: path,
  layout: format === 'zulip' ? zulip.layouts?.['zulip']?.({}) : undefined,
  force: true,
  onProgress: () => undefined,
});
await dataSource.destroy();
const links = Object.values(result.links).reduce((total, count) => total + count, 0);
reportShape({ objects: result.total, links, bytes: result.bytes, queries: result.statistics.queries });
