/* Run as a process of its own: loads the data source of the current folder, opens it, and says what came of it as JSON. */
import { PortolanError } from '../../src/errors/portolan-error.js';
import { initializeDataSource } from '../../src/source/initialize-data-source.js';
import { loadDataSource } from '../../src/source/load-data-source.js';
import { loadPolicyFile } from '../../src/source/load-policy-file.js';

const [file, url, exportName] = process.argv.slice(2).map((text) => (text === '' ? undefined : text));
try {
  const loaded = await loadDataSource({ file, url, exportName, cwd: process.cwd() });
  const policy = await loadPolicyFile(undefined, loaded.file);
  await initializeDataSource(loaded.dataSource, loaded.file);
  const columns = loaded.dataSource.entityMetadatas.map(
    (one) =>
      [
        one.name,
        one.columns.map((column) => `${column.propertyName}:${typeof column.type === 'string' ? column.type : column.type.name}`),
      ] as const,
  );
  columns.sort(([a], [b]) => (a < b ? -1 : 1));
  process.stdout.write(
    JSON.stringify({
      columns,
      policy: policy?.policy,
      max: (loaded.dataSource.options as { extra?: { max?: number } }).extra?.max,
    }),
  );
  await loaded.dataSource.destroy();
} catch (error) {
  if (!(error instanceof PortolanError)) throw error;
  process.stdout.write(JSON.stringify({ code: error.code, message: error.message, hint: error.hint, exitCode: error.exitCode }));
}
