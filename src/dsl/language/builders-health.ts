import type * as Fields from '../fields/health.ts';
import { callSite } from './call-site.ts';
import { build } from './value.ts';

/** How the executor finds out whether a task is healthy. */
export function HealthCheckConfig(fields: Fields.HealthCheckConfigFields = {}): HealthCheckConfig {
  return build('HealthCheckConfig', fields, callSite(HealthCheckConfig), []) as unknown as HealthCheckConfig;
}
export type HealthCheckConfig = Fields.HealthCheckConfig;

/** What a health check asks. */
export function HealthCheckerConfig(fields: Fields.HealthCheckerConfigFields = {}): HealthCheckerConfig {
  return build(
    'HealthCheckerConfig',
    fields,
    callSite(HealthCheckerConfig),
    [],
  ) as unknown as HealthCheckerConfig;
}
export type HealthCheckerConfig = Fields.HealthCheckerConfig;

/** A health check over HTTP on the port named `health`. */
export function HttpHealthChecker(fields: Fields.HttpHealthCheckerFields = {}): HttpHealthChecker {
  return build('HttpHealthChecker', fields, callSite(HttpHealthChecker), []) as unknown as HttpHealthChecker;
}
export type HttpHealthChecker = Fields.HttpHealthChecker;

/** A health check by a command; exit code 0 means healthy. */
export function ShellHealthChecker(fields: Fields.ShellHealthCheckerFields): ShellHealthChecker {
  return build(
    'ShellHealthChecker',
    fields,
    callSite(ShellHealthChecker),
    [],
  ) as unknown as ShellHealthChecker;
}
export type ShellHealthChecker = Fields.ShellHealthChecker;

/** How a task is asked to stop. */
export function LifecycleConfig(fields: Fields.LifecycleConfigFields = {}): LifecycleConfig {
  return build('LifecycleConfig', fields, callSite(LifecycleConfig), []) as unknown as LifecycleConfig;
}
export type LifecycleConfig = Fields.LifecycleConfig;

/** Endpoints by which a task is asked to stop. */
export function HttpLifecycleConfig(fields: Fields.HttpLifecycleConfigFields = {}): HttpLifecycleConfig {
  return build(
    'HttpLifecycleConfig',
    fields,
    callSite(HttpLifecycleConfig),
    [],
  ) as unknown as HttpLifecycleConfig;
}
export type HttpLifecycleConfig = Fields.HttpLifecycleConfig;

/** Announces running instances in ZooKeeper. */
export function Announcer(fields: Fields.AnnouncerFields = {}): Announcer {
  return build('Announcer', fields, callSite(Announcer), []) as unknown as Announcer;
}
export type Announcer = Fields.Announcer;
