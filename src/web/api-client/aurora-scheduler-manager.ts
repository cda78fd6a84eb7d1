/** `/apiclient/AuroraSchedulerManager.js`: this service's client as a global; the page must also load api_types.js. */
import { clientClass } from './client-class.ts';

Object.assign(globalThis, { AuroraSchedulerManagerClient: clientClass('AuroraSchedulerManager') });
