import type { BoundaryOf, Explanation } from '../export/explain-objects.js';
import { bytesText } from './quantities.js';
import { findingLines } from './summaries.js';
import { table } from './table.js';

/** What `explain` prints: rows and sizes by model, what brought them, where it ends, and how an object got in. */
export async function summarizeExplanation(explanation: Explanation, verbose: boolean): Promise<string> {
  const parts = [await sizesTable(explanation), ''];
  parts.push(
    await table(
      ['brought by', 'direction', 'model', 'rows'],
      explanation.steps.map((step) => [step.via, step.direction, step.model, step.count]),
    ),
  );
  parts.push('', explanation.boundary.length === 0 ? 'boundary: none' : await boundaryTable(explanation.boundary));
  const external = Object.entries(explanation.external).map(([model, count]) => `${String(count)} of ${model}`);
  if (external.length > 0) parts.push(`stay at home, known by key and natural key: ${external.join(', ')}`);
  if (explanation.parts.length > 0) parts.push('', `parts, which go wherever their parent goes: ${explanation.parts.join(', ')}`);
  if (explanation.withheld.length > 0) parts.push('', `withheld: ${explanation.withheld.join(', ')}`);
  if (verbose) {
    const fingerprints = Object.entries(explanation.fingerprints);
    parts.push('', 'fingerprints:', ...fingerprints.map(([model, fingerprint]) => `  ${model}: ${fingerprint}`));
  }
  if (explanation.why !== undefined)
    parts.push(
      '',
      ...explanation.why.map((step, at) => (at === 0 ? step.object : `  → ${step.object}   (${step.via}, ${step.direction})`)),
    );
  parts.push(...findingLines(explanation.findings, verbose));
  return parts.join('\n');
}

function sizesTable({ objects, links, sizes }: Explanation): Promise<string> {
  const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, one) => all + one, 0);
  return table(
    ['model', 'objects', 'about'],
    [
      ...Object.entries(objects).map(([model, count]) => [model, count, bytesText(sizes[model] ?? 0)]),
      ...Object.entries(links).map(([name, count]) => [`${name} (links)`, count, '']),
      ['together', sum(objects), bytesText(sum(sizes))],
    ],
  );
}

function boundaryTable(boundary: readonly BoundaryOf[]): Promise<string> {
  return table(
    ['boundary', 'rule', 'if a row beyond it is needed', 'leave', 'stay at home', 'left out'],
    boundary.map(({ model, rule, action, inside, external, leftOut }) => [model, rule, action, inside, external, leftOut]),
  );
}
