#!/usr/bin/env node
import { collectGarbageSooner } from '../cli/collect-garbage-sooner.js';
import { listenForSignals } from '../cli/interruption.js';

listenForSignals();
collectGarbageSooner();
const { importCommand } = await import('../cli/commands/import-command.js');
const { main } = await import('../cli/main.js');

void main('importobjects', [importCommand('$0')], process.argv.slice(2));
