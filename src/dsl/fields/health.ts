import type { Float, Int, Text } from '../language/text.ts';
import type { Value } from '../language/value.ts';

/** Fields of {@link HealthCheckConfig}. */
export interface HealthCheckConfigFields {
  /**
   * What is asked: an HTTP endpoint or a command. The HTTP check asks the port named `health`; without one it is off.
   * @default {"http":{}}
   */
  readonly healthChecker?: HealthCheckerConfig | HealthCheckerConfigFields | undefined;
  /**
   * Seconds after the start in which failures do not count.
   * @default 15
   */
  readonly initialIntervalSecs?: Float | undefined;
  /**
   * Seconds between two checks.
   * @default 10
   */
  readonly intervalSecs?: Float | undefined;
  /**
   * Failures in a row that are tolerated; with one more the task fails.
   * @default 0
   */
  readonly maxConsecutiveFailures?: Int | undefined;
  /**
   * Successes in a row before the task counts as RUNNING.
   * @default 1
   */
  readonly minConsecutiveSuccesses?: Int | undefined;
  /**
   * Seconds that one check may take.
   * @default 1
   */
  readonly timeoutSecs?: Float | undefined;
}

/** How the executor finds out whether a task is healthy. */
export type HealthCheckConfig = Value<'HealthCheckConfig', HealthCheckConfigFields>;

/** Fields of {@link HealthCheckerConfig}. */
export interface HealthCheckerConfigFields {
  /**
   * Asks an HTTP endpoint on the port named `health`.
   * @default unset
   */
  readonly http?: HttpHealthChecker | HttpHealthCheckerFields | undefined;
  /**
   * Runs a command; used instead of `http` when both are given.
   * @default unset
   */
  readonly shell?: ShellHealthChecker | ShellHealthCheckerFields | undefined;
}

/** What a health check asks. */
export type HealthCheckerConfig = Value<'HealthCheckerConfig', HealthCheckerConfigFields>;

/** Fields of {@link HttpHealthChecker}. */
export interface HttpHealthCheckerFields {
  /**
   * Path of the endpoint.
   * @default /health
   */
  readonly endpoint?: Text | undefined;
  /**
   * Body that a healthy task answers with, in upper or lower case; empty accepts any body.
   * @default ok
   */
  readonly expectedResponse?: Text | undefined;
  /**
   * Status that a healthy task answers with; 0 accepts any status.
   * @default 0
   */
  readonly expectedResponseCode?: Int | undefined;
}

/** A health check over HTTP. */
export type HttpHealthChecker = Value<'HttpHealthChecker', HttpHealthCheckerFields>;

/** Fields of {@link ShellHealthChecker}. */
export interface ShellHealthCheckerFields {
  /** Command line; exit code 0 means healthy. */
  readonly shellCommand: Text;
}

/** A health check by a command in the sandbox. */
export type ShellHealthChecker = Value<'ShellHealthChecker', ShellHealthCheckerFields>;

/** Fields of {@link LifecycleConfig}. */
export interface LifecycleConfigFields {
  /**
   * Endpoints that are asked to stop before signals are sent; unset sends signals at once.
   * @default unset
   */
  readonly http?: HttpLifecycleConfig | HttpLifecycleConfigFields | undefined;
}

/** How a task is asked to stop. */
export type LifecycleConfig = Value<'LifecycleConfig', LifecycleConfigFields>;

/** Fields of {@link HttpLifecycleConfig}. */
export interface HttpLifecycleConfigFields {
  /**
   * Name of the port; a task without that port gets signals at once.
   * @default health
   */
  readonly port?: Text | undefined;
  /**
   * Path that is called first, with POST.
   * @default /quitquitquit
   */
  readonly gracefulShutdownEndpoint?: Text | undefined;
  /**
   * Path that is called second, with POST.
   * @default /abortabortabort
   */
  readonly shutdownEndpoint?: Text | undefined;
  /**
   * Seconds to wait after the first call.
   * @default 5
   */
  readonly gracefulShutdownWaitSecs?: Int | undefined;
  /**
   * Seconds to wait after the second call.
   * @default 5
   */
  readonly shutdownWaitSecs?: Int | undefined;
}

/** Endpoints by which a task is asked to stop. */
export type HttpLifecycleConfig = Value<'HttpLifecycleConfig', HttpLifecycleConfigFields>;

/** Fields of {@link Announcer}. */
export interface AnnouncerFields {
  /**
   * Name of the port that the service is announced with.
   * @default http
   */
  readonly primaryPort?: Text | undefined;
  /**
   * Further names for ports, or port numbers (only on dedicated machines). A map of your own replaces the default one.
   * @default {"aurora":"{{primary_port}}"}
   */
  readonly portmap?: { readonly [name: string]: Text | number } | undefined;
  /**
   * Path in ZooKeeper to announce under; only where the executor allows it.
   * @default unset
   */
  readonly zkPath?: Text | undefined;
}

/** Announces running instances in ZooKeeper, where clients find them. */
export type Announcer = Value<'Announcer', AnnouncerFields>;
