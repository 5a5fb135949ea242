#!/usr/bin/env node
import { main } from '../cli/main.js';

void main('deleteobjects', [], ['delete', ...process.argv.slice(2)]);
