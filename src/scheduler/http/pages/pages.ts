import { Hono } from 'hono';
import type { CallerEnv } from '../caller.ts';
import { changesRoute } from '../changes-route.ts';
import { eventsRoute } from '../events-route.ts';
import { viewRoute } from '../views/view-route.ts';
import { apiClient } from './api-client.ts';
import type { PageSettings } from './page-settings.ts';
import { pendingPage } from './pending-page.ts';
import { statePage } from './state-page.ts';
import { storePages } from './store-pages.ts';
import { tablePages } from './table-pages.ts';
import { taskPages } from './task-pages.ts';
import { unknownTasksPage } from './unknown-tasks-page.ts';
import { webPage } from './web-page.ts';

/** All pages of a leading scheduler. They reply when what they show is durable, as every reply does. */
export function pages(settings: PageSettings): Hono<CallerEnv> {
  const app = new Hono<CallerEnv>();
  app.use(async (_, next) => {
    await next();
    await settings.storage.settled();
  });
  webPage(app, settings);
  apiClient(app);
  viewRoute(app, settings);
  changesRoute(app, settings);
  storePages(app, settings);
  statePage(app, settings);
  pendingPage(app, settings);
  tablePages(app, settings);
  taskPages(app, settings);
  unknownTasksPage(app, settings);
  eventsRoute(app, settings);
  return app;
}
