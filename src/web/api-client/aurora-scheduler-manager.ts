/** `/apiclient/AuroraSchedulerManager.js`: the client of a service as a global; it needs api_types.js beside it. */
import { clientClass } from './client-class.ts';

Object.assign(globalThis, { AuroraSchedulerManagerClient: clientClass('AuroraSchedulerManager') });
