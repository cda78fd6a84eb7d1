import { ownName } from '../schema/struct-table.ts';

/**
 * Fields that older versions of the original had, and their replacements; files in use still have them. Source: the
 * original's release notes.
 */
const REMOVED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Job: {
    cronPolicy: 'it is called cronCollisionPolicy',
    daemon: 'use Service({ ... }), or service: true',
    healthCheckIntervalSecs: 'write healthCheckConfig: { intervalSecs }',
    package: 'let a process fetch the package',
    recipes: 'let processes do what the recipes did',
  },
  HealthCheckConfig: {
    endpoint: 'write healthChecker: { http: { endpoint } }',
    expectedResponse: 'write healthChecker: { http: { expectedResponse } }',
    expectedResponseCode: 'write healthChecker: { http: { expectedResponseCode } }',
  },
  UpdateConfig: { restartThreshold: 'leave it out: it had no effect any more' },
};

/** What to write instead of a removed field; undefined for any other name. */
export const removedField = (struct: string, field: string): string | undefined => {
  const removed = REMOVED[struct] ?? {};
  return Object.hasOwn(removed, ownName(field)) ? removed[ownName(field)] : undefined;
};
