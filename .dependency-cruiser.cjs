/** The folders of src are the stages that data flows through; a stage knows those before it only. */
module.exports = {
  forbidden: [
    // Entities name one another: that is what relations are.
    {
      name: 'no-cycle',
      severity: 'error',
      from: { path: '^(src|demo-app|bench|test)', pathNot: 'entit' },
      to: { circular: true },
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      from: { path: '^src' },
      to: { path: '^(test|demo-app|bench|ormconfig|portolan)' },
    },
    {
      name: 'driver-behind-the-dialect',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/dialect/postgres/' },
      to: { path: 'node_modules/(@types/)?(pg|pg-copy-streams)/' },
    },
    {
      name: 'command-line-only-from-the-programs',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(cli|bin)/' },
      to: { path: '^src/(cli|bin)/' },
    },
    {
      name: 'stages-in-order',
      severity: 'error',
      from: { path: '^src/(errors|findings|schema|policy|closure|values|store|archive|dialect|seeds)/' },
      to: { path: '^src/(changes|export|import|delete|undo|cli|bin)/' },
    },
    {
      name: 'delete-and-undo-last',
      severity: 'error',
      from: { path: '^src/(changes|export|import)/' },
      to: { path: '^src/(delete|undo)/' },
    },
    {
      name: 'changes-before-import',
      severity: 'error',
      from: { path: '^src/changes/' },
      to: { path: '^src/(export|import)/' },
    },
    {
      name: 'store-knows-no-archive',
      severity: 'error',
      from: { path: '^src/store/' },
      to: { path: '^src/', pathNot: '^src/(store|errors)/' },
    },
    {
      name: 'clients-behind-their-store',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/store/(google|s3)/' },
      to: { path: 'node_modules/@(google-cloud|aws-sdk)/' },
    },
    {
      name: 'export-and-import-apart',
      severity: 'error',
      from: { path: '^src/(export|import)/' },
      to: { path: '^src/(export|import)/', pathNot: '^src/$1/' },
    },
    {
      // Who makes entities and data sources needs the application's own copy.
      name: 'typeorm-as-types',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(profiles/.*/entities|source/data-source-of)' },
      to: { path: 'node_modules/typeorm/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'engine-knows-no-profile',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(profiles/|cli/|bin/|index)' },
      to: { path: '^src/profiles/', pathNot: '^src/profiles/profile' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '(^|/)(dist|\\.build)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
