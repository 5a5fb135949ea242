import { chmodSync, readFileSync } from 'node:fs';

// tsc writes files without the right to run them; npm sets it only where it installs the package.
const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));
for (const file of Object.values(bin)) chmodSync(file, 0o755);
