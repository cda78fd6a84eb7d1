import { HttpLifecycleConfig, LifecycleConfig } from './builders-health.ts';

/** Sends signals at once; no endpoint is asked. */
export const DisableLifecycle: LifecycleConfig = LifecycleConfig({});
/** Asks `/quitquitquit`, then `/abortabortabort` on the port named `health`; what a job does by default. */
export const DefaultLifecycleConfig: LifecycleConfig = LifecycleConfig({ http: HttpLifecycleConfig() });
