/**
 * `aurora/config`: hooks and plugins of the command line, in modules that a cluster's entry in `clusters.json` names, or
 * in `aurora.config.ts` next to a job file. docs/hooks.md tells how they are used.
 */
import type { Wire } from '../api/index.ts';

/** Calls that hooks are run around. */
export type ApiMethod =
  | 'create_job'
  | 'add_instances'
  | 'kill_job'
  | 'restart'
  | 'start_cronjob'
  | 'start_job_update';

/** A job of a file, as the scheduler gets it. */
export type ConfiguredJob = Wire<'JobConfiguration'>;

/** What a call is about, by its method. */
interface CallDetails {
  readonly create_job: { readonly config: ConfiguredJob };
  readonly add_instances: {
    /** The one that the new ones are like. */
    readonly instance: number;
    readonly count: number;
    /** Never there: the command reads no file. */
    readonly config?: undefined;
  };
  /** Once a batch. */
  readonly kill_job: {
    /** Undefined: all. */
    readonly instances: readonly number[] | undefined;
    readonly message: string | undefined;
    /** With `--config` only. */
    readonly config: ConfiguredJob | undefined;
  };
  /** Once, around all batches. */
  readonly restart: {
    /** Undefined: all. */
    readonly instances: readonly number[] | undefined;
    readonly settings: {
      readonly batchSize: number;
      readonly watchMs: number;
      readonly maxPerInstanceFailures: number;
      readonly maxTotalFailures: number;
    };
    /** With `--config` only. */
    readonly config: ConfiguredJob | undefined;
  };
  readonly start_cronjob: {
    /** With `--config` only. */
    readonly config: ConfiguredJob | undefined;
  };
  readonly start_job_update: {
    /** Undefined for a plan whose file is gone. */
    readonly config: ConfiguredJob | undefined;
    /** Undefined: all. */
    readonly instances: readonly number[] | undefined;
    readonly message: string | undefined;
    readonly metadata: readonly Wire<'Metadata'>[];
  };
}

/** A call to the scheduler that is about to be made, or has been. */
export type ApiCall<M extends ApiMethod = ApiMethod> = {
  readonly [K in M]: {
    readonly method: K;
    /** `cluster/role/environment/name`. */
    readonly key: string;
    readonly cluster: string;
    readonly role: string;
    readonly environment: string;
    readonly name: string;
  } & CallDetails[K];
}[M];

/** What became of a call that went through. */
export interface ApiResult {
  readonly messages: readonly string[];
}

/** `false`, or the reason as a text, stops the call; so does throwing. Anything else lets it pass. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets it pass
type Verdict = boolean | string | undefined | void;

type Awaitable<T> = T | Promise<T>;

type Before = { readonly [M in ApiMethod as `pre_${M}`]?: (call: ApiCall<M>) => Awaitable<Verdict> };
type After = {
  readonly [M in ApiMethod as `post_${M}`]?: (result: ApiResult, call: ApiCall<M>) => Awaitable<unknown>;
};
type Failed = {
  readonly [M in ApiMethod as `err_${M}`]?: (error: Error, call: ApiCall<M>) => Awaitable<unknown>;
};

/** What happened around a call, for hooks that do not care which call it is. */
export type ApiEvent =
  | { readonly event: 'pre'; readonly call: ApiCall }
  | { readonly event: 'post'; readonly call: ApiCall; readonly result: ApiResult }
  | { readonly event: 'err'; readonly call: ApiCall; readonly error: Error };

/**
 * Runs around calls to the scheduler. `pre_` may stop one; `post_` and `err_` hear what became of it, and change nothing.
 *
 * @example { name: 'no Fridays', pre_start_job_update: () => new Date().getDay() !== 5 || 'it is Friday' }
 */
export interface ApiHook extends Before, After, Failed {
  readonly name: string;
  /** In place of every function that is not there. */
  readonly generic_hook?: (event: ApiEvent) => Awaitable<Verdict>;
}

/** A command that is about to run, or has run. */
export interface RunningCommand {
  readonly noun: string;
  readonly verb: string;
  /** Everything after `aurora`, as typed. */
  readonly words: readonly string[];
  /** Its positional arguments and its flags, those of plugins among them. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line to stderr: stdout is for results. */
  say(line: string): void;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets it pass
type ExitCode = number | undefined | void;

/** Runs around commands. `--skip-hooks=NAME,NAME` or `all` leaves hooks out. */
export interface CommandHook {
  /** Not `all`. */
  readonly name: string;
  /**
   * Which commands, like `job create` or `update *`.
   * @default all
   */
  readonly commands?: readonly string[];
  /** Anything but 0 or nothing stops the command, and is its exit code. */
  readonly pre_command?: (command: RunningCommand) => Awaitable<ExitCode>;
  /** After a command that came to 0. */
  readonly post_command?: (command: RunningCommand, code: number) => Awaitable<unknown>;
}

/** A flag that a plugin adds to commands. */
export interface PluginOption {
  readonly type: 'string' | 'boolean';
  /** For `--help`. */
  readonly description: string;
  /** One letter, for a short flag. */
  readonly char?: string;
  readonly default?: string | boolean;
}

/** Changes the command line itself. An error that is thrown with an `exitCode` ends the command with it. */
export interface Plugin {
  readonly name: string;
  /** Flags by their names, without `--`; every command gets them. */
  readonly options?: Readonly<Record<string, PluginOption>>;
  /** Before the words are read; the result takes their place. The first two, noun and verb, have to stay. */
  readonly before_dispatch?: (
    words: readonly string[],
    env: RunningCommand['env'],
  ) => Awaitable<readonly string[]>;
  /** After the words have been read. */
  readonly before_execution?: (command: RunningCommand) => Awaitable<unknown>;
  /** However the command ended. What this throws is told, and changes nothing. */
  readonly after_execution?: (command: RunningCommand, code: number) => Awaitable<unknown>;
}

/** The default export of a module. */
export interface ClientConfig {
  readonly apiHooks?: readonly ApiHook[];
  readonly commandHooks?: readonly CommandHook[];
  readonly plugins?: readonly Plugin[];
}

/**
 * Says what the default export of `aurora.config.ts` is, for the compiler and the editor.
 *
 * @example export default defineConfig({ apiHooks: [{ name: 'log', post_create_job: (_, { key }) => note(key) }] })
 */
export const defineConfig = (config: ClientConfig): ClientConfig => config;
