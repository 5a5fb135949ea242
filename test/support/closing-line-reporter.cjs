const { reporters } = require('mocha');

/** The usual report, a line for each failure, and as its last line the counts that a machine reads. */
module.exports = class ClosingLineReporter extends reporters.Spec {
  epilogue() {
    super.epilogue();
    for (const test of this.failures) {
      const message = String(test.err?.message ?? test.err).replace(/\s+/gu, ' ');
      process.stdout.write(`failed: ${test.fullTitle()}: ${message.slice(0, 400)}\n`);
    }
    const { passes, failures, pending } = this.stats;
    process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
  }
};
