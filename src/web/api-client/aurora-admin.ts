/** `/apiclient/AuroraAdmin.js`: the client of this service as a global; the page must also load api_types.js. */
import { clientClass } from './client-class.ts';

Object.assign(globalThis, { AuroraAdminClient: clientClass('AuroraAdmin') });
