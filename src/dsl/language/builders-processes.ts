import type * as Fields from '../fields/process.ts';
import { callSite } from './call-site.ts';
import { build } from './value.ts';

/** A command line with what happens when it ends. */
export function Process(fields: Fields.ProcessFields): Process {
  return build('Process', fields, callSite(Process), []) as unknown as Process;
}
export type Process = Fields.Process;

/** Where the output of a process goes. */
export function Logger(fields: Fields.LoggerFields = {}): Logger {
  return build('Logger', fields, callSite(Logger), []) as unknown as Logger;
}
export type Logger = Fields.Logger;

/** When log files are rotated. */
export function RotatePolicy(fields: Fields.RotatePolicyFields = {}): RotatePolicy {
  return build('RotatePolicy', fields, callSite(RotatePolicy), []) as unknown as RotatePolicy;
}
export type RotatePolicy = Fields.RotatePolicy;
