import { definePolicy } from './src/policy/policy.js';

/** The library's tables say everything but one thing: the app that content types belong to. */
export const policy = definePolicy({ models: { ContentType: { app: 'contenttypes' } } });
